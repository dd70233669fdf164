using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Reads values that were written with one schema.</summary>
internal abstract class ReadPlan<T>
{
    /// <exception cref="AvroException">The data is malformed, or has no place in the type.</exception>
    public abstract T Read(ReadOnlySpan<byte> data);
}

/// <summary>How values of a C# type are written, and read from whatever they were written with.</summary>
internal abstract class ValueCodec<T>
{
    /// <summary>The schema that a value is written with.</summary>
    public abstract WrittenSchema SchemaOf(T value);

    /// <summary>Writes a value.</summary>
    /// <param name="schema">What <see cref="SchemaOf"/> says of the value.</param>
    public abstract void Write(ref AvroWriter writer, T value, WrittenSchema schema);

    /// <summary>A plan for data of a writer's schema.</summary>
    /// <param name="latest">The schema to read generic records as, instead of the writer's.</param>
    public abstract ReadPlan<T> PlanFor(AvroSchema writer, AvroSchema? latest);
}
