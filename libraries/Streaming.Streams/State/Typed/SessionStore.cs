using System.Buffers.Binary;
using Streaming.Streams.Dsl;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.State;

/// <summary>A span of activity; its end, the time of the last record, belongs to it.</summary>
public sealed class SessionWindow(long startMs, long endMs) : Window(startMs, endMs)
{
    /// <inheritdoc/>
    public override bool Overlap(Window other) => other is SessionWindow
        ? StartMs <= other.EndMs && other.StartMs <= EndMs
        : throw new Streamiz.Kafka.Net.Errors.StreamsException(
            $"A session cannot overlap a {other.GetType().Name}");
}

/// <summary>A store of sessions, to read.</summary>
public interface IReadOnlySessionStore<K, V>
{
    /// <summary>The value of exactly that session; default if there is none.</summary>
    V FetchSession(K key, long sessionStartTime, long sessionEndTime);

    /// <summary>All sessions of a key, in order of their end.</summary>
    IKeyValueEnumerator<Windowed<K>, V> Fetch(K key);

    /// <summary>Sessions of a key that end at or after the first and start at or before the second time.</summary>
    IKeyValueEnumerator<Windowed<K>, V> FindSessions(K key, long earliestSessionEndTime, long latestSessionStartTime);

    /// <summary>Everything.</summary>
    IKeyValueEnumerator<Windowed<K>, V> All();
}

/// <summary>A store of sessions.</summary>
public interface ISessionStore<K, V> : IStateStore, IReadOnlySessionStore<K, V>
{
    /// <summary>Sets a session's value; a null deletes it.</summary>
    void Put(Windowed<K> sessionKey, V value);

    /// <summary>Deletes a session.</summary>
    void Remove(Windowed<K> sessionKey);
}

/// <summary>The layout of session keys, as in Java: key, end, start.</summary>
internal static class SessionKey
{
    public static long EndOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[^16..]);

    public static long StartOf(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64BigEndian(key[^8..]);

    public static byte[] Of(ReadOnlySpan<byte> key, long end, long start)
    {
        var bytes = new byte[key.Length + 16];
        key.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(key.Length), end);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(key.Length + 8), start);
        return bytes;
    }
}

/// <summary>A session store of a task.</summary>
internal sealed class SessionStore<K, V>(StoreState state, Codec<K> keys, Codec<V> values)
    : TypedStore<K, V>(state, keys, values), ISessionStore<K, V>, IWindowedView<Windowed<K>, V>
{
    Operators.TableView<Windowed<K>, V> IWindowedView<Windowed<K>, V>.View() => new Operators.SessionView<K, V>(this);

    public override IStateStore Query(StoreState state, bool uncommitted) =>
        new SessionQuery<K, V>(state, Keys, Values, uncommitted);

    public V FetchSession(K key, long sessionStartTime, long sessionEndTime)
    {
        if (sessionEndTime <= State.ExpiredUpTo)
        {
            return default!;
        }

        Locate(key, sessionEndTime, sessionStartTime);
        return TryGetBuffered(out var value, out _) ? value : default!;
    }

    public IKeyValueEnumerator<Windowed<K>, V> Fetch(K key) => FindSessions(key, 0, long.MaxValue);

    public IKeyValueEnumerator<Windowed<K>, V> FindSessions(
        K key, long earliestSessionEndTime, long latestSessionStartTime)
    {
        WriteKey(key);
        var earliest = Math.Max(Math.Max(0, earliestSessionEndTime), State.ExpiredUpTo + 1);
        var length = KeyBuffer.Length;
        var range = new KeyRange(
            SessionKey.Of(KeyBuffer.Written, earliest, 0), SessionKey.Of(KeyBuffer.Written, long.MaxValue, long.MaxValue));
        return new SessionCursor<K, V>(State.Range(range), Keys, Values, length, latestSessionStartTime, 0);
    }

    public IKeyValueEnumerator<Windowed<K>, V> All() =>
        new SessionCursor<K, V>(State.Range(default), Keys, Values, -1, long.MaxValue, State.ExpiredUpTo + 1);

    public void Put(Windowed<K> sessionKey, V value) => Set(sessionKey.Key, sessionKey.Window, value, Now);

    public void Remove(Windowed<K> sessionKey) => Erase(sessionKey.Key, sessionKey.Window);

    /// <summary>Sets a session's value.</summary>
    /// <returns>The entry among the uncommitted writes; <see cref="StoreState.Unwritten"/> if the session is expired.</returns>
    public int Set(K key, Window session, V value, long timestamp)
    {
        if (!State.Observe(session.EndMs))
        {
            return StoreState.Unwritten;
        }

        Locate(key, session.EndMs, session.StartMs);
        return PutBuffered(value, timestamp);
    }

    /// <returns>The entry among the uncommitted writes.</returns>
    public int Erase(K key, Window session)
    {
        Locate(key, session.EndMs, session.StartMs);
        return State.Delete(KeyBuffer.Written, Now);
    }

    private void Locate(K key, long end, long start)
    {
        WriteKey(key);
        KeyBuffer.WriteInt64(end);
        KeyBuffer.WriteInt64(start);
    }
}

internal sealed class SessionCursor<K, V>(
    TableCursor cursor, Codec<K> keys, Codec<V> values, int keyLength, long latestStart, long earliestEnd)
    : TypedCursor<Windowed<K>, V>(cursor)
{
    protected override bool Accepts(ReadOnlySpan<byte> key) =>
        (keyLength < 0 || key.Length == keyLength + 16)
        && SessionKey.StartOf(key) <= latestStart && SessionKey.EndOf(key) >= earliestEnd;

    protected override KeyValuePair<Windowed<K>, V> Decode(TableCursor at) => new(
        new Windowed<K>(keys.Read(at.Key[..^16]), new SessionWindow(SessionKey.StartOf(at.Key), SessionKey.EndOf(at.Key))),
        values.Read(at.Value));
}
