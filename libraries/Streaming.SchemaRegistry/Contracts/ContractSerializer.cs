using System.Buffers;
using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Serdes;

namespace Streaming.SchemaRegistry;

/// <summary>How the records of a topic with several types find their schemas' ids.</summary>
public sealed record ContractOptions
{
    /// <summary>How subjects are named (by topic and record).</summary>
    public SubjectNameStrategy SubjectNameStrategy { get; init; } = SubjectNameStrategy.TopicRecord;

    /// <summary>Whether a schema that the registry lacks is registered, rather than refused (false).</summary>
    public bool AutoRegister { get; init; }

    /// <summary>Whether schemas are normalized when registered or looked up (false).</summary>
    public bool Normalize { get; init; }
}

/// <summary>
/// Writes generated records of any type to topics that hold several: each with the id of its own schema, which must be
/// registered. Safe for use by many threads; after a type's first message on a topic it neither waits nor locks.
/// </summary>
public sealed class ContractSerializer : ISerializer<ISpecificRecord>
{
    private readonly MessageWriter<ISpecificRecord> messages;

    public ContractSerializer(ISchemaRegistryClient client, ContractOptions? options = null)
    {
        options ??= new ContractOptions();
        messages = new MessageWriter<ISpecificRecord>(
            client,
            new SerializerSettings
            {
                Subject = options.SubjectNameStrategy.ToDelegate(),
                AutoRegister = options.AutoRegister,
                Normalize = options.Normalize,
            },
            new AnyRecordCodec());
    }

    /// <summary>Asks the registry for the ids of types on a topic, so that no message waits for them.</summary>
    /// <exception cref="SchemaRegistryException">A schema is not registered.</exception>
    public async Task WarmUpAsync(
        string topic, IEnumerable<RecordType> types, MessageComponentType component = MessageComponentType.Value)
    {
        foreach (var type in types)
        {
            await messages.ResolveAsync(type.Written, topic, component).ConfigureAwait(false);
        }
    }

    /// <summary>A message in an array of its exact size; null for null, which is a tombstone.</summary>
    /// <exception cref="SchemaRegistryException">The schema is not registered.</exception>
    /// <exception cref="ArgumentException">The record is no generated one.</exception>
    public byte[] Serialize(ISpecificRecord data, SerializationContext context) => messages.Write(data, context);

    /// <summary>A message as the value of a topic's record.</summary>
    public byte[] Serialize(ISpecificRecord record, string topic) =>
        messages.Write(record, new SerializationContext(MessageComponentType.Value, topic));

    /// <summary>Appends a message to a buffer.</summary>
    public void Serialize(ISpecificRecord record, IBufferWriter<byte> output, SerializationContext context) =>
        messages.Write(record, output, context);
}
