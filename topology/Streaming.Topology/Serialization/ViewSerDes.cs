using Avro.Specific;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Serialization;

/// <summary>One contract with the registry's schema ids (TopicRecordNameStrategy).</summary>
public sealed class ViewSerDes<T>(ISchemaRegistryClient registry, bool autoRegister) : AbstractSerDes<T>
    where T : class, ISpecificRecord
{
    private readonly ISerializer<T> _serializer =
        new AvroSerializer<T>(registry, new AvroSerializerConfig
        {
            AutoRegisterSchemas = autoRegister,
            SubjectNameStrategy = SubjectNameStrategy.TopicRecord,
        }).AsSyncOverAsync();

    private readonly IDeserializer<T> _deserializer =
        new AvroDeserializer<T>(registry, new AvroDeserializerConfig
        {
            SubjectNameStrategy = SubjectNameStrategy.TopicRecord,
        }).AsSyncOverAsync();

    /// <inheritdoc/>
    public override T Deserialize(byte[]? data, SerializationContext context) =>
        data is null ? null! : _deserializer.Deserialize(data, isNull: false, context);

    /// <inheritdoc/>
    public override byte[]? Serialize(T data, SerializationContext context) =>
        data is null ? null : _serializer.Serialize(data, context);
}
