namespace Streaming.Streams.Topologies;

/// <summary>Applies the optimizations that change a graph, to a copy of it; the names that come about are Java's.</summary>
internal static class TopologyOptimizer
{
    public static TopologyGraph Optimize(TopologyGraph graph, TopologyOptimizations chosen)
    {
        var merges = chosen.HasFlag(TopologyOptimizations.MergeRepartitionTopics) && graph.Repartitions.Count > 0;
        var joins = chosen.HasFlag(TopologyOptimizations.SingleStoreSelfJoin) && graph.StreamJoins.Count > 0;
        if (!merges && !joins)
        {
            return graph;
        }

        var copy = graph.Copy();
        if (merges)
        {
            MergeRepartitions(copy);
        }

        if (joins)
        {
            foreach (var join in copy.StreamJoins)
            {
                join.RewriteIfOfOneStream(copy);
            }
        }

        return copy;
    }

    private static void MergeRepartitions(TopologyGraph graph)
    {
        var groups = graph.Repartitions.Select(r => (Repartition: r, Key: WhereTheKeyChanges(r.Filter)))
            .Where(r => r.Key is not null).GroupBy(r => r.Key!, r => r.Repartition).ToList();
        foreach (var group in groups)
        {
            group.First().MoveUp(graph, group.Key, [.. group]);
        }
    }

    /// <summary>
    /// The node above which gave the records their key, if on the way from there they stay as they are; null: they do not.
    /// Where such streams are merged, that is the place.
    /// </summary>
    private static NodeDefinition? WhereTheKeyChanges(NodeDefinition filter)
    {
        var node = filter.Predecessors[0];
        while (node.Effect == KeyEffect.Passes)
        {
            node = node.Predecessors[0];
        }

        return node.Effect == KeyEffect.Changes || (node.Effect == KeyEffect.Merges && ComesFromKeyChange(node)) ? node : null;
    }

    private static bool ComesFromKeyChange(NodeDefinition node) => node.Effect == KeyEffect.Changes
        || (node.Effect is KeyEffect.Passes or KeyEffect.Merges && node.Predecessors.Exists(ComesFromKeyChange));
}
