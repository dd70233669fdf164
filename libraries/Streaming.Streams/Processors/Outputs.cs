using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Processors;

/// <summary>The successors of a processor, together and by name.</summary>
internal sealed class Outputs<K, V>(string owner, Receiver<K, V> all, IReadOnlyDictionary<string, Receiver<K, V>> named)
{
    public Receiver<K, V> All => all;

    public Receiver<K, V> Named(string name) => named.TryGetValue(name, out var receiver)
        ? receiver
        : throw new StreamsException($"{owner} has no successor {name}, but {string.Join(", ", named.Keys)}");
}
