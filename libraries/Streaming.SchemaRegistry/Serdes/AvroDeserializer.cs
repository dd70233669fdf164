using Confluent.Kafka;
using Streaming.SchemaRegistry.Serdes;
using AvroSchema = global::Avro.Schema;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>
/// Reads values that were written in Avro with the id of their schema, whichever version that is. Each id's schema is
/// fetched and compiled once. Safe for use by many threads.
/// </summary>
/// <typeparam name="T">
/// A generated record; <c>ISpecificRecord</c> for the generated record of the writer's full name; <c>GenericRecord</c>;
/// or int, bool, double, string, float, long, byte[] or Null.
/// </typeparam>
public sealed class AvroDeserializer<T> : IAsyncDeserializer<T>
{
    private readonly MessageReader<T> messages;

    /// <exception cref="ArgumentException">The configuration is wrong; the message names the key.</exception>
    /// <exception cref="InvalidOperationException">The type is none of those that can be read.</exception>
    public AvroDeserializer(ISchemaRegistryClient schemaRegistryClient, AvroDeserializerConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(schemaRegistryClient);
        config ??= new AvroDeserializerConfig();
        config.Check();
        var codec = Codecs.Of<T>(nameof(AvroDeserializer<>));
        var latest = new LatestSchemas(schemaRegistryClient, config);
        messages = new MessageReader<T>(
            schemaRegistryClient, config.SchemaIdStrategy == SchemaIdDeserializerStrategy.Prefix,
            async (writer, context) =>
                codec.PlanFor(writer, await latest.FindAsync(writer, context).ConfigureAwait(false)));
    }

    /// <summary>Reads a value; null stays null.</summary>
    /// <exception cref="InvalidDataException">The message has no schema id.</exception>
    /// <exception cref="SchemaRegistryException">The registry does not know the schema.</exception>
    /// <exception cref="global::Avro.AvroException">The data is malformed, or has no place in the type.</exception>
    public Task<T> DeserializeAsync(ReadOnlyMemory<byte> data, bool isNull, SerializationContext context)
    {
        try
        {
            if (isNull)
            {
                return Task.FromResult(Null());
            }

            var plan = messages.Find(data.Span, context, out var id, out var start);
            return plan is null ? LoadAsync(data, id, start, context) : Task.FromResult(plan.Read(data.Span[start..]));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(e);
        }
    }

    /// <summary>Reads a message; it blocks where a schema is met for the first time.</summary>
    public T Deserialize(ReadOnlySpan<byte> data, SerializationContext context) => messages.Read(data, context);

    /// <summary>The deserializer for the consumer, which can't wait: it blocks on the first message of a schema alone.</summary>
    public IDeserializer<T> AsSync() => new Sync(messages);

    /// <summary>The same as <see cref="AsSync"/>, in place of the Kafka client's extension, which copies the data.</summary>
    public IDeserializer<T> AsSyncOverAsync() => AsSync();

    private async Task<T> LoadAsync(ReadOnlyMemory<byte> data, SchemaId id, int start, SerializationContext context)
    {
        var plan = await messages.LoadAsync(id, context).ConfigureAwait(false);
        return plan.Read(data.Span[start..]);
    }

    private static T Null() =>
        default(T) is null
            ? default!
            : throw new InvalidOperationException("Cannot deserialize null to a Value Type");

    private sealed class Sync(MessageReader<T> messages) : IDeserializer<T>
    {
        public T Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) =>
            isNull ? Null() : messages.Read(data, context);
    }
}
