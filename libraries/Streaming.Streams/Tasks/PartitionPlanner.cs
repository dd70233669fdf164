using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Tasks;

/// <summary>Works out how many partitions internal topics must have, and whether the given ones fit together.</summary>
internal static class PartitionPlanner
{
    /// <summary>Partitions of every source topic of the plan, repartition topics included.</summary>
    /// <param name="plan">The topology.</param>
    /// <param name="existing">Partitions of a topic that the application does not create; null: it does not exist.</param>
    /// <exception cref="TopologyException">A topic is missing, or topics that are joined are partitioned differently.</exception>
    public static IReadOnlyDictionary<string, int> Resolve(TopologyPlan plan, Func<string, int?> existing)
    {
        var counts = new Dictionary<string, int>();
        var wanted = plan.SubTopologies.SelectMany(s => s.RepartitionTopics).ToDictionary(t => t.Topic);
        foreach (var source in plan.SubTopologies.SelectMany(s => s.Sources).Where(s => !s.IsRepartition))
        {
            counts[source.Topic] = existing(source.Topic)
                ?? throw new TopologyException($"The source topic {source.Topic} does not exist");
        }

        foreach (var topic in wanted.Values.Where(t => t.Partitions is not null))
        {
            counts[topic.Topic] = topic.Partitions!.Value;
        }

        bool changed;
        do
        {
            changed = false;
            foreach (var topic in wanted.Values.Where(t => t.Partitions is null))
            {
                var largest = plan.SubTopologies
                    .Where(s => s.SinkTopics.Contains(topic.Topic))
                    .SelectMany(s => s.Sources)
                    .Max(s => counts.GetValueOrDefault(s.Topic));
                changed |= Raise(counts, topic.Topic, Math.Max(largest, counts.GetValueOrDefault(topic.Topic)));
            }

            foreach (var group in plan.SubTopologies.SelectMany(s => s.CoPartitionGroups))
            {
                changed |= Align(group, counts, wanted);
            }
        }
        while (changed);

        foreach (var topic in wanted.Keys.Where(t => counts.GetValueOrDefault(t) == 0))
        {
            throw new TopologyException($"The number of partitions of {topic} cannot be told: nothing writes to it");
        }

        return counts;
    }

    /// <summary>Tasks of a sub-topology: as many as its widest source has partitions.</summary>
    public static int Tasks(SubTopologyPlan subTopology, IReadOnlyDictionary<string, int> counts) =>
        subTopology.Sources.Max(s => counts[s.Topic]);

    private static bool Align(
        IReadOnlyList<string> group, Dictionary<string, int> counts, Dictionary<string, RepartitionTopicPlan> wanted)
    {
        var fixedTopics = group.Where(t => !wanted.TryGetValue(t, out var plan) || plan.Partitions is not null).ToList();
        if (fixedTopics.Select(t => counts[t]).Distinct().Count() > 1)
        {
            throw new TopologyException(
                "Topics that are joined must have the same number of partitions, but "
                + string.Join(", ", fixedTopics.Select(t => $"{t} has {counts[t]}")));
        }

        var count = fixedTopics.Count > 0
            ? counts[fixedTopics[0]]
            : group.Max(t => counts.GetValueOrDefault(t));
        var changed = false;
        foreach (var topic in group.Except(fixedTopics))
        {
            if (count > 0 && counts.GetValueOrDefault(topic) != count)
            {
                counts[topic] = count;
                changed |= fixedTopics.Count == 0;

                // A fixed count holds against what the writers would suggest.
                if (fixedTopics.Count > 0)
                {
                    wanted[topic] = wanted[topic] with { Partitions = count };
                    changed = true;
                }
            }
        }

        return changed;
    }

    private static bool Raise(Dictionary<string, int> counts, string topic, int count)
    {
        if (counts.GetValueOrDefault(topic) >= count)
        {
            return false;
        }

        counts[topic] = count;
        return true;
    }
}
