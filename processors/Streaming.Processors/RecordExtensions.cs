using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors;

internal static class RecordExtensions
{
    /// <summary>When the record was written.</summary>
    public static DateTimeOffset RecordTime<K, V>(this Record<K, V> record) =>
        DateTimeOffset.FromUnixTimeMilliseconds(record.Timestamp);

    /// <summary>A key-value store of the task.</summary>
    public static IKeyValueStore<string, V> KeyValueStore<V>(this ProcessorContext context, string name) =>
        (IKeyValueStore<string, V>)context.GetStateStore(name);
}
