using Streaming.Streams.Operators;

namespace Streaming.Streams.Topologies;

/// <summary>The nodes around a repartition topic that the engine put in, which may do with another one's.</summary>
internal abstract class RepartitionDefinition(string topic, NodeDefinition filter, NodeDefinition sink, NodeDefinition source)
{
    /// <summary>Without the application's prefix.</summary>
    public string Topic => topic;

    public NodeDefinition Filter => filter;

    public NodeDefinition Sink => sink;

    public NodeDefinition Source => source;

    public abstract RepartitionDefinition Copy(IReadOnlyDictionary<NodeDefinition, NodeDefinition> nodes);

    /// <summary>Puts one repartition topic below the node that changes the key, in place of all of the group's.</summary>
    public abstract void MoveUp(TopologyGraph graph, NodeDefinition keyChanger, IReadOnlyList<RepartitionDefinition> group);
}

internal sealed class RepartitionDefinition<K, V>(
    string topic, OperatorDefinition<K, V, K, V> filter, SinkDefinition<K, V> sink, SourceDefinition<K, V> source)
    : RepartitionDefinition(topic, filter, sink, source)
{
    /// <summary>Adds the three nodes: what comes to the first leaves the last, by way of the topic.</summary>
    public static RepartitionDefinition<K, V> Add(
        TopologyGraph graph, string topic, (string Filter, string Sink, string Source) names, bool takesNullKeys,
        SinkDefinition<K, V> sink)
    {
        // What the user sends through a topic goes through whole; groups and joins have no use for records without a key.
        var filter = graph.Add(new OperatorDefinition<K, V, K, V>(names.Filter, (b, next) => takesNullKeys
            ? new PassNode<K, V>(next)
            : new FilterNode<K, V>(b.Context, static (k, _, _) => k is not null, true, next)));
        filter.Feed(graph.Add(sink));
        var source = graph.Add(new SourceDefinition<K, V>(names.Source, topic, isInternal: true, sink.Keys, sink.Values, null));
        return new RepartitionDefinition<K, V>(topic, filter, sink, source);
    }

    public OperatorDefinition<K, V, K, V> Entry { get; } = filter;

    public SourceDefinition<K, V> Exit { get; } = source;

    public override RepartitionDefinition Copy(IReadOnlyDictionary<NodeDefinition, NodeDefinition> nodes) =>
        new RepartitionDefinition<K, V>(
            Topic, (OperatorDefinition<K, V, K, V>)nodes[Entry], (SinkDefinition<K, V>)nodes[Sink],
            (SourceDefinition<K, V>)nodes[Exit]);

    public override void MoveUp(TopologyGraph graph, NodeDefinition keyChanger, IReadOnlyList<RepartitionDefinition> group)
    {
        // Between the node that changes the key and the topics nothing changes types: all are of the same.
        var above = (Emitter<K, V>)keyChanger;
        var replaced = group.Cast<RepartitionDefinition<K, V>>().ToList();
        foreach (var repartition in replaced)
        {
            graph.Remove(repartition);
        }

        var one = Add(
            graph, Topic, ($"{Topic}-filter", $"{Topic}-sink", $"{Topic}-source"), takesNullKeys: false,
            new SinkDefinition<K, V>($"{Topic}-sink")
            {
                Topic = Topic,
                IsInternal = true,
                Keys = replaced.Select(r => r.Exit.KeySerDes).FirstOrDefault(s => s is not null),
                Values = replaced.Select(r => r.Exit.ValueSerDes).FirstOrDefault(s => s is not null),
            });
        graph.RepartitionTopics[Topic] = null;
        graph.MoveBehind(above, [one.Filter, one.Sink, one.Source]);
        foreach (var repartition in replaced)
        {
            var child = repartition.Filter;
            while (child.Predecessors[0] is var parent && parent != above && parent != one.Exit)
            {
                child = parent;
            }

            if (child.Predecessors[0] == above)
            {
                above.Release((IConsumerDefinition<K, V>)child);
                one.Exit.Attach((IConsumerDefinition<K, V>)child);
            }

            repartition.ReplaceBy((Emitter<K, V>)repartition.Filter.Predecessors[0]);
            graph.ReplaceInCoPartitions(repartition.Exit, one.Exit);
        }

        above.Feed(one.Entry);
    }

    /// <summary>Who read the topic gets the records from before it.</summary>
    private void ReplaceBy(Emitter<K, V> parent)
    {
        parent.Release(Entry);
        foreach (var consumer in Exit.Consumers.ToList())
        {
            Exit.Release(consumer);
            parent.Attach(consumer);
        }
    }
}
