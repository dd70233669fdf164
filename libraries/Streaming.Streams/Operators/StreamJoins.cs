using System.Buffers.Binary;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Operators;

/// <summary>A stream's records with a table's values.</summary>
internal sealed class StreamTableJoinNode<K, V, KT, VT, VR>(
    TaskContext context, TableView<KT, VT> table, Func<K, V, IRecordContext, KT> keyOf, Func<V, VT, VR> joiner, bool left,
    Receiver<K, VR> next) : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        var tableKey = keyOf(key, value, context.Record);
        if (value is null || (tableKey is null && !left))
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        VT tableValue = default!;
        if ((tableKey is not null && table.TryGet(tableKey, out tableValue, out _)) || left)
        {
            next.Receive(key, joiner(value, tableValue));
        }
    }
}

/// <summary>What the two sides of a stream-stream join share: their time, and the records that wait for a partner.</summary>
internal sealed class StreamJoinState<K, V1, V2>(
    TaskContext context, KeyValueStore<byte[], byte[]>? waiting, Codec<K> keys, Codec<V1> left, Codec<V2> right)
{
    private const byte Left = 0;
    private const byte Right = 1;

    private readonly ByteWriter _key = new();
    private readonly ByteWriter _value = new();
    private ObservedTime _observed = new(-1);
    private long _earliest = long.MinValue;
    private int _sequence;

    /// <summary>Largest time that either side has seen.</summary>
    public long StreamTime => _observed.Value;

    /// <summary>Whether records wait, of either side.</summary>
    public bool Waits => waiting is not null;

    public void ContinueFrom(long time) => _observed.ContinueFrom(time);

    public void Observe(long time) => _observed.Observe(time);

    public void AcceptRecord() => _observed.Accept();

    public void RollbackRecord()
    {
        _observed.Rollback();

        // What was emitted waits again.
        _earliest = long.MinValue;
    }

    /// <summary>A record without a partner so far waits for its window to pass.</summary>
    public void WaitLeft(K key, V1 value, long timestamp)
    {
        WriteKey(key, timestamp, Left);
        WriteHeaders();
        left.Write(value, _value);
        Put(timestamp);
    }

    /// <inheritdoc cref="WaitLeft"/>
    public void WaitRight(K key, V2 value, long timestamp)
    {
        WriteKey(key, timestamp, Right);
        WriteHeaders();
        right.Write(value, _value);
        Put(timestamp);
    }

    /// <summary>A partner came for the records of that key and time.</summary>
    public void Matched(K key, long timestamp, bool ofLeft)
    {
        WriteKey(key, timestamp, ofLeft ? Left : Right);
        var length = _key.Length;
        var from = _key.Written.ToArray();
        _key.WriteInt32(int.MaxValue);
        var to = _key.Written.ToArray();
        using var cursor = waiting!.State.Range(new KeyRange(from, to));
        while (cursor.MoveNext())
        {
            if (cursor.Key.Length == length + 4)
            {
                var found = cursor.Key.ToArray();
                waiting.State.Delete(found, context.Record.Timestamp);
            }
        }
    }

    /// <summary>Emits, in order of time, the records whose window has passed without a partner.</summary>
    public void EmitPassed(long leftWaitsMs, long rightWaitsMs, Action<K, V1> emitLeft, Action<K, V2> emitRight)
    {
        var shortest = Math.Min(leftWaitsMs, rightWaitsMs);
        if (_earliest == long.MaxValue || _earliest + shortest >= StreamTime)
        {
            return;
        }

        _earliest = long.MaxValue;
        List<(byte[] Key, byte[] Value)>? passed = null;
        using (var cursor = waiting!.State.Range(default))
        {
            while (cursor.MoveNext())
            {
                var time = BinaryPrimitives.ReadInt64BigEndian(cursor.Key);
                if (time + shortest >= StreamTime)
                {
                    _earliest = Math.Min(_earliest, time);
                    break;
                }

                if (time + (cursor.Key[8] == Left ? leftWaitsMs : rightWaitsMs) < StreamTime)
                {
                    (passed ??= []).Add((cursor.Key.ToArray(), cursor.Value.ToArray()));
                }
                else
                {
                    _earliest = Math.Min(_earliest, time);
                }
            }
        }

        if (passed is null)
        {
            return;
        }

        var record = context.Record;
        var saved = record.Save();
        foreach (var (key, entry) in passed)
        {
            waiting.State.Delete(key, saved.Timestamp);
            record.Timestamp = BinaryPrimitives.ReadInt64BigEndian(key);
            var userKey = keys.Read(key.AsSpan(9, key.Length - 13));
            var headersLength = BinaryPrimitives.ReadInt32BigEndian(entry);
            record.SetHeaders(HeaderBytes.Read(entry.AsSpan(4, headersLength)));
            var value = entry.AsSpan(4 + headersLength);
            if (key[8] == Left)
            {
                emitLeft(userKey, left.Read(value));
            }
            else
            {
                emitRight(userKey, right.Read(value));
            }
        }

        record.Restore(saved);
    }

    /// <summary>A record that waits keeps its headers: they go out with it.</summary>
    private void WriteHeaders()
    {
        _value.Reset();
        _value.WriteInt32(0);
        HeaderBytes.Write(_value, context.Record);
        var end = _value.Length;
        _value.Truncate(0);
        _value.WriteInt32(end - 4);
        _value.Truncate(end);
    }

    private void WriteKey(K key, long timestamp, byte side)
    {
        _key.Reset();
        _key.WriteInt64(timestamp);
        _key.GetSpan(1)[0] = side;
        _key.Advance(1);
        keys.Write(key, _key);
    }

    private void Put(long timestamp)
    {
        _earliest = Math.Min(_earliest, timestamp);
        var length = _key.Length;
        do
        {
            _key.Truncate(length);
            _key.WriteInt32(_sequence = (_sequence + 1) & int.MaxValue);
        }
        while (waiting!.State.TryGet(_key.Written, out _, out _));
        waiting.State.Put(_key.Written, _value.Written, timestamp);
    }
}

