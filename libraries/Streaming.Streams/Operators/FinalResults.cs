using System.Buffers.Binary;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.Operators;

/// <summary>
/// Gives out the results of windows when they close, once each (KIP-825). A store beside that of the results notes which
/// windows are open, in order of their end, and up to which time results were given out. It changes in one transaction
/// with what is sent: no restart gives a result twice, or leaves one out.
/// Its entries: 0 → the observed time; 1, end, start, key → nothing.
/// </summary>
internal abstract class FinalResults<K, V>(TaskContext context, StoreState open, TableForwarder<Windowed<K>, V> forwarder)
{
    private static readonly byte[] s_timeKey = [0];

    private readonly ByteWriter _key = new();
    private readonly byte[] _time = new byte[8];

    // No open window ends before this time.
    private long _earliest = long.MinValue;

    /// <summary>The time that was observed when windows closed last; -1: none did.</summary>
    public long ObservedTime => open.TryGet(s_timeKey, out var time, out _) ? BinaryPrimitives.ReadInt64BigEndian(time) : -1;

    /// <summary>A window has a result, which may change until it closes.</summary>
    public void Open(ReadOnlySpan<byte> key, long start, long end)
    {
        Locate(key, start, end);
        if (!open.TryGet(_key.Written, out _, out _))
        {
            open.Put(_key.Written, default, context.Record.Timestamp);
            _earliest = Math.Min(_earliest, end);
        }
    }

    /// <summary>A session became part of another.</summary>
    public void Forget(ReadOnlySpan<byte> key, long start, long end)
    {
        Locate(key, start, end);
        if (open.TryGet(_key.Written, out _, out _))
        {
            open.Delete(_key.Written, context.Record.Timestamp);
        }
    }

    /// <summary>Emits, in order of their end, the results of the open windows that end at or before a time.</summary>
    /// <param name="lastEnd">The latest end.</param>
    /// <param name="observed">The time by which they are closed.</param>
    public void EmitUpTo(long lastEnd, long observed)
    {
        if (_earliest > lastEnd || CloseUpTo(lastEnd) is not { } closed)
        {
            return;
        }

        var now = context.Record.Timestamp;
        BinaryPrimitives.WriteInt64BigEndian(_time, observed);
        open.Put(s_timeKey, _time, now);
        foreach (var entry in closed)
        {
            open.Delete(entry, now);
            var end = BinaryPrimitives.ReadInt64BigEndian(entry.AsSpan(1));
            var start = BinaryPrimitives.ReadInt64BigEndian(entry.AsSpan(9));
            if (TryRead(entry.AsSpan(17), start, end, out var window, out var value, out var timestamp))
            {
                forwarder.Forward(
                    StoreState.Unwritten, window, value, value is not null, default!, false, timestamp);
            }
        }
    }

    /// <summary>The record in process failed: its windows are not there, and what it closed is open.</summary>
    public void RollbackRecord() => _earliest = long.MinValue;

    /// <summary>The result of a window, and the time that it goes out with; false: it has none any more.</summary>
    protected abstract bool TryRead(
        ReadOnlySpan<byte> key, long start, long end, out Windowed<K> window, out V value, out long timestamp);

    private List<byte[]>? CloseUpTo(long lastEnd)
    {
        List<byte[]>? closed = null;
        _earliest = long.MaxValue;
        using var cursor = open.Range(KeyRange.OfPrefix([1]));
        while (cursor.MoveNext())
        {
            var end = BinaryPrimitives.ReadInt64BigEndian(cursor.Key[1..]);
            if (end > lastEnd)
            {
                _earliest = end;
                break;
            }

            (closed ??= []).Add(cursor.Key.ToArray());
        }

        return closed;
    }

    private void Locate(ReadOnlySpan<byte> key, long start, long end)
    {
        _key.Reset();
        _key.GetSpan(1)[0] = 1;
        _key.Advance(1);
        _key.WriteInt64(end);
        _key.WriteInt64(start);
        key.CopyTo(_key.GetSpan(key.Length));
        _key.Advance(key.Length);
    }
}

/// <summary>Of windows of a fixed size.</summary>
internal sealed class FinalWindows<K, V, W>(
    TaskContext context, StoreState open, TableForwarder<Windowed<K>, V> forwarder, WindowTable<K, V> store,
    WindowOptions<W> windows) : FinalResults<K, V>(context, open, forwarder)
    where W : Window
{
    protected override bool TryRead(
        ReadOnlySpan<byte> key, long start, long end, out Windowed<K> window, out V value, out long timestamp)
    {
        if (!store.State.TryGet(WindowKey.Of(key, start, 0), out var bytes, out timestamp))
        {
            (window, value) = (null!, default!);
            return false;
        }

        value = store.ReadValue(bytes);
        window = new Windowed<K>(store.ReadKey(key), windows.Create(start));
        return true;
    }
}

/// <summary>Of sessions.</summary>
internal sealed class FinalSessions<K, V>(
    TaskContext context, StoreState open, TableForwarder<Windowed<K>, V> forwarder, SessionStore<K, V> store)
    : FinalResults<K, V>(context, open, forwarder)
{
    protected override bool TryRead(
        ReadOnlySpan<byte> key, long start, long end, out Windowed<K> window, out V value, out long timestamp)
    {
        timestamp = end;
        if (!store.State.TryGet(SessionKey.Of(key, end, start), out var bytes, out _))
        {
            (window, value) = (null!, default!);
            return false;
        }

        value = store.ReadValue(bytes);
        window = new Windowed<K>(store.ReadKey(key), new SessionWindow(start, end));
        return true;
    }
}
