using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Operators;

/// <summary>Turns a stream into a table.</summary>
internal sealed class TableSourceNode<K, V>(
    TaskContext context, KeyValueTable<K, V>? store, TableForwarder<K, V> forwarder)
    : TableNode<K, V, K, V>(forwarder)
{
    public override void Receive(K key, V value)
    {
        if (key is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var timestamp = context.Record.Timestamp;
        var hasNew = value is not null && !(typeof(V).IsValueType && context.Record.ValueIsNull);
        if (store is null)
        {
            Forwarder.Forward(StoreState.Unwritten, key, value, hasNew, default!, false, timestamp);
            return;
        }

        var hasOld = store.TryGet(key, out var old, out _);
        var entry = hasNew ? store.PutSame(value, timestamp) : store.DeleteSame(timestamp);
        Forwarder.Forward(entry, key, value, hasNew, old, hasOld, timestamp);
    }
}

internal sealed class TableFilterNode<K, V>(
    TaskContext context, Func<K, V, IRecordContext, bool> predicate, bool keeps, KeyValueTable<K, V>? store,
    TableForwarder<K, V> forwarder) : TableNode<K, Change<V>, K, V>(forwarder)
{
    public override void Receive(K key, Change<V> change)
    {
        var timestamp = context.Record.Timestamp;
        var hasNew = change.HasNew && predicate(key, change.New, context.Record) == keeps;
        var old = change.Old;
        bool hasOld;
        var entry = StoreState.Unwritten;
        if (store is not null)
        {
            hasOld = store.TryGet(key, out old, out _);
            entry = Replace(store, change.New, hasNew, hasOld, timestamp);
        }
        else
        {
            hasOld = change.HasOld && predicate(key, change.Old, context.Record) == keeps;
        }

        if (!hasNew && !hasOld && (Forwarder.NeedsOld || store is not null))
        {
            return;
        }

        Forwarder.Forward(entry, key, change.New, hasNew, old, hasOld, timestamp);
    }
}

internal sealed class TableMapNode<K, V, VR>(
    TaskContext context, Func<K, V, IRecordContext, VR> mapper, KeyValueTable<K, VR>? store,
    TableForwarder<K, VR> forwarder) : TableNode<K, Change<V>, K, VR>(forwarder)
{
    public override void Receive(K key, Change<V> change)
    {
        var timestamp = context.Record.Timestamp;
        var value = change.HasNew ? mapper(key, change.New, context.Record) : default!;
        var hasNew = change.HasNew && value is not null;
        VR old = default!;
        bool hasOld;
        var entry = StoreState.Unwritten;
        if (store is not null)
        {
            hasOld = store.TryGet(key, out old, out _);
            entry = Replace(store, value, hasNew, hasOld, timestamp);
        }
        else
        {
            hasOld = Forwarder.NeedsOld && change.HasOld;
            old = hasOld ? mapper(key, change.Old, context.Record) : default!;
            hasOld = hasOld && old is not null;
        }

        Forwarder.Forward(entry, key, value, hasNew, old, hasOld, timestamp);
    }
}

internal sealed class ToStreamNode<K, V>(TaskContext context, Receiver<K, V> next) : Receiver<K, Change<V>>
{
    public override void Receive(K key, Change<V> change)
    {
        if (typeof(V).IsValueType && !change.HasNew)
        {
            // A number has no null: sinks learn from the context that this one is a deletion.
            context.Record.IsDeletion = true;
            next.Receive(key, change.New);
            context.Record.IsDeletion = false;
            return;
        }

        next.Receive(key, change.New);
    }
}
