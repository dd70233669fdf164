using System.Runtime.CompilerServices;
using Avro;
using Avro.Generic;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Generic records: written with their own schema, read as the writer's schema or the latest has them.</summary>
internal sealed class GenericRecordCodec : ValueCodec<GenericRecord>
{
    private readonly ConditionalWeakTable<RecordSchema, WrittenSchema> schemas = [];

    public override WrittenSchema SchemaOf(GenericRecord value) =>
        schemas.TryGetValue(value.Schema, out var known)
            ? known
            : schemas.GetValue(value.Schema, static schema => new WrittenSchema(schema));

    public override void Write(ref AvroWriter writer, GenericRecord value, WrittenSchema schema) =>
        GenericCodec.Write(schema.Avro, value, ref writer);

    public override ReadPlan<GenericRecord> PlanFor(AvroSchema writer, AvroSchema? latest) =>
        writer is RecordSchema
            ? new Plan(new GenericDecoder(writer, latest))
            : throw new AvroException($"The message's schema {writer.Fullname} is no record.");

    private sealed class Plan(GenericDecoder decoder) : ReadPlan<GenericRecord>
    {
        public override GenericRecord Read(ReadOnlySpan<byte> data) => (GenericRecord)decoder.Read(data)!;
    }
}