/// <summary>Keeps one side's records for the other side to find.</summary>
internal sealed class JoinWindowNode<K, V>(TaskContext context, WindowTable<K, V> store, Receiver<K, V> next)
    : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        if (key is null || value is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        store.Locate(key);
        store.PutSame(context.Record.Timestamp, value, context.Record.Timestamp);
        next.Receive(key, value);
    }
}

/// <summary>One side of a stream-stream join.</summary>
internal sealed class StreamJoinNode<K, V, VO, VR>(
    TaskContext context, WindowTable<K, VO> other, StreamJoinSide<K, V, VO, VR> side, Receiver<K, VR> next)
    : Receiver<K, V>
{
    public override bool HasRecordState => true;

    public override void Init() => side.ContinueFrom(other.State.ObservedTime);

    public override long ObservedTime => side.StreamTime;

    public override void ContinueFrom(long time) => side.ContinueFrom(time);

    public override void AcceptRecord() => side.AcceptRecord();

    public override void RollbackRecord() => side.RollbackRecord();

    public override void Receive(K key, V value)
    {
        var record = context.Record;
        var timestamp = record.Timestamp;
        side.Observe(timestamp);
        side.EmitPassed();
        var matched = false;
        other.Locate(key);
        var from = Math.Max(0, timestamp - side.BeforeMs);
        var to = timestamp + side.AfterMs;
        if (to >= 0)
        {
            // Found first, forwarded then: successors may write to the very store that is read.
            using var cursor = other.RangeSame(from, to, out var keyLength);
            while (cursor.MoveNext())
            {
                if (cursor.Key.Length != keyLength + 12)
                {
                    continue;
                }

                matched = true;
                var otherTime = WindowKey.StartOf(cursor.Key);
                var otherValue = other.ReadValue(cursor.Value);
                side.Matched(key, otherTime);
                record.Timestamp = Math.Max(timestamp, otherTime);
                next.Receive(key, side.Join(value, otherValue));
                record.Timestamp = timestamp;
            }
        }

        if (!matched)
        {
            side.Unmatched(key, value, timestamp);
        }
    }
}

/// <summary>What tells one side of a stream-stream join from the other.</summary>
internal abstract class StreamJoinSide<K, V, VO, VR>
{
    public required long BeforeMs { get; init; }

    public required long AfterMs { get; init; }

    /// <summary>Largest time that either side has seen.</summary>
    public abstract long StreamTime { get; }

    public abstract void ContinueFrom(long time);

    public abstract void Observe(long time);

    public abstract void AcceptRecord();

