using Avro;
using Confluent.SchemaRegistry;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>A schema that values are written with, in the forms that finding its id needs.</summary>
internal sealed class WrittenSchema(AvroSchema schema, RecordType? type = null)
{
    public AvroSchema Avro { get; } = schema;

    /// <summary>The generated record's type, where it is one's schema.</summary>
    public RecordType? Type { get; } = type;

    /// <summary>The record's full name, which subject names may hold; null for other schemas.</summary>
    public string? RecordName { get; } = (schema as NamedSchema)?.Fullname;

    /// <summary>What is registered or looked up.</summary>
    public Confluent.SchemaRegistry.Schema Text { get; } = new(schema.ToString(), SchemaType.Avro);
}
