using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.SchemaRegistry;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Serialization;

/// <summary>One contract with the registry's schema ids (TopicRecordNameStrategy).</summary>
/// <param name="registry">Client of the registry.</param>
/// <param name="autoRegister">Registers the contract when it is first written.</param>
public sealed class ViewSerDes<T>(ISchemaRegistryClient registry, bool autoRegister) : AbstractSerDes<T>
    where T : class, IAvroRecord<T>
{
    private readonly ContractSerializer _serializer = new(registry, new ContractOptions { AutoRegister = autoRegister });

    private readonly ContractDeserializer _deserializer = new(registry, [RecordType.Of<T>()]);

    /// <inheritdoc/>
    public override T Deserialize(byte[]? data, SerializationContext context) =>
        data is null ? null! : (T)_deserializer.Deserialize(data, isNull: false, context);

    /// <inheritdoc/>
    public override byte[]? Serialize(T data, SerializationContext context) =>
        data is null ? null : _serializer.Serialize(data, context);
}
