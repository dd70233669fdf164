using System.Buffers.Binary;
using System.Collections.Concurrent;
using Avro.Generic;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.Avro;
using Streaming.Schemas;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Serialization;

/// <summary>
/// Messages of any contract with the registry's schema ids (TopicRecordNameStrategy). A record of a type that no contract
/// here knows is an <see cref="UnknownMessage"/> as long as it has an envelope.
/// </summary>
public sealed class MessageSerDes : AbstractSerDes<IMessage>
{
    private const int HeaderSize = 5;
    private readonly ISchemaRegistryClient _registry;
    private readonly Dictionary<Type, Codec> _byType = [];
    private readonly Dictionary<string, Codec> _byName = [];
    private readonly ConcurrentDictionary<int, Codec> _byId = new();

    /// <summary>Messages by a registry.</summary>
    /// <param name="registry">Its client.</param>
    /// <param name="autoRegister">Registers contracts when they are first written.</param>
    public MessageSerDes(ISchemaRegistryClient registry, bool autoRegister)
    {
        _registry = registry;
        var codecs = new Codecs(registry, autoRegister);
        foreach (var contract in Topics.Contracts.Where(contract => contract.Type.IsAssignableTo(typeof(IMessage))))
            _byType[contract.Type] = _byName[contract.FullName] = contract.Accept(codecs);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The data is no message.</exception>
    public override IMessage Deserialize(byte[]? data, SerializationContext context)
    {
        if (data is null || data.Length < HeaderSize || data[0] != 0)
            throw new InvalidDataException($"{context.Topic}: the value does not begin with a schema id.");
        var id = BinaryPrimitives.ReadInt32BigEndian(data.AsSpan(1));
        if (!_byId.TryGetValue(id, out var codec))
            codec = _byId.GetOrAdd(id, Find(id));
        return codec.Read(data, context);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The message has no contract.</exception>
    public override byte[]? Serialize(IMessage data, SerializationContext context) =>
        data is null ? null
        : _byType.TryGetValue(data.GetType(), out var codec) ? codec.Write(data, context)
        : throw new InvalidDataException($"{context.Topic}: {data.GetType().Name} is no contract.");

    /// <summary>Waits for the registry once an id; what fails is not kept.</summary>
    private Codec Find(int id)
    {
        var schema = _registry.GetSchemaAsync(id).GetAwaiter().GetResult();
        var name = global::Avro.Schema.Parse(schema.SchemaString).Fullname;
        return _byName.GetValueOrDefault(name) ?? new UnknownCodec(name, _registry);
    }

    private abstract class Codec
    {
        public abstract IMessage Read(byte[] data, SerializationContext context);

        public abstract byte[] Write(IMessage message, SerializationContext context);
    }

    private sealed class Codec<T>(ISchemaRegistryClient registry, bool autoRegister) : Codec
        where T : class, ISpecificRecord
    {
        private readonly ISerializer<T> _serializer =
            new AvroSerializer<T>(registry, RegistrySettings.Serializer(autoRegister)).AsSyncOverAsync();

        private readonly IDeserializer<T> _deserializer =
            new AvroDeserializer<T>(registry, RegistrySettings.Deserializer).AsSyncOverAsync();

        public override IMessage Read(byte[] data, SerializationContext context) =>
            (IMessage)_deserializer.Deserialize(data, isNull: false, context);

        public override byte[] Write(IMessage message, SerializationContext context) =>
            _serializer.Serialize((T)(object)message, context);
    }

    private sealed class Codecs(ISchemaRegistryClient registry, bool autoRegister) : IContractVisitor<Codec>
    {
        public Codec Visit<T>(Contract<T> contract) where T : class, ISpecificRecord, IAvroRecord<T>, new() =>
            new Codec<T>(registry, autoRegister);
    }

    /// <summary>Reads the envelope of a type that only its producer knows.</summary>
    private sealed class UnknownCodec(string name, ISchemaRegistryClient registry) : Codec
    {
        private readonly IDeserializer<GenericRecord> _deserializer =
            new AvroDeserializer<GenericRecord>(registry, RegistrySettings.Deserializer).AsSyncOverAsync();

        public override IMessage Read(byte[] data, SerializationContext context)
        {
            var record = _deserializer.Deserialize(data, isNull: false, context);
            return record.TryGetValue("envelope", out var value) && value is GenericRecord envelope
                ? new UnknownMessage(name, EnvelopeOf(envelope))
                : throw new InvalidDataException($"{context.Topic}: {name} has no envelope.");
        }

        public override byte[] Write(IMessage message, SerializationContext context) => throw new NotSupportedException();

        private static Envelope EnvelopeOf(GenericRecord record) => new()
        {
            EventId = Id(Required(record, "eventId")),
            AggregateId = (string)Required(record, "aggregateId"),
            AggregateType = (string)Required(record, "aggregateType"),
            Version = (long?)record["version"],
            OccurredAt = Required(record, "occurredAt") switch
            {
                DateTimeOffset time => time,
                DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
                var millis => DateTimeOffset.FromUnixTimeMilliseconds((long)millis),
            },
            CorrelationId = (string)Required(record, "correlationId"),
            CausationId = record["causationId"] is { } cause ? Id(cause) : null,
            UserId = (string?)record["userId"],
            Producer = (string)Required(record, "producer"),
        };

        private static object Required(GenericRecord record, string field) =>
            record[field] ?? throw new InvalidDataException($"{record.Schema.Fullname}.{field} is missing.");

        private static Guid Id(object value) => value is Guid id ? id : Guid.Parse((string)value);
    }
}
