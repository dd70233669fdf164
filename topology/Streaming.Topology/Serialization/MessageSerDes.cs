using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry;
using Streaming.Schemas;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Serialization;

/// <summary>
/// Messages of any contract with the registry's schema ids (TopicRecordNameStrategy). A record of a type that no contract
/// here knows is an <see cref="UnknownMessage"/> as long as it has an envelope.
/// </summary>
/// <param name="registry">Client of the registry.</param>
/// <param name="autoRegister">Registers contracts when they are first written.</param>
public sealed class MessageSerDes(ISchemaRegistryClient registry, bool autoRegister) : AbstractSerDes<IMessage>
{
    private static readonly IReadOnlyList<RecordType> Types =
    [
        .. Topics.Contracts.Where(contract => contract.Type.IsAssignableTo(typeof(IMessage)))
            .Select(contract => RecordType.Of(contract.Type)),
    ];

    private readonly ContractSerializer _serializer = new(registry, new ContractOptions { AutoRegister = autoRegister });

    private readonly ContractDeserializer _deserializer = new(registry, Types, RecordType.Of<MessageHead>());

    /// <inheritdoc/>
    public override IMessage Deserialize(byte[]? data, SerializationContext context) => data is null
        ? null!
        : _deserializer.Deserialize(data, isNull: false, context) switch
        {
            IMessage message => message,
            UnknownRecord unknown => new UnknownMessage(unknown.FullName, ((MessageHead)unknown.Envelope).Envelope),
            var record => throw new InvalidDataException($"{context.Topic}: {record.Schema.Fullname} is no message."),
        };

    /// <inheritdoc/>
    public override byte[]? Serialize(IMessage data, SerializationContext context) => data switch
    {
        null => null,
        ISpecificRecord record => _serializer.Serialize(record, context),
        _ => throw new InvalidDataException($"{context.Topic}: a {data.GetType().Name} cannot be written."),
    };
}
