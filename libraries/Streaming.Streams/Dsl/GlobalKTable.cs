using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

internal sealed class GlobalKTable<K, V>(string storeName) : IGlobalKTable<K, V>
{
    public string QueryableStoreName => storeName;
}
