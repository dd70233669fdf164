using Streaming.Schemas;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors;

internal static class RecordExtensions
{
    /// <summary>When the record was written.</summary>
    public static DateTimeOffset RecordTime<K, V>(this Record<K, V> record) =>
        DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp);

    /// <summary>The message that the record carries.</summary>
    /// <exception cref="InvalidDataException">It has no key or no value.</exception>
    public static IMessage Message(this Record<string, IMessage> record) =>
        record.Key is null ? throw new InvalidDataException("The record has no key.")
        : record.Value ?? throw new InvalidDataException($"The record of '{record.Key}' has no value.");

    /// <summary>A key-value store of the task.</summary>
    public static IKeyValueStore<string, V> KeyValueStore<V>(this ProcessorContext context, string name) =>
        (IKeyValueStore<string, V>)context.GetStateStore(name);
}
