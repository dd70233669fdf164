using Streaming.Streams.Dsl;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.State;

/// <summary>A window store of a task, as operators use it.</summary>
internal abstract class WindowTable<K, V>(
    StoreState state, Codec<K> keys, Codec<V> values, long windowSize, bool retainDuplicates)
    : TypedStore<K, V>(state, keys, values), IWindowedView<Windowed<K>, V>
{
    private int _sequence;
    private int _keyLength;

    public long WindowSize => windowSize;

    Operators.TableView<Windowed<K>, V> IWindowedView<Windowed<K>, V>.View() => new Operators.WindowView<K, V>(this);

    /// <summary>Serializes a key once for the calls that end in "Same".</summary>
    public void Locate(K key)
    {
        WriteKey(key);
        _keyLength = KeyBuffer.Length;
    }

    /// <summary>The bytes of the key that was located last, valid until the next call.</summary>
    public ReadOnlySpan<byte> LocatedKey => KeyBuffer.Written[.._keyLength];

    public bool TryGetSame(long start, out V value, out long timestamp)
    {
        Suffix(start, 0);
        if (start > State.ExpiredUpTo)
        {
            return TryGetBuffered(out value, out timestamp);
        }

        (value, timestamp) = (default!, 0);
        return false;
    }

    /// <summary>Sets a window's value.</summary>
    /// <returns>The entry among the uncommitted writes; <see cref="StoreState.Unwritten"/> for an expired window.</returns>
    public int PutSame(long start, V value, long timestamp)
    {
        if (!State.Observe(start) || (retainDuplicates && value is null))
        {
            return StoreState.Unwritten;
        }

        Suffix(start, 0);
        if (retainDuplicates)
        {
            // Never negative, as in Java; and never one that is taken, by a run before this one.
            do
            {
                _sequence = (_sequence + 1) & int.MaxValue;
                Suffix(start, _sequence);
            }
            while (State.TryGet(KeyBuffer.Written, out _, out _));
        }

        return PutBuffered(value, timestamp);
    }

    public void DeleteSame(long start, long timestamp)
    {
        if (State.Observe(start))
        {
            Suffix(start, 0);
            State.Delete(KeyBuffer.Written, timestamp);
        }
    }

    /// <summary>Goes through the located key's windows in [from, to]; the caller checks the key length.</summary>
    public TableCursor RangeSame(long from, long to, out int keyLength)
    {
        keyLength = _keyLength;
        KeyBuffer.Truncate(_keyLength);
        from = Math.Max(Math.Max(0, from), State.ExpiredUpTo + 1);
        return State.Range(new KeyRange(
            WindowKey.Of(KeyBuffer.Written, from, 0), WindowKey.Of(KeyBuffer.Written, Math.Max(to, -1), int.MaxValue)));
    }

    protected bool TryFetch(K key, long start, out V value, out long timestamp)
    {
        Locate(key);
        return TryGetSame(start, out value, out timestamp);
    }

    protected WindowCursor<V, T> Open<T>(K key, long from, long to, Func<TableCursor, T> decode)
    {
        Locate(key);
        return new(RangeSame(from, to, out var length), length, State.ExpiredUpTo, decode);
    }

    protected AllWindowsCursor<K, T> OpenAll<T>(long from, long to, Func<TableCursor, T> decode) =>
        new(State.Range(default), Keys, windowSize, Math.Max(from, State.ExpiredUpTo + 1), to, decode);

    private void Suffix(long start, int sequence)
    {
        KeyBuffer.Truncate(_keyLength);
        KeyBuffer.WriteInt64(start);
        KeyBuffer.WriteInt32(sequence);
    }
}

/// <summary>A plain window store.</summary>
internal sealed class WindowStore<K, V>(
    StoreState state, Codec<K> keys, Codec<V> values, long windowSize, bool retainDuplicates)
    : WindowTable<K, V>(state, keys, values, windowSize, retainDuplicates), IWindowStore<K, V>
{
    public override IStateStore Query(StoreState state, bool uncommitted) =>
        new WindowQuery<K, V>(state, Keys, Values, WindowSize, uncommitted);

    public void Put(K key, V value, long windowStartTimestamp)
    {
        Locate(key);
        _ = PutSame(windowStartTimestamp, value, Now);
    }

    public V Fetch(K key, long time) => TryFetch(key, time, out var value, out _) ? value : default!;

    public IWindowStoreEnumerator<V> Fetch(K key, DateTime from, DateTime to) =>
        Fetch(key, from.GetMilliseconds(), to.GetMilliseconds());

    public IWindowStoreEnumerator<V> Fetch(K key, long from, long to) => Open(key, from, to, Decode);

    public IKeyValueEnumerator<Windowed<K>, V> All() => OpenAll(0, long.MaxValue, Decode);

    public IKeyValueEnumerator<Windowed<K>, V> FetchAll(DateTime from, DateTime to) =>
        OpenAll(from.GetMilliseconds(), to.GetMilliseconds(), Decode);

    private V Decode(TableCursor at) => Values.Read(at.Value);
}

/// <summary>A window store whose values carry their time.</summary>
internal sealed class TimestampedWindowStore<K, V>(
    StoreState state, Codec<K> keys, Codec<V> values, long windowSize)
    : WindowTable<K, V>(state, keys, values, windowSize, retainDuplicates: false), ITimestampedWindowStore<K, V>
{
    public override IStateStore Query(StoreState state, bool uncommitted) =>
        new TimestampedWindowQuery<K, V>(state, Keys, Values, WindowSize, uncommitted);

    public void Put(K key, ValueAndTimestamp<V> value, long windowStartTimestamp)
    {
        Locate(key);
        if (value is null)
        {
            DeleteSame(windowStartTimestamp, Now);
        }
        else
        {
            _ = PutSame(windowStartTimestamp, value.Value, value.Timestamp);
        }
    }

    public ValueAndTimestamp<V> Fetch(K key, long time) =>
        TryFetch(key, time, out var value, out var timestamp) ? ValueAndTimestamp<V>.Make(value, timestamp) : null!;

    public IWindowStoreEnumerator<ValueAndTimestamp<V>> Fetch(K key, DateTime from, DateTime to) =>
        Fetch(key, from.GetMilliseconds(), to.GetMilliseconds());

    public IWindowStoreEnumerator<ValueAndTimestamp<V>> Fetch(K key, long from, long to) => Open(key, from, to, Decode);

    public IKeyValueEnumerator<Windowed<K>, ValueAndTimestamp<V>> All() => OpenAll(0, long.MaxValue, Decode);

    public IKeyValueEnumerator<Windowed<K>, ValueAndTimestamp<V>> FetchAll(DateTime from, DateTime to) =>
        OpenAll(from.GetMilliseconds(), to.GetMilliseconds(), Decode);

    private ValueAndTimestamp<V> Decode(TableCursor at) =>
        ValueAndTimestamp<V>.Make(Values.Read(at.Value), at.Timestamp);
}
