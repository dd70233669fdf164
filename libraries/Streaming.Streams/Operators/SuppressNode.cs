using System.Buffers.Binary;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.Operators;

/// <summary>
/// Holds changes back until their time has come. The buffer is a store with two kinds of entries:
/// 0, key → time and change; 1, time, key → nothing, for their order.
/// </summary>
internal sealed class SuppressNode<K, V>(
    TaskContext context, KeyValueStore<byte[], byte[]> buffer, Codec<K> keys, Codec<V> values, SuppressRule rule,
    bool sendsOld, Receiver<K, Change<V>> next) : Receiver<K, Change<V>>
{
    private readonly ByteWriter _key = new();
    private readonly ByteWriter _value = new();
    private ObservedTime _observed = new(-1);
    private Totals _totals;
    private Totals _before;

    // No waiting change is due before this time.
    private long _earliest = long.MinValue;

    public override void Init()
    {
        using var cursor = buffer.State.Range(KeyRange.OfPrefix([0]));
        while (cursor.MoveNext())
        {
            _totals = _totals.Add(cursor.Key.Length + cursor.Value.Length, 1);
        }

        _before = _totals;
    }

    public override long ObservedTime => _observed.Value;

    public override void ContinueFrom(long time) => _observed.ContinueFrom(time);

    public override bool HasRecordState => true;

    public override void AcceptRecord()
    {
        _observed.Accept();
        _before = _totals;
    }

    public override void RollbackRecord()
    {
        _observed.Rollback();
        _totals = _before;
        _earliest = long.MinValue;
    }

    public override void Receive(K key, Change<V> change)
    {
        var timestamp = context.Record.Timestamp;
        _observed.Observe(timestamp);
        if (rule.SafeToDropTombstones && !change.HasNew)
        {
            // Only final results count: a window that vanishes before it closes was never announced.
            Drop(key);
        }
        else
        {
            var time = rule.UntilWindowClose ? ((Windowed)(object)key!).Window.EndMs : timestamp;
            if (rule.UntilWindowClose && time <= _observed.Value - rule.WaitMs)
            {
                // Its final result is out already.
                context.Metrics.LateRecordsDropped++;
            }
            else
            {
                Hold(key, change, time, timestamp);
            }
        }

        EmitDue();
    }

    private bool IsFull => _totals.Count > rule.MaxRecords || _totals.Bytes > rule.MaxBytes;

    private void Hold(K key, Change<V> change, long time, long timestamp)
    {
        KeyEntry(key);
        var old = change;
        if (buffer.State.TryGet(_key.Written, out var known, out _))
        {
            // The first change's place in time, and the value that the successors know.
            time = BinaryPrimitives.ReadInt64BigEndian(known);
            _totals = _totals.Add(-(_key.Length + known.Length), -1);
            old = Read(known, out _, out _);
        }

        _value.Reset();
        _value.WriteInt64(time);
        _value.WriteInt64(timestamp);
        Write(change.New, change.HasNew);
        Write(old.Old, old.HasOld);
        HeaderBytes.Write(_value, context.Record);
        buffer.State.Put(_key.Written, _value.Written, timestamp);
        _totals = _totals.Add(_key.Length + _value.Length, 1);
        _earliest = Math.Min(_earliest, time);
        TimeEntry(key, time);
        buffer.State.Put(_key.Written, default, timestamp);
    }

    private void Drop(K key)
    {
        KeyEntry(key);
        if (buffer.State.TryGet(_key.Written, out var known, out _))
        {
            var time = BinaryPrimitives.ReadInt64BigEndian(known);
            _totals = _totals.Add(-(_key.Length + known.Length), -1);
            buffer.State.Delete(_key.Written, context.Record.Timestamp);
            TimeEntry(key, time);
            buffer.State.Delete(_key.Written, context.Record.Timestamp);
        }
    }

    private void EmitDue()
    {
        var due = _observed.Value - rule.WaitMs;
        while (_totals.Count > 0 && (_earliest <= due || IsFull))
        {
            byte[] entry;
            using (var cursor = buffer.State.Range(KeyRange.OfPrefix([1])))
            {
                if (!cursor.MoveNext())
                {
                    return;
                }

                entry = cursor.Key.ToArray();
            }

            _earliest = BinaryPrimitives.ReadInt64BigEndian(entry.AsSpan(1));
            var isDue = _earliest <= due;
            if (!isDue && !IsFull)
            {
                return;
            }

            if (!isDue && !rule.EmitsEarly)
            {
                throw new StreamsException(
                    $"{Name}: the buffer holds {_totals.Count} records, {_totals.Bytes} bytes, more than it may");
            }

            Emit(entry);
        }
    }

    private void Emit(byte[] timeEntry)
    {
        var keyEntry = timeEntry.AsSpan(8).ToArray();
        keyEntry[0] = 0;
        if (!buffer.State.TryGet(keyEntry, out var known, out _))
        {
            throw new ProcessorStateException($"{Name}: the buffer has a time without its change");
        }

        var change = Read(known, out var timestamp, out var rest);
        var headers = HeaderBytes.Read(rest);
        _totals = _totals.Add(-(keyEntry.Length + known.Length), -1);
        buffer.State.Delete(keyEntry, timestamp);
        buffer.State.Delete(timeEntry, timestamp);
        var record = context.Record;
        var saved = record.Save();
        record.Timestamp = timestamp;
        record.SetHeaders(headers);
        next.Receive(keys.Read(keyEntry.AsSpan(1)), sendsOld
            ? change
            : new Change<V>(change.New, change.HasNew, default!, false));
        record.Restore(saved);
    }

    private void KeyEntry(K key)
    {
        _key.Reset();
        _key.GetSpan(1)[0] = 0;
        _key.Advance(1);
        keys.Write(key, _key);
    }

    private void TimeEntry(K key, long time)
    {
        _key.Reset();
        _key.GetSpan(1)[0] = 1;
        _key.Advance(1);
        _key.WriteInt64(time);
        keys.Write(key, _key);
    }

    private void Write(V value, bool has)
    {
        var at = _value.Length;
        _value.WriteInt32(-1);
        if (has)
        {
            values.Write(value, _value);
            var end = _value.Length;
            _value.Truncate(at);
            _value.WriteInt32(end - at - 4);
            _value.Truncate(end);
        }
    }

    private Change<V> Read(ReadOnlySpan<byte> bytes, out long timestamp, out ReadOnlySpan<byte> headers)
    {
        timestamp = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        var rest = bytes[16..];
        var newLength = BinaryPrimitives.ReadInt32BigEndian(rest);
        var newValue = newLength < 0 ? default! : values.Read(rest.Slice(4, newLength));
        rest = rest[(4 + Math.Max(0, newLength))..];
        var oldLength = BinaryPrimitives.ReadInt32BigEndian(rest);
        var oldValue = oldLength < 0 ? default! : values.Read(rest.Slice(4, oldLength));
        headers = rest[(4 + Math.Max(0, oldLength))..];
        return new Change<V>(newValue, newLength >= 0, oldValue, oldLength >= 0);
    }

    private readonly record struct Totals(long Bytes, long Count)
    {
        public Totals Add(long bytes, long count) => new(Bytes + bytes, Count + count);
    }
}

/// <summary>When a suppression lets go.</summary>
internal sealed record SuppressRule(
    long WaitMs, bool UntilWindowClose, long MaxRecords, long MaxBytes, bool EmitsEarly)
{
    public bool SafeToDropTombstones => UntilWindowClose;
}
