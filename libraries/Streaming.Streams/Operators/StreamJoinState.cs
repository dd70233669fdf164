using System.Buffers.Binary;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>The time of a stream-stream join, which its two sides share.</summary>
internal abstract class StreamJoinClock
{
    private ObservedTime _observed = new(-1);

    /// <summary>Largest time that either side has seen.</summary>
    public long StreamTime => _observed.Value;

    public void ContinueFrom(long time) => _observed.ContinueFrom(time);

    public void Observe(long time) => _observed.Observe(time);

    public void AcceptRecord() => _observed.Accept();

    public virtual void RollbackRecord() => _observed.Rollback();
}

/// <summary>What the two sides of a stream-stream join share: their time, and the records that wait for a partner.</summary>
internal sealed class StreamJoinState<K, V1, V2>(
    TaskContext context, KeyValueStore<byte[], byte[]>? waiting, Codec<K> keys, Codec<V1> left, Codec<V2> right)
    : StreamJoinClock
{
    private const byte Left = 0;
    private const byte Right = 1;

    private readonly ByteWriter _key = new();
    private readonly ByteWriter _value = new();
    private long _earliest = long.MinValue;
    private int _sequence;

    /// <summary>Whether records wait, of either side.</summary>
    public bool Waits => waiting is not null;

    public override void RollbackRecord()
    {
        base.RollbackRecord();

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
