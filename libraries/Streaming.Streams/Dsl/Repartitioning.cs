using System.Text.RegularExpressions;
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

        var sink = new SinkDefinition<K, V>(sinkName)
        {
            Topic = topic,
            IsInternal = true,
            Partitioner = partitioner,
            Keys = keys,
            Values = values,
        };
        var repartition = RepartitionDefinition<K, V>.Add(
            graph, topic, (filterName, sinkName, sourceName), takesNullKeys: explicitly, sink);
        stream.Node.Feed(repartition.Entry);
        if (!explicitly)
        {
            graph.Repartitions.Add(repartition);
        }

        return new KStream<K, V>(graph, repartition.Exit, keys, values, [repartition.Exit], repartitionRequired: false);
    }

    /// <summary>Uses up the indices of the names that a repartition takes.</summary>
    public static void SkipNames(TopologyGraph graph)
    {
        graph.NewName(Names.Sink);
        graph.NewName(Names.Filter);
        graph.NewName(Names.Source);
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
