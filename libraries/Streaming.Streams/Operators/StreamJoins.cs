using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

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
