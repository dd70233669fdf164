using System.Collections.Frozen;
using Avro;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Serdes;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry;

/// <summary>
/// Reads topics that hold records of several types: the generated record of the writer's full name, and for names that
/// this program does not know (a newer producer's) an <see cref="UnknownRecord"/> with what a given record can still
/// read of it. Safe for use by many threads; after a schema's first message it neither waits nor locks.
/// </summary>
public sealed class ContractDeserializer : IDeserializer<ISpecificRecord>
{
    private readonly MessageReader<ISpecificRecord> messages;
    private readonly FrozenDictionary<string, RecordType>? known;
    private readonly RecordType? fallback;

    /// <param name="client">The registry.</param>
    /// <param name="known">The types to read; null takes every generated record of this process.</param>
    /// <param name="fallback">
    /// The record to read unknown types as, its fields being some of theirs; null refuses unknown types.
    /// </param>
    public ContractDeserializer(
        ISchemaRegistryClient client, IEnumerable<RecordType>? known = null, RecordType? fallback = null)
    {
        this.known = known?.ToFrozenDictionary(type => type.FullName);
        this.fallback = fallback;
        messages = new MessageReader<ISpecificRecord>(
            client, prefixOnly: false, (writer, _) => Task.FromResult(PlanFor(writer)));
    }

    /// <summary>Reads a message; null for null.</summary>
    /// <exception cref="InvalidDataException">The message has no schema id.</exception>
    /// <exception cref="SchemaRegistryException">The registry does not know the schema.</exception>
    /// <exception cref="AvroException">
    /// The data is malformed or has no place in its record, or its type is unknown and there is no fallback.
    /// </exception>
    public ISpecificRecord Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
        isNull ? null! : messages.Read(data, context);

    /// <summary>Reads a message that is the value of a topic's record.</summary>
    public ISpecificRecord Deserialize(ReadOnlySpan<byte> data, string topic) =>
        messages.Read(data, new SerializationContext(MessageComponentType.Value, topic));

    private ReadPlan<ISpecificRecord> PlanFor(AvroSchema writer)
    {
        if (Find(writer.Fullname) is { } type)
        {
            return new KnownPlan(type.ReaderFor(writer));
        }

        return fallback is not null && writer is RecordSchema
            ? new UnknownPlan(writer.Fullname, fallback.ReaderFor(writer))
            : throw new AvroException($"No record is known for the message's schema {writer.Fullname}.");
    }

    private RecordType? Find(string fullName) =>
        known is not null ? known.GetValueOrDefault(fullName)
        : RecordTypes.TryGet(fullName, out var type) ? type
        : null;

    private sealed class KnownPlan(RecordReader reader) : ReadPlan<ISpecificRecord>
    {
        public override ISpecificRecord Read(ReadOnlySpan<byte> data) => reader.Read(data);
    }

    private sealed class UnknownPlan(string fullName, RecordReader reader) : ReadPlan<ISpecificRecord>
    {
        public override ISpecificRecord Read(ReadOnlySpan<byte> data) => new UnknownRecord(fullName, reader.Read(data));
    }
}
