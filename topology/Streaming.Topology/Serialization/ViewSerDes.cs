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
        new AvroSerializer<T>(registry, RegistrySettings.Serializer(autoRegister)).AsSyncOverAsync();

    private readonly IDeserializer<T> _deserializer =
        new AvroDeserializer<T>(registry, RegistrySettings.Deserializer).AsSyncOverAsync();

    /// <inheritdoc/>
    public override T Deserialize(byte[]? data, SerializationContext context) =>
        data is null ? null! : _deserializer.Deserialize(data, isNull: false, context);

    /// <inheritdoc/>
    public override byte[]? Serialize(T data, SerializationContext context) =>
        data is null ? null : _serializer.Serialize(data, context);
}

internal static class RegistrySettings
{
    public static readonly AvroDeserializerConfig Deserializer = new()
    {
        SubjectNameStrategy = SubjectNameStrategy.TopicRecord,
    };

    public static AvroSerializerConfig Serializer(bool autoRegister) => new()
    {
        AutoRegisterSchemas = autoRegister,
        SubjectNameStrategy = SubjectNameStrategy.TopicRecord,
    };
}
