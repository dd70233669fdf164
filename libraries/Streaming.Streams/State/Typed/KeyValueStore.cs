using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.State;

/// <summary>A key-value store of a task, as operators use it.</summary>
internal abstract class KeyValueTable<K, V>(StoreState state, Codec<K> keys, Codec<V> values)
    : TypedStore<K, V>(state, keys, values)
{
    public bool TryGet(K key, out V value, out long timestamp)
    {
        WriteKey(key);
        return TryGetBuffered(out value, out timestamp);
    }

    /// <summary>Reads the key again that was read or written last.</summary>
    public bool TryGetSame(out V value, out long timestamp) => TryGetBuffered(out value, out timestamp);

    /// <summary>Writes to the key that was read last.</summary>
    /// <returns>The entry among the uncommitted writes, as of all methods that write.</returns>
    public int PutSame(V value, long timestamp) => PutBuffered(value, timestamp);

    public int DeleteSame(long timestamp) => State.Delete(KeyBuffer.Written, timestamp);

    public int Set(K key, V value, long timestamp)
    {
        WriteKey(key);
        return PutBuffered(value, timestamp);
    }

    public int Erase(K key, long timestamp)
    {
        WriteKey(key);
        return DeleteSame(timestamp);
    }

    protected KeyRange RangeOf(K? from, K? to, bool reverse) =>
        OpenRange(from, from is not null, to, to is not null, reverse);

    protected KeyRange OpenRange(K? from, bool hasFrom, K? to, bool hasTo, bool reverse) =>
        new(hasFrom ? KeyArray(from!) : null, hasTo ? KeyArray(to!) : null, reverse);
}

/// <summary>A plain store: the time of a write is the record's.</summary>
internal sealed class KeyValueStore<K, V>(StoreState state, Codec<K> keys, Codec<V> values)
    : KeyValueTable<K, V>(state, keys, values), IKeyValueStore<K, V>, IPrefixScan<K, V>, IOpenRanges<K, V>
{
    public override IStateStore Query(StoreState state, bool uncommitted) =>
        new KeyValueQuery<K, V>(state, Keys, Values, uncommitted);

    public V Get(K key) => TryGet(key, out var value, out _) ? value : default!;

    public void Put(K key, V value) => Set(key, value, Now);

    public V PutIfAbsent(K key, V value)
    {
        if (TryGet(key, out var old, out _))
        {
            return old;
        }

        PutSame(value, Now);
        return default!;
    }

    public void PutAll(IEnumerable<KeyValuePair<K, V>> entries)
    {
        foreach (var (key, value) in entries)
        {
            Put(key, value);
        }
    }

    public V Delete(K key)
    {
        if (!TryGet(key, out var old, out _))
        {
            return default!;
        }

        DeleteSame(Now);
        return old;
    }

    public IKeyValueEnumerator<K, V> Range(K? from, K? to) => Open(RangeOf(from, to, reverse: false));

    public IKeyValueEnumerator<K, V> ReverseRange(K? from, K? to) => Open(RangeOf(from, to, reverse: true));

    public IEnumerable<KeyValuePair<K, V>> All() => CursorEnumerator.Enumerate(() => Open(default));

    public IEnumerable<KeyValuePair<K, V>> ReverseAll() =>
        CursorEnumerator.Enumerate(() => Open(new KeyRange(null, null, Reverse: true)));

    public IKeyValueEnumerator<K, V> RangeFrom(K from, bool reverse) =>
        Open(OpenRange(from, true, default, false, reverse));

    public IKeyValueEnumerator<K, V> RangeTo(K to, bool reverse) =>
        Open(OpenRange(default, false, to, true, reverse));

    public IKeyValueEnumerator<K, V> PrefixScan(ReadOnlySpan<byte> prefix) => Open(KeyRange.OfPrefix(prefix.ToArray()));

    public long ApproximateNumEntries() => State.EstimatedCount;

    private KeyValueCursor<K, V> Open(KeyRange range) => new(State.Range(range), Keys, Values);
}

/// <summary>A store whose values carry their time.</summary>
internal sealed class TimestampedKeyValueStore<K, V>(StoreState state, Codec<K> keys, Codec<V> values)
    : KeyValueTable<K, V>(state, keys, values), ITimestampedKeyValueStore<K, V>, IPrefixScan<K, ValueAndTimestamp<V>>,
        IOpenRanges<K, ValueAndTimestamp<V>>
{
    public override IStateStore Query(StoreState state, bool uncommitted) =>
        new TimestampedKeyValueQuery<K, V>(state, Keys, Values, uncommitted);

    public ValueAndTimestamp<V> Get(K key) =>
        TryGet(key, out var value, out var timestamp) ? ValueAndTimestamp<V>.Make(value, timestamp) : null!;

    public void Put(K key, ValueAndTimestamp<V> value)
    {
        if (value is null)
        {
            Erase(key, Now);
        }
        else
        {
            Set(key, value.Value, value.Timestamp);
        }
    }

    public ValueAndTimestamp<V> PutIfAbsent(K key, ValueAndTimestamp<V> value)
    {
        var old = Get(key);
        if (old is null)
        {
            Put(key, value);
        }

        return old!;
    }

    public void PutAll(IEnumerable<KeyValuePair<K, ValueAndTimestamp<V>>> entries)
    {
        foreach (var (key, value) in entries)
        {
            Put(key, value);
        }
    }

    public ValueAndTimestamp<V> Delete(K key)
    {
        var old = Get(key);
        if (old is not null)
        {
            DeleteSame(Now);
        }

        return old!;
    }

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> Range(K? from, K? to) => Open(RangeOf(from, to, reverse: false));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> ReverseRange(K? from, K? to) =>
        Open(RangeOf(from, to, reverse: true));

    public IEnumerable<KeyValuePair<K, ValueAndTimestamp<V>>> All() => CursorEnumerator.Enumerate(() => Open(default));

    public IEnumerable<KeyValuePair<K, ValueAndTimestamp<V>>> ReverseAll() =>
        CursorEnumerator.Enumerate(() => Open(new KeyRange(null, null, Reverse: true)));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> RangeFrom(K from, bool reverse) =>
        Open(OpenRange(from, true, default, false, reverse));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> RangeTo(K to, bool reverse) =>
        Open(OpenRange(default, false, to, true, reverse));

    public IKeyValueEnumerator<K, ValueAndTimestamp<V>> PrefixScan(ReadOnlySpan<byte> prefix) =>
        Open(KeyRange.OfPrefix(prefix.ToArray()));

    public long ApproximateNumEntries() => State.EstimatedCount;

    private TimestampedCursor<K, V> Open(KeyRange range) => new(State.Range(range), Keys, Values);
}