    public abstract void RollbackRecord();

    public abstract void EmitPassed();

    public abstract void Matched(K key, long otherTime);

    public abstract void Unmatched(K key, V value, long timestamp);

    public abstract VR Join(V value, VO other);
}

/// <summary>The left side.</summary>
internal sealed class LeftJoinSide<K, V1, V2, VR>(
    StreamJoinState<K, V1, V2> state, Func<V1, V2, VR> joiner, bool leftOptional, bool rightOptional, long graceMs,
    Receiver<K, VR> next) : StreamJoinSide<K, V1, V2, VR>
{
    private readonly Action<K, V1> _emitLeft = (key, value) => next.Receive(key, joiner(value, default!));
    private readonly Action<K, V2> _emitRight = (key, value) => next.Receive(key, joiner(default!, value));

    public override long StreamTime => state.StreamTime;

    public override void ContinueFrom(long time) => state.ContinueFrom(time);

    public override void Observe(long time) => state.Observe(time);

    public override void AcceptRecord() => state.AcceptRecord();

    public override void RollbackRecord() => state.RollbackRecord();

    public override void EmitPassed()
    {
        if (state.Waits)
        {
            state.EmitPassed(AfterMs + graceMs, BeforeMs + graceMs, _emitLeft, _emitRight);
        }
    }

    public override void Matched(K key, long otherTime)
    {
        if (rightOptional)
        {
            state.Matched(key, otherTime, ofLeft: false);
        }
    }

    public override void Unmatched(K key, V1 value, long timestamp)
    {
        if (!leftOptional)
        {
            return;
        }

        if (timestamp + AfterMs + graceMs < state.StreamTime)
        {
            next.Receive(key, joiner(value, default!));
        }
        else
        {
            state.WaitLeft(key, value, timestamp);
        }
    }

    public override VR Join(V1 value, V2 other) => joiner(value, other);
}

/// <summary>The right side: its window lies the other way round.</summary>
internal sealed class RightJoinSide<K, V1, V2, VR>(
    StreamJoinState<K, V1, V2> state, Func<V1, V2, VR> joiner, bool leftOptional, bool rightOptional, long graceMs,
    Receiver<K, VR> next) : StreamJoinSide<K, V2, V1, VR>
{
    private readonly Action<K, V1> _emitLeft = (key, value) => next.Receive(key, joiner(value, default!));
    private readonly Action<K, V2> _emitRight = (key, value) => next.Receive(key, joiner(default!, value));

    public override long StreamTime => state.StreamTime;

    public override void ContinueFrom(long time) => state.ContinueFrom(time);

    public override void Observe(long time) => state.Observe(time);

    public override void AcceptRecord() => state.AcceptRecord();

    public override void RollbackRecord() => state.RollbackRecord();

    public override void EmitPassed()
    {
        if (state.Waits)
        {
            state.EmitPassed(BeforeMs + graceMs, AfterMs + graceMs, _emitLeft, _emitRight);
        }
    }

    public override void Matched(K key, long otherTime)
    {
        if (leftOptional)
        {
            state.Matched(key, otherTime, ofLeft: true);
        }
    }

    public override void Unmatched(K key, V2 value, long timestamp)
    {
        if (!rightOptional)
        {
            return;
        }

        if (timestamp + AfterMs + graceMs < state.StreamTime)
        {
            next.Receive(key, joiner(default!, value));
        }
        else
        {
            state.WaitRight(key, value, timestamp);
        }
    }

    public override VR Join(V2 value, V1 other) => joiner(other, value);
}

/// <summary>Drops records that repeat one of the same key within the interval before.</summary>
internal sealed class DropDuplicateNode<K, V>(
    TaskContext context, WindowTable<K, V> store, Func<K, V, V, bool> equals, long intervalMs, Receiver<K, V> next)
    : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        if (key is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var timestamp = context.Record.Timestamp;
        store.Locate(key);
        using (var cursor = store.RangeSame(timestamp - intervalMs, timestamp + intervalMs, out var keyLength))
        {
            while (cursor.MoveNext())
            {
                if (cursor.Key.Length == keyLength + 12 && equals(key, value, store.ReadValue(cursor.Value)))
                {
                    return;
                }
            }
        }

        store.Locate(key);
        store.PutSame(timestamp, value, timestamp);
        next.Receive(key, value);
    }
}
