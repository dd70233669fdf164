using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.State;

/// <summary>Windows as other threads read them.</summary>
internal abstract class WindowQueryBase<K, V, T>(
    StoreState state, Codec<K> keys, Codec<V> values, long windowSize, bool uncommitted)
    : StoreQuery<K, V>(state, keys, values, uncommitted)
{
    protected long WindowSize => windowSize;

    public T Fetch(K key, long time)
    {
        var writer = Write(key);
        writer.WriteInt64(time);
        writer.WriteInt32(0);
        return time > State.ExpiredUpTo && TryRead(writer.Written, out var value, out var timestamp)
            ? Make(value, timestamp)
            : default!;
    }

    public IWindowStoreEnumerator<T> Fetch(K key, DateTime from, DateTime to) =>
        Fetch(key, from.GetMilliseconds(), to.GetMilliseconds());

    public IWindowStoreEnumerator<T> Fetch(K key, long from, long to)
    {
        var bytes = Write(key).Written;
        var expired = State.ExpiredUpTo;
        var range = new KeyRange(
            WindowKey.Of(bytes, Math.Max(Math.Max(0, from), expired + 1), 0),
            WindowKey.Of(bytes, Math.Max(to, -1), int.MaxValue));
        return new WindowCursor<V, T>(Open(range), bytes.Length, expired, Decode);
    }

    public IKeyValueEnumerator<Windowed<K>, T> All() => Windows(0, long.MaxValue);

    public IKeyValueEnumerator<Windowed<K>, T> FetchAll(DateTime from, DateTime to) =>
        Windows(from.GetMilliseconds(), to.GetMilliseconds());

    protected abstract T Make(V value, long timestamp);

    private T Decode(TableCursor at) => Make(Values.Read(at.Value), at.Timestamp);

    private AllWindowsCursor<K, T> Windows(long from, long to) =>
        new(Open(default), Keys, windowSize, Math.Max(from, State.ExpiredUpTo + 1), to, Decode);
}

internal sealed class WindowQuery<K, V>(
    StoreState state, Codec<K> keys, Codec<V> values, long windowSize, bool uncommitted)
    : WindowQueryBase<K, V, V>(state, keys, values, windowSize, uncommitted), IWindowStore<K, V>
{
    public void Put(K key, V value, long windowStartTimestamp) => throw ReadOnly();

    protected override V Make(V value, long timestamp) => value;
}

internal sealed class TimestampedWindowQuery<K, V>(
    StoreState state, Codec<K> keys, Codec<V> values, long windowSize, bool uncommitted)
    : WindowQueryBase<K, V, ValueAndTimestamp<V>>(state, keys, values, windowSize, uncommitted),
        ITimestampedWindowStore<K, V>, IPlainView<IReadOnlyWindowStore<K, V>>
{
    private readonly bool _uncommitted = uncommitted;

    public IReadOnlyWindowStore<K, V> Plain() => new WindowQuery<K, V>(State, Keys, Values, WindowSize, _uncommitted);

    public void Put(K key, ValueAndTimestamp<V> value, long windowStartTimestamp) => throw ReadOnly();

    protected override ValueAndTimestamp<V> Make(V value, long timestamp) => ValueAndTimestamp<V>.Make(value, timestamp);
}

/// <summary>Sessions as other threads read them.</summary>
internal sealed class SessionQuery<K, V>(StoreState state, Codec<K> keys, Codec<V> values, bool uncommitted)
    : StoreQuery<K, V>(state, keys, values, uncommitted), ISessionStore<K, V>
{
    public V FetchSession(K key, long sessionStartTime, long sessionEndTime)
    {
        var writer = Write(key);
        writer.WriteInt64(sessionEndTime);
        writer.WriteInt64(sessionStartTime);
        return sessionEndTime > State.ExpiredUpTo && TryRead(writer.Written, out var value, out _) ? value : default!;
    }

    public IKeyValueEnumerator<Windowed<K>, V> Fetch(K key) => FindSessions(key, 0, long.MaxValue);

    public IKeyValueEnumerator<Windowed<K>, V> FindSessions(
        K key, long earliestSessionEndTime, long latestSessionStartTime)
    {
        var bytes = Write(key).Written;
        var earliest = Math.Max(Math.Max(0, earliestSessionEndTime), State.ExpiredUpTo + 1);
        var range = new KeyRange(
            SessionKey.Of(bytes, earliest, 0), SessionKey.Of(bytes, long.MaxValue, long.MaxValue));
        return new SessionCursor<K, V>(Open(range), Keys, Values, bytes.Length, latestSessionStartTime, 0);
    }

    public IKeyValueEnumerator<Windowed<K>, V> All() =>
        new SessionCursor<K, V>(Open(default), Keys, Values, -1, long.MaxValue, State.ExpiredUpTo + 1);

    public void Put(Windowed<K> sessionKey, V value) => throw ReadOnly();

    public void Remove(Windowed<K> sessionKey) => throw ReadOnly();
}
