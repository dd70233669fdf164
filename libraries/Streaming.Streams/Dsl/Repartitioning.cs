using System.Text.RegularExpressions;
using Streaming.Streams.Operators;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Dsl;

/// <summary>Takes streams over topics that are partitioned anew.</summary>
internal static partial class Repartitioning
{
    /// <summary>
    /// A stream behind a repartition topic. Names as Java's.
    /// </summary>
    public static KStream<K, V> ThroughTopic<K, V>(
        KStream<K, V> stream, string name, ISerDes<K>? keys, ISerDes<V>? values, int? partitions = null,
        IStreamPartitioner<K, V>? partitioner = null, bool explicitly = false)
    {
        var graph = stream.Graph;
        var topic = name.EndsWith(Names.RepartitionSuffix, StringComparison.Ordinal) ? name : name + Names.RepartitionSuffix;
        var sinkName = graph.NewName(Names.Sink);
        var filterName = graph.NewName(Names.Filter);
        var sourceName = graph.NewName(Names.Source);
        if (!GeneratedName().IsMatch(topic))
        {
            sinkName = topic + "-sink";
            filterName = topic + "-filter";
            sourceName = topic + "-source";
        }

        if (!graph.RepartitionTopics.TryAdd(topic, partitions))
        {
            throw new Streamiz.Kafka.Net.Errors.TopologyException(
                $"The name {topic} is taken by another repartition topic; name the grouping or the join otherwise");
        }

        // What the user sends through a topic goes through whole; groups and joins have no use for records without a key.
        var filter = graph.Add(new OperatorDefinition<K, V, K, V>(filterName, (b, next) => explicitly
            ? new PassNode<K, V>(next)
            : new FilterNode<K, V>(b.Context, static (k, _, _) => k is not null, true, next)));
        stream.Node.Feed(filter);
        filter.Feed(graph.Add(new SinkDefinition<K, V>(sinkName)
        {
            Topic = topic,
            IsInternal = true,
            Partitioner = partitioner,
            Keys = keys,
            Values = values,
        }));
        var source = graph.Add(new SourceDefinition<K, V>(sourceName, topic, isInternal: true, keys, values, null));
        return new KStream<K, V>(graph, source, keys, values, [source], repartitionRequired: false);
    }

    /// <summary>Marks the sources of both sides as having to be partitioned alike.</summary>
    public static IReadOnlyCollection<ISourceDefinition> CoPartition(
        TopologyGraph graph, IReadOnlyCollection<ISourceDefinition> left, IReadOnlyCollection<ISourceDefinition> right)
    {
        IReadOnlyCollection<ISourceDefinition> all = [.. left.Union(right)];
        graph.CoPartitionGroups.Add(all);
        return all;
    }

    [GeneratedRegex("^KSTREAM.*-[0-9]{10}-repartition$")]
    private static partial Regex GeneratedName();
}
