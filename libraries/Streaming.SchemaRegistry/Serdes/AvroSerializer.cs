using System.Buffers;
using Confluent.Kafka;
using Streaming.Avro;
using Streaming.SchemaRegistry.Serdes;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>
/// Writes values in Avro with the id of their schema. The registry is asked once for each topic, component and schema;
/// from then on a message costs one array of its exact size and, in the asynchronous form, a completed task. Safe for
/// use by many threads.
/// </summary>
/// <typeparam name="T">
/// A generated record, <c>ISpecificRecord</c> for records of any type, <c>GenericRecord</c>, or int, bool, double,
/// string, float, long, byte[] or Null.
/// </typeparam>
public sealed class AvroSerializer<T> : IAsyncSerializer<T>
{
    private readonly MessageWriter<T> messages;

    /// <exception cref="ArgumentException">The configuration is wrong; the message names the key.</exception>
    /// <exception cref="InvalidOperationException">The type is none of those that can be written.</exception>
    public AvroSerializer(ISchemaRegistryClient schemaRegistryClient, AvroSerializerConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(schemaRegistryClient);
        messages = new MessageWriter<T>(
            schemaRegistryClient, SerializerSettings.From(config ?? new AvroSerializerConfig()),
            Codecs.Of<T>(nameof(AvroSerializer<>)));
    }

    /// <summary>Writes a value; null stays null.</summary>
    /// <exception cref="SchemaRegistryException">The registry refused the schema.</exception>
    /// <exception cref="global::Avro.AvroException">The value doesn't fit the schema.</exception>
    public Task<byte[]> SerializeAsync(T value, SerializationContext context)
    {
        if (value is null)
        {
            return Task.FromResult<byte[]>(null!);
        }

        if (messages.Find(value, context) is not { } target)
        {
            return ResolveAsync(value, context);
        }

        try
        {
            return Task.FromResult(MessageWriter<T>.Write(messages.Codec, value, target, context.Headers));
        }
        catch (Exception e)
        {
            return Task.FromException<byte[]>(e);
        }
    }

    /// <summary>Asks the registry now for what a topic's messages like this value will need.</summary>
    public async Task WarmUpAsync(T value, SerializationContext context) =>
        await messages.ResolveAsync(value, context).ConfigureAwait(false);

    /// <summary>Appends a message to a buffer; an id in a header goes to the context's headers.</summary>
    public void Serialize(T value, IBufferWriter<byte> output, SerializationContext context) =>
        messages.Write(value, output, context);

    /// <summary>The serializer for interfaces that can't wait: it blocks on the first message of a schema alone.</summary>
    public ISerializer<T> AsSync() => new Sync(messages);

    /// <summary>The same as <see cref="AsSync"/>, in place of the Kafka client's extension, which costs two tasks.</summary>
    public ISerializer<T> AsSyncOverAsync() => AsSync();

    private async Task<byte[]> ResolveAsync(T value, SerializationContext context)
    {
        var target = await messages.ResolveAsync(value, context).ConfigureAwait(false);
        return MessageWriter<T>.Write(messages.Codec, value, target, context.Headers);
    }

    private sealed class Sync(MessageWriter<T> messages) : ISerializer<T>
    {
        public byte[] Serialize(T data, SerializationContext context) => messages.Write(data, context);
    }
}
