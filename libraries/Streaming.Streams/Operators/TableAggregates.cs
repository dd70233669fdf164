using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Operators;

/// <summary>Takes entries of a table to their new keys: out of the old group, into the new.</summary>
internal sealed class TableRegroupNode<K, V, KR, VR>(
    TaskContext context, Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, Receiver<KR, Change<VR>> next)
    : Receiver<K, Change<V>>
{
    public override void Receive(K key, Change<V> change)
    {
        if (key is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var newPair = change.HasNew ? mapper(key, change.New, context.Record) : default;
        var oldPair = change.HasOld ? mapper(key, change.Old, context.Record) : default;
        var hasNew = change.HasNew && newPair.Key is not null && newPair.Value is not null;
        var hasOld = change.HasOld && oldPair.Key is not null && oldPair.Value is not null;
        if (hasNew && hasOld && EqualityComparer<KR>.Default.Equals(newPair.Key, oldPair.Key))
        {
            next.Receive(newPair.Key, new Change<VR>(newPair.Value, true, oldPair.Value, true));
            return;
        }

        if (hasOld)
        {
            next.Receive(oldPair.Key, new Change<VR>(default!, false, oldPair.Value, true));
        }

        if (hasNew)
        {
            next.Receive(newPair.Key, new Change<VR>(newPair.Value, true, default!, false));
        }
    }
}

/// <summary>The aggregate of a grouped table: entries go out, entries come in.</summary>
internal sealed class TableAggregateNode<K, V, VR>(
    TaskContext context, KeyValueTable<K, VR> store, Func<VR>? initializer, Func<K, V, VR, bool, VR> adder,
    Func<K, V, VR, VR> subtractor, TableForwarder<K, VR> forwarder) : TableNode<K, Change<V>, K, VR>(forwarder)
{
    public override void Receive(K key, Change<V> change)
    {
        if (key is null)
        {
            context.Metrics.RecordsDropped++;
            return;
        }

        var has = store.TryGet(key, out var aggregate, out var time);
        var timestamp = has ? Math.Max(time, context.Record.Timestamp) : context.Record.Timestamp;
        var old = aggregate;
        var exists = has;
        if (change.HasOld && has)
        {
            aggregate = subtractor(key, change.Old, aggregate);
            exists = aggregate is not null;
        }

        if (change.HasNew)
        {
            var start = exists ? aggregate : initializer is null ? default! : initializer();
            aggregate = adder(key, change.New, start, exists || initializer is not null);
            exists = aggregate is not null;
        }

        if (Forwarder.NeedsOld && has && ReferenceEquals(old, aggregate))
        {
            // The user's code changed the aggregate in place; the store still holds what it was.
            _ = store.TryGet(key, out old, out _);
        }

        if (!exists && !has)
        {
            return;
        }

        var entry = exists ? store.Set(key, aggregate, timestamp) : store.Erase(key, timestamp);
        Forwarder.Forward(entry, key, aggregate, exists, old, has, timestamp);
    }
}
