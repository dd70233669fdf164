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
