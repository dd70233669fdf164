using System.Buffers;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streamiz.Kafka.Net.Errors;

namespace Streamiz.Kafka.Net.SchemaRegistry.SerDes.Avro;

/// <summary>
/// Avro with the id of its schema, as Confluent's serializers write it. Only the first record of a schema waits for
/// the registry.
/// </summary>
public class SchemaAvroSerDes<T> : SchemaSerDes<T, AvroSerializerConfig, AvroDeserializerConfig>
{
    private AvroSerializer<T>? _serializer;
    private AvroDeserializer<T>? _deserializer;

    /// <inheritdoc/>
    public override T Deserialize(ReadOnlySpan<byte> data, SerializationContext context) =>
        (_deserializer ?? throw NotInitialized()).Deserialize(data, context);

    /// <inheritdoc/>
    public override void Serialize(T data, IBufferWriter<byte> output, SerializationContext context) =>
        (_serializer ?? throw NotInitialized()).Serialize(data, output, context);

    /// <inheritdoc/>
    protected override void Initialize(
        ISchemaRegistryClient client, AvroSerializerConfig serializer, AvroDeserializerConfig deserializer)
    {
        _serializer = new AvroSerializer<T>(client, serializer);
        _deserializer = new AvroDeserializer<T>(client, deserializer);
    }

    /// <inheritdoc/>
    protected override AvroSerializerConfig GetSerializerConfig(ISchemaRegistryConfig config)
    {
        var serializer = new AvroSerializerConfig();
        if (config.AutoRegisterSchemas is { } register)
        {
            serializer.AutoRegisterSchemas = register;
        }

        if (config.UseLatestVersion is { } latest)
        {
            serializer.UseLatestVersion = latest;
        }

        if (config.SubjectNameStrategy is { } strategy)
        {
            serializer.SubjectNameStrategy = strategy switch
            {
                SubjectNameStrategy.Record => Confluent.SchemaRegistry.SubjectNameStrategy.Record,
                SubjectNameStrategy.TopicRecord => Confluent.SchemaRegistry.SubjectNameStrategy.TopicRecord,
                _ => Confluent.SchemaRegistry.SubjectNameStrategy.Topic,
            };
        }

        return serializer;
    }

    private StreamsException NotInitialized() => new($"{GetType().Name} is used before it is initialized");
}
