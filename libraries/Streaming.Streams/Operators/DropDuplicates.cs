using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

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
