using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.State;

/// <summary>A store as other threads read it: the committed content, or the uncommitted writes too.</summary>
internal abstract class StoreQuery<K, V>(StoreState state, Codec<K> keys, Codec<V> values, bool uncommitted) : IStateStore
{
    public string Name => State.Name;

    public bool Persistent => State.Spec.PersistentStore is not null;

    public bool IsLocally => true;

    public bool IsOpen => true;

    public StoreState State { get; } = state;

    protected Codec<K> Keys => keys;

    protected Codec<V> Values => values;

    public void Init(ProcessorContext context, IStateStore root)
    {
    }

    public void Flush()
    {
    }

    public void Close()
    {
    }

    /// <summary>The key's bytes, with room for a suffix; each call has a buffer of its own, as each thread must.</summary>
    protected ByteWriter Write(K key)
    {
        var writer = new ByteWriter();
        return keys.Write(key, writer) ? writer : throw new StreamsException($"Store {Name}: a key cannot be null");
    }

    protected bool TryRead(ReadOnlySpan<byte> key, out V value, out long timestamp)
    {
        if (State.TryRead(key, uncommitted, out var bytes, out timestamp))
        {
            value = values.Read(bytes);
            return true;
        }

        value = default!;
        return false;
    }

    protected TableCursor Open(KeyRange range) => State.OpenSnapshot(range, uncommitted);

    protected KeyRange RangeOf(K? from, K? to, bool reverse) =>
        OpenRange(from, from is not null, to, to is not null, reverse);

    protected KeyRange OpenRange(K? from, bool hasFrom, K? to, bool hasTo, bool reverse) => new(
        hasFrom ? Write(from!).Written.ToArray() : null, hasTo ? Write(to!).Written.ToArray() : null, reverse);

    protected StreamsException ReadOnly() => new($"Store {Name} can only be read here");
}

internal sealed class KeyValueQuery<K, V>(StoreState state, Codec<K> keys, Codec<V> values, bool uncommitted)
    : StoreQuery<K, V>(state, keys, values, uncommitted), IKeyValueStore<K, V>, IPrefixScan<K, V>,
        IOpenRanges<K, V>
{
    public V Get(K key) => TryRead(Write(key).Written, out var value, out _) ? value : default!;

    public IKeyValueEnumerator<K, V> Range(K? from, K? to) => Entries(RangeOf(from, to, reverse: false));

    public IKeyValueEnumerator<K, V> ReverseRange(K? from, K? to) => Entries(RangeOf(from, to, reverse: true));

    public IEnumerable<KeyValuePair<K, V>> All() => CursorEnumerator.Enumerate(() => Entries(default));

    public IEnumerable<KeyValuePair<K, V>> ReverseAll() =>
        CursorEnumerator.Enumerate(() => Entries(new KeyRange(null, null, Reverse: true)));

    public IKeyValueEnumerator<K, V> RangeFrom(K from, bool reverse) =>
        Entries(OpenRange(from, true, default, false, reverse));

    public IKeyValueEnumerator<K, V> RangeTo(K to, bool reverse) =>
        Entries(OpenRange(default, false, to, true, reverse));

    public IKeyValueEnumerator<K, V> PrefixScan(ReadOnlySpan<byte> prefix) => Entries(KeyRange.OfPrefix(prefix.ToArray()));

    public long ApproximateNumEntries() => State.Committed.Count;

    public void Put(K key, V value) => throw ReadOnly();

    public V PutIfAbsent(K key, V value) => throw ReadOnly();

    public void PutAll(IEnumerable<KeyValuePair<K, V>> entries) => throw ReadOnly();

    public V Delete(K key) => throw ReadOnly();

    private KeyValueCursor<K, V> Entries(KeyRange range) => new(Open(range), Keys, Values);
}

internal sealed class TimestampedKeyValueQuery<K, V>(StoreState state, Codec<K> keys, Codec<V> values, bool uncommitted)
    : StoreQuery<K, V>(state, keys, values, uncommitted), ITimestampedKeyValueStore<K, V>,
        IPrefixScan<K, ValueAndTimestamp<V>>, IOpenRanges<K, ValueAndTimestamp<V>>, IPlainView<IReadOnlyKeyValueStore<K, V>>
{
    private readonly bool _uncommitted = uncommitted;

    public ValueAndTimestamp<V> Get(K key) => TryRead(Write(key).Written, out var value, out var timestamp)
        ? ValueAndTimestamp<V>.Make(value, timestamp)
        : null!;

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> Range(K? from, K? to) => Entries(RangeOf(from, to, reverse: false));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> ReverseRange(K? from, K? to) =>
        Entries(RangeOf(from, to, reverse: true));

    public IEnumerable<KeyValuePair<K, ValueAndTimestamp<V>>> All() => CursorEnumerator.Enumerate(() => Entries(default));

    public IEnumerable<KeyValuePair<K, ValueAndTimestamp<V>>> ReverseAll() =>
        CursorEnumerator.Enumerate(() => Entries(new KeyRange(null, null, Reverse: true)));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> RangeFrom(K from, bool reverse) =>
        Entries(OpenRange(from, true, default, false, reverse));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> RangeTo(K to, bool reverse) =>
        Entries(OpenRange(default, false, to, true, reverse));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> PrefixScan(ReadOnlySpan<byte> prefix) =>
        Entries(KeyRange.OfPrefix(prefix.ToArray()));

    public long ApproximateNumEntries() => State.Committed.Count;

    public IReadOnlyKeyValueStore<K, V> Plain() => new KeyValueQuery<K, V>(State, Keys, Values, _uncommitted);

    public void Put(K key, ValueAndTimestamp<V> value) => throw ReadOnly();

    public ValueAndTimestamp<V> PutIfAbsent(K key, ValueAndTimestamp<V> value) => throw ReadOnly();

    public void PutAll(IEnumerable<KeyValuePair<K, ValueAndTimestamp<V>>> entries) => throw ReadOnly();

    public ValueAndTimestamp<V> Delete(K key) => throw ReadOnly();

    private TimestampedCursor<K, V> Entries(KeyRange range) => new(Open(range), Keys, Values);
}

/// <summary>A timestamped store seen without the timestamps.</summary>
internal interface IPlainView<out T>
{
    T Plain();
}
