using Avro.Specific;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>One type of generated records.</summary>
internal sealed class RecordCodec<T> : ValueCodec<T> where T : class, IAvroRecord<T>
{
    private readonly WrittenSchema own = RecordType.Of<T>().Written;

    public override WrittenSchema SchemaOf(T value) => own;

    public override void Write(ref AvroWriter writer, T value, WrittenSchema schema) => T.Write(ref writer, value);

    public override ReadPlan<T> PlanFor(AvroSchema writer, AvroSchema? latest) => new Plan(new RecordDecoder<T>(writer));

    private sealed class Plan(RecordDecoder<T> decoder) : ReadPlan<T>
    {
        public override T Read(ReadOnlySpan<byte> data) => decoder.Read(data);
    }
}

/// <summary>Generated records of any type: by the value's own when writing, by the schema's full name when reading.</summary>
internal sealed class AnyRecordCodec : ValueCodec<ISpecificRecord>
{
    public override WrittenSchema SchemaOf(ISpecificRecord value) => RecordType.Of(value.GetType()).Written;

    public override void Write(ref AvroWriter writer, ISpecificRecord value, WrittenSchema schema) =>
        schema.Type!.Write(ref writer, value);

    public override ReadPlan<ISpecificRecord> PlanFor(AvroSchema writer, AvroSchema? latest) =>
        RecordTypes.TryGet(writer.Fullname, out var type)
            ? new Plan(type.ReaderFor(writer))
            : throw new global::Avro.AvroException($"No generated record is known for the schema {writer.Fullname}.");

    private sealed class Plan(RecordReader reader) : ReadPlan<ISpecificRecord>
    {
        public override ISpecificRecord Read(ReadOnlySpan<byte> data) => reader.Read(data);
    }
}
