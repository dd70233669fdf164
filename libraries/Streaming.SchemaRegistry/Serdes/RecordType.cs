using System.Collections.Concurrent;
using System.Reflection;
using Avro;
using Avro.Specific;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry;

/// <summary>Reads records that were written with one schema.</summary>
public abstract class RecordReader
{
    /// <summary>Reads the record that fills the data.</summary>
    /// <exception cref="AvroException">The data is malformed, or has no place in the record.</exception>
    public abstract ISpecificRecord Read(ReadOnlySpan<byte> data);
}

/// <summary>A generated record's type, for code that handles records of many types.</summary>
public abstract class RecordType
{
    private static readonly ConcurrentDictionary<Type, RecordType> Known = [];

    private protected RecordType(Type type, RecordSchema schema)
    {
        Type = type;
        Schema = schema;
        Written = new Serdes.WrittenSchema(schema, this);
    }

    /// <summary>The C# type.</summary>
    public Type Type { get; }

    /// <summary>Its schema.</summary>
    public RecordSchema Schema { get; }

    /// <summary>The schema's full name.</summary>
    public string FullName => Schema.Fullname;

    internal Serdes.WrittenSchema Written { get; }

    /// <summary>The record type of a generated record.</summary>
    public static RecordType Of<T>() where T : class, IAvroRecord<T> => RecordType<T>.Instance;

    /// <summary>The record type of a C# type.</summary>
    /// <exception cref="ArgumentException">It is no generated record.</exception>
    public static RecordType Of(Type type) =>
        Known.TryGetValue(type, out var known) ? known : Known.GetOrAdd(type, Make);

    /// <summary>All generated records of an assembly.</summary>
    public static IReadOnlyList<RecordType> In(Assembly assembly) =>
        TypesOf(assembly).Where(IsRecord).Select(Of).ToArray();

    /// <summary>Writes a record of this type.</summary>
    public abstract void Write(ref AvroWriter writer, ISpecificRecord record);

    /// <summary>A reader for data of a writer's schema.</summary>
    public abstract RecordReader ReaderFor(AvroSchema writer);

    internal static bool IsRecord(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && Array.Exists(type.GetInterfaces(), i =>
            i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAvroRecord<>)
                            && i.GenericTypeArguments[0] == type);

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            // Some types need an assembly that is not here; records need none but ours.
            return e.Types.OfType<Type>();
        }
    }

    private static RecordType Make(Type type) =>
        IsRecord(type)
            ? (RecordType)typeof(RecordType<>).MakeGenericType(type)
                .GetField(nameof(RecordType<>.Instance), BindingFlags.Public | BindingFlags.Static)!
                .GetValue(null)!
            : throw new ArgumentException($"{type} is no generated Avro record.", nameof(type));
}

/// <summary>The record type of <typeparamref name="T"/>.</summary>
internal sealed class RecordType<T> : RecordType where T : class, IAvroRecord<T>
{
    public static readonly RecordType<T> Instance = new();

    private RecordType()
        : base(typeof(T), T.RecordSchema)
    {
    }

    public override void Write(ref AvroWriter writer, ISpecificRecord record) => T.Write(ref writer, (T)record);

    public override RecordReader ReaderFor(AvroSchema writer) => new Reader(new RecordDecoder<T>(writer));

    private sealed class Reader(RecordDecoder<T> decoder) : RecordReader
    {
        public override ISpecificRecord Read(ReadOnlySpan<byte> data) => decoder.Read(data);
    }
}
