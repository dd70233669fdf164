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
