using Streaming.Streams.Operators;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Topologies;

/// <summary>A join of streams, which may turn out to be of one stream with itself.</summary>
internal abstract class StreamJoinDefinition
{
    public abstract StreamJoinDefinition Copy(
        IReadOnlyDictionary<NodeDefinition, NodeDefinition> nodes, IReadOnlyDictionary<StoreDefinition, StoreDefinition> stores);

    /// <summary>Keeps the stream in one store if both sides are the same stream.</summary>
    public abstract void RewriteIfOfOneStream(TopologyGraph graph);
}

/// <param name="thisWindowed">Keeps the left side's records.</param>
/// <param name="otherWindowed">Keeps the right side's records.</param>
/// <param name="thisJoin">Looks for the left side's records' partners.</param>
/// <param name="otherJoin">Looks for the right side's records' partners.</param>
/// <param name="merge">Emits what both sides found.</param>
/// <param name="store">The left side's store.</param>
/// <param name="otherStores">The stores of the right side, and of records that wait.</param>
/// <param name="create">Makes the processor that does with one store.</param>
internal sealed class StreamJoinDefinition<K, V, VR>(
    OperatorDefinition<K, V, K, V> thisWindowed, OperatorDefinition<K, V, K, V> otherWindowed, NodeDefinition thisJoin,
    NodeDefinition otherJoin, OperatorDefinition<K, VR, K, VR> merge, StoreDefinition store,
    IReadOnlyList<StoreDefinition> otherStores, Func<TaskBuild, Receiver<K, VR>, Receiver<K, V>> create) : StreamJoinDefinition
{
    public override StreamJoinDefinition Copy(
        IReadOnlyDictionary<NodeDefinition, NodeDefinition> nodes, IReadOnlyDictionary<StoreDefinition, StoreDefinition> stores) =>
        new StreamJoinDefinition<K, V, VR>(
            (OperatorDefinition<K, V, K, V>)nodes[thisWindowed], (OperatorDefinition<K, V, K, V>)nodes[otherWindowed],
            nodes[thisJoin], nodes[otherJoin], (OperatorDefinition<K, VR, K, VR>)nodes[merge], stores[store],
            [.. otherStores.Select(s => stores[s])], create);

    public override void RewriteIfOfOneStream(TopologyGraph graph)
    {
        var parent = (Emitter<K, V>)thisWindowed.Predecessors[0];
        if (parent != otherWindowed.Predecessors[0])
        {
            return;
        }

        parent.Release(thisWindowed);
        parent.Release(otherWindowed);
        foreach (var node in new[] { thisWindowed, otherWindowed, thisJoin, otherJoin, merge })
        {
            graph.Remove(node);
        }

        foreach (var other in otherStores)
        {
            graph.Remove(other);
        }

        store.Users.Clear();
        var windowed = graph.Add(new OperatorDefinition<K, V, K, V>(thisWindowed.Name, static (_, next) => new PassNode<K, V>(next)));
        var join = graph.Add(new OperatorDefinition<K, V, K, VR>(merge.Name, create));
        parent.Feed(windowed);
        windowed.Feed(join);
        windowed.Use(store);
        join.Use(store);
        foreach (var consumer in merge.Consumers.ToList())
        {
            merge.Release(consumer);
            join.Attach(consumer);
        }
    }
}
