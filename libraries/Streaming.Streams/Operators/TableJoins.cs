using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>One side of a table-table join.</summary>
/// <param name="swapped">The change is of the right table.</param>
/// <param name="thisOptional">Entries of the other table alone give a result.</param>
/// <param name="otherOptional">Entries of this table alone give a result.</param>
internal sealed class TableJoinNode<K, V, VO, VR>(
    TaskContext context, TableView<K, VO> other, Func<V, VO, VR> joiner, bool thisOptional, bool otherOptional,
    Receiver<K, Change<VR>> next) : Receiver<K, Change<V>>
{
    public override void Receive(K key, Change<V> change)
    {
        if (key is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var record = context.Record;
        var hasOther = other.TryGet(key, out var otherValue, out var otherTime);
        if (!hasOther && (!otherOptional || (!change.HasNew && !change.HasOld)))
        {
            return;
        }

        var newExists = change.HasNew ? hasOther || otherOptional : hasOther && thisOptional;
        var oldExists = change.HasOld ? hasOther || otherOptional : hasOther && thisOptional;
        var newValue = newExists ? joiner(change.New, otherValue) : default!;
        var oldValue = oldExists ? joiner(change.Old, otherValue) : default!;
        var saved = record.Timestamp;
        record.Timestamp = hasOther ? Math.Max(saved, otherTime) : saved;
        next.Receive(key, new Change<VR>(
            newValue, newExists && newValue is not null, oldValue, oldExists && oldValue is not null));
        record.Timestamp = saved;
    }
}

/// <summary>Joins the two sides of a table-table join to one table.</summary>
internal sealed class TableMergeNode<K, V>(
    TaskContext context, KeyValueTable<K, V>? store, TableForwarder<K, V> forwarder)
    : TableNode<K, Change<V>, K, V>(forwarder)
{
    public override void Receive(K key, Change<V> change)
    {
        var timestamp = context.Record.Timestamp;
        if (store is null)
        {
            Forwarder.Forward(StoreState.Unwritten, key, change.New, change.HasNew, change.Old, change.HasOld, timestamp);
            return;
        }

        var hasOld = store.TryGet(key, out var old, out _);
        var entry = Replace(store, change.New, change.HasNew, hasOld, timestamp);
        Forwarder.Forward(entry, key, change.New, change.HasNew, old, hasOld, timestamp);
    }
}
