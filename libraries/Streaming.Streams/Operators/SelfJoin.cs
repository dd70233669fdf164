using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>
/// The join of a stream with itself. It finds the same pairs, in the same order, as the two sides of a join would: first
/// the record as the left one, then as the right one, where it meets itself, too.
/// </summary>
internal sealed class SelfJoinNode<K, V, VR>(
    TaskContext context, WindowTable<K, V> store, Func<V, V, VR> joiner, long beforeMs, long afterMs, Receiver<K, VR> next)
    : Receiver<K, V>
{
    public override void Receive(K key, V value)
    {
        if (key is null || value is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var record = context.Record;
        var timestamp = record.Timestamp;
        store.Locate(key);
        if (timestamp + afterMs >= 0)
        {
            using var cursor = store.RangeSame(timestamp - beforeMs, timestamp + afterMs, out var keyLength);
            while (cursor.MoveNext())
            {
                if (cursor.Key.Length == keyLength + 12)
                {
                    Meet(key, value, store.ReadValue(cursor.Value), timestamp, WindowKey.StartOf(cursor.Key));
                }
            }
        }

        // Once more, the other way round; its place among them is by its time.
        var meetsItself = beforeMs >= 0 && afterMs >= 0;
        store.Locate(key);
        if (timestamp + beforeMs >= 0)
        {
            using var cursor = store.RangeSame(timestamp - afterMs, timestamp + beforeMs, out var keyLength);
            while (cursor.MoveNext())
            {
                if (cursor.Key.Length != keyLength + 12)
                {
                    continue;
                }

                var time = WindowKey.StartOf(cursor.Key);
                if (meetsItself && time > timestamp)
                {
                    meetsItself = false;
                    Meet(key, value, value, timestamp, timestamp);
                }

                Meet(key, store.ReadValue(cursor.Value), value, timestamp, time);
            }
        }

        if (meetsItself)
        {
            Meet(key, value, value, timestamp, timestamp);
        }

        record.Timestamp = timestamp;
        store.Locate(key);
        store.PutSame(timestamp, value, timestamp);
    }

    private void Meet(K key, V left, V right, long timestamp, long otherTime)
    {
        context.Record.Timestamp = Math.Max(timestamp, otherTime);
        next.Receive(key, joiner(left, right));
    }
}
