using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.Operators;

/// <summary>The present content of a table, from its store or computed from its parents'.</summary>
internal abstract class TableView<K, V>
{
    public abstract bool TryGet(K key, out V value, out long timestamp);
}

internal sealed class StoreView<K, V>(KeyValueTable<K, V> store) : TableView<K, V>
{
    public override bool TryGet(K key, out V value, out long timestamp) => store.TryGet(key, out value, out timestamp);
}

internal sealed class WindowView<K, V>(WindowTable<K, V> store) : TableView<Windowed<K>, V>
{
    public override bool TryGet(Windowed<K> key, out V value, out long timestamp)
    {
        store.Locate(key.Key);
        return store.TryGetSame(key.Window.StartMs, out value, out timestamp);
    }
}

internal sealed class SessionView<K, V>(SessionStore<K, V> store) : TableView<Windowed<K>, V>
{
    public override bool TryGet(Windowed<K> key, out V value, out long timestamp)
    {
        using var sessions = store.FindSessions(key.Key, key.Window.EndMs, key.Window.StartMs);
        timestamp = key.Window.EndMs;
        while (sessions.MoveNext())
        {
            if (sessions.Current is { } entry && entry.Key.Window.Equals(key.Window))
            {
                value = entry.Value;
                return true;
            }
        }

        value = default!;
        return false;
    }
}

internal sealed class FilterView<K, V>(
    TaskContext context, TableView<K, V> parent, Func<K, V, IRecordContext, bool> predicate, bool keeps) : TableView<K, V>
{
    public override bool TryGet(K key, out V value, out long timestamp)
    {
        if (parent.TryGet(key, out value, out timestamp) && predicate(key, value, context.Record) == keeps)
        {
            return true;
        }

        value = default!;
        return false;
    }
}

internal sealed class MapView<K, V, VR>(
    TaskContext context, TableView<K, V> parent, Func<K, V, IRecordContext, VR> mapper) : TableView<K, VR>
{
    public override bool TryGet(K key, out VR value, out long timestamp)
    {
        if (parent.TryGet(key, out var source, out timestamp))
        {
            value = mapper(key, source, context.Record);
            return value is not null;
        }

        value = default!;
        return false;
    }
}

internal sealed class JoinView<K, V1, V2, VR>(
    TableView<K, V1> left, TableView<K, V2> right, Func<V1, V2, VR> joiner, bool leftOptional, bool rightOptional)
    : TableView<K, VR>
{
    public override bool TryGet(K key, out VR value, out long timestamp)
    {
        var hasLeft = left.TryGet(key, out var leftValue, out var leftTime);
        var hasRight = right.TryGet(key, out var rightValue, out var rightTime);
        timestamp = Math.Max(hasLeft ? leftTime : -1, hasRight ? rightTime : -1);
        if ((hasLeft || leftOptional) && (hasRight || rightOptional) && (hasLeft || hasRight))
        {
            value = joiner(leftValue, rightValue);
            return value is not null;
        }

        value = default!;
        return false;
    }
}

/// <summary>Sends a table's changes on: at once, or once per key and commit where its store is cached.</summary>
internal sealed class TableForwarder<K, V>(
    TaskContext context, Receiver<K, Change<V>> next, bool sendsOld, TableCache<K, V>? cache)
{
    public bool SendsOld => sendsOld;

    /// <summary>Whether the old value must be read before a write.</summary>
    public bool NeedsOld => sendsOld || cache is not null;

    public void Forward(K key, V newValue, bool hasNew, V oldValue, bool hasOld, long timestamp)
    {
        if (cache is not null)
        {
            cache.Add(key, newValue, hasNew, oldValue, hasOld, timestamp);
            return;
        }

        var record = context.Record;
        var saved = record.Timestamp;
        record.Timestamp = timestamp;
        next.Receive(key, sendsOld
            ? new Change<V>(newValue, hasNew, oldValue, hasOld)
            : new Change<V>(newValue, hasNew, default!, false));
        record.Timestamp = saved;
    }

    public void Flush() => cache?.Flush();

    public void Close() => cache?.Close();

    public void AcceptRecord() => cache?.AcceptRecord();

    public void RollbackRecord() => cache?.RollbackRecord();
}

/// <summary>A node that owns a forwarder.</summary>
internal abstract class TableNode<KI, VI, K, V>(TableForwarder<K, V> forwarder) : Receiver<KI, VI>
{
    protected TableForwarder<K, V> Forwarder => forwarder;

    public override bool HasRecordState => true;

    public override void Flush() => forwarder.Flush();

    public override void Close() => forwarder.Close();

    public override void AcceptRecord() => forwarder.AcceptRecord();

    public override void RollbackRecord() => forwarder.RollbackRecord();
}

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
            Forwarder.Forward(key, value, hasNew, default!, false, timestamp);
            return;
        }

        var hasOld = store.TryGet(key, out var old, out _);
        if (hasNew)
        {
            store.PutSame(value, timestamp);
        }
        else
        {
            store.DeleteSame(timestamp);
        }

        Forwarder.Forward(key, value, hasNew, old, hasOld, timestamp);
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
        if (store is not null)
        {
            hasOld = store.TryGet(key, out old, out _);
            if (hasNew)
            {
                store.PutSame(change.New, timestamp);
            }
            else if (hasOld)
            {
                store.DeleteSame(timestamp);
            }
        }
        else
        {
            hasOld = change.HasOld && predicate(key, change.Old, context.Record) == keeps;
        }

        if (!hasNew && !hasOld && (Forwarder.NeedsOld || store is not null))
        {
            return;
        }

        Forwarder.Forward(key, change.New, hasNew, old, hasOld, timestamp);
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
        if (store is not null)
        {
            hasOld = store.TryGet(key, out old, out _);
            if (hasNew)
            {
                store.PutSame(value, timestamp);
            }
            else if (hasOld)
            {
                store.DeleteSame(timestamp);
            }
        }
        else
        {
            hasOld = Forwarder.NeedsOld && change.HasOld;
            old = hasOld ? mapper(key, change.Old, context.Record) : default!;
            hasOld = hasOld && old is not null;
        }

        Forwarder.Forward(key, value, hasNew, old, hasOld, timestamp);
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
            Forwarder.Forward(key, change.New, change.HasNew, change.Old, change.HasOld, timestamp);
            return;
        }

        var hasOld = store.TryGet(key, out var old, out _);
        if (change.HasNew)
        {
            store.PutSame(change.New, timestamp);
        }
        else if (hasOld)
        {
            store.DeleteSame(timestamp);
        }

        Forwarder.Forward(key, change.New, change.HasNew, old, hasOld, timestamp);
    }
}

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

        if (exists)
        {
            store.Set(key, aggregate, timestamp);
        }
        else if (has)
        {
            store.Erase(key, timestamp);
        }
        else
        {
            return;
        }

        Forwarder.Forward(key, aggregate, exists, old, has, timestamp);
    }
}
