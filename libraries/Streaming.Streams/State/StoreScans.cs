using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.State;

/// <summary>Entries whose key bytes start with given bytes.</summary>
public interface IPrefixScan<K, V>
{
    /// <summary>The entries, in key order.</summary>
    IKeyValueEnumerator<K, V> PrefixScan(ReadOnlySpan<byte> prefix);
}

/// <summary>Ranges of keys that have no null to stand for an open end.</summary>
internal interface IOpenRanges<K, V>
{
    IKeyValueEnumerator<K, V> RangeFrom(K from, bool reverse);

    IKeyValueEnumerator<K, V> RangeTo(K to, bool reverse);
}

/// <summary>
/// Ways to read a part of a key-value store of the engine, in a processor or by a query, in the order of the keys' bytes.
/// </summary>
public static class StoreScans
{
    /// <summary>The entries whose key bytes start with those of the prefix, as its serdes writes it.</summary>
    public static IKeyValueEnumerator<K, V> PrefixScan<K, V, P>(this IReadOnlyKeyValueStore<K, V> store, P prefix, ISerDes<P> prefixSerdes) =>
        Of<IPrefixScan<K, V>>(store).PrefixScan(
            prefixSerdes.Serialize(prefix, default) ?? throw new StreamsException("A prefix cannot be null"));

    /// <summary>The entries from a key on; also for keys that have no null.</summary>
    public static IKeyValueEnumerator<K, V> RangeFrom<K, V>(this IReadOnlyKeyValueStore<K, V> store, K from, bool reverse = false) =>
        Of<IOpenRanges<K, V>>(store).RangeFrom(from, reverse);

    /// <summary>The entries up to a key, inclusive; also for keys that have no null.</summary>
    public static IKeyValueEnumerator<K, V> RangeTo<K, V>(this IReadOnlyKeyValueStore<K, V> store, K to, bool reverse = false) =>
        Of<IOpenRanges<K, V>>(store).RangeTo(to, reverse);

    private static T Of<T>(object store)
        where T : class => store as T ?? throw new StreamsException($"A {store.GetType()} is no key-value store of this engine");
}
