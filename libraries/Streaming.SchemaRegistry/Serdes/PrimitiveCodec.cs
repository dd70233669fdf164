using Confluent.Kafka;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Values of Avro's primitive types.</summary>
internal sealed class PrimitiveCodec<T>(string name, PrimitiveCodec<T>.Writing write, PrimitiveCodec<T>.Reading read)
    : ValueCodec<T>
{
    private readonly WrittenSchema own = new(AvroSchema.Parse($"\"{name}\""));

    public delegate void Writing(ref AvroWriter writer, T value);

    public delegate T Reading(ref AvroReader reader);

    public override WrittenSchema SchemaOf(T value) => own;

    public override void Write(ref AvroWriter writer, T value, WrittenSchema schema) => write(ref writer, value);

    public override ReadPlan<T> PlanFor(AvroSchema writer, AvroSchema? latest)
    {
        var resolution = Resolution.Create(writer, own.Avro);
        return resolution.IsIdentity ? new Plan(read) : new ConvertingPlan(read, resolution);
    }

    private sealed class Plan(Reading read) : ReadPlan<T>
    {
        public override T Read(ReadOnlySpan<byte> data)
        {
            var reader = new AvroReader(data);
            var value = read(ref reader);
            reader.RequireEnd();
            return value;
        }
    }

    private sealed class ConvertingPlan(Reading read, Resolution resolution) : ReadPlan<T>
    {
        public override T Read(ReadOnlySpan<byte> data)
        {
            var reader = new AvroReader(data);
            var converted = AvroWriter.Rent();
            try
            {
                resolution.Convert(ref reader, ref converted);
                reader.RequireEnd();
                var inner = new AvroReader(converted.Written);
                return read(ref inner);
            }
            finally
            {
                converted.Dispose();
            }
        }
    }
}

/// <summary>The codecs of the primitive types that Confluent's serdes take.</summary>
internal static class PrimitiveCodecs
{
    private static readonly Dictionary<Type, object> ByType = new()
    {
        [typeof(int)] = new PrimitiveCodec<int>(
            "int", (ref writer, value) => writer.WriteInt(value), (ref reader) => reader.ReadInt()),
        [typeof(long)] = new PrimitiveCodec<long>(
            "long", (ref writer, value) => writer.WriteLong(value), (ref reader) => reader.ReadLong()),
        [typeof(float)] = new PrimitiveCodec<float>(
            "float", (ref writer, value) => writer.WriteFloat(value), (ref reader) => reader.ReadFloat()),
        [typeof(double)] = new PrimitiveCodec<double>(
            "double", (ref writer, value) => writer.WriteDouble(value), (ref reader) => reader.ReadDouble()),
        [typeof(bool)] = new PrimitiveCodec<bool>(
            "boolean", (ref writer, value) => writer.WriteBoolean(value), (ref reader) => reader.ReadBoolean()),
        [typeof(string)] = new PrimitiveCodec<string>(
            "string", (ref writer, value) => writer.WriteString(value), (ref reader) => reader.ReadString()),
        [typeof(byte[])] = new PrimitiveCodec<byte[]>(
            "bytes", (ref writer, value) => writer.WriteBytes(value), (ref reader) => reader.ReadBytes()),
        [typeof(Null)] = new PrimitiveCodec<Null>(
            "null", (ref _, _) => { }, (ref _) => null!),
    };

    public static ValueCodec<T>? Of<T>() => ByType.GetValueOrDefault(typeof(T)) as ValueCodec<T>;
}
