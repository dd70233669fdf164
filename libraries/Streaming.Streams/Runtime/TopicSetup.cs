using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Runtime;

/// <summary>
/// Partition counts of all topics of a plan: asked for where the topics are others', derived where they are the
/// application's own, which are created. Every instance does the same at its start.
/// </summary>
internal sealed partial class TopicSetup(TopologyPlan plan, ClusterAdmin admin, short replicationFactor, TimeSpan patience, ILogger logger)
{
    private readonly Dictionary<string, int> _partitions = [];

    /// <summary>Partitions of each topic of the plan; sinks that do not exist yet are absent.</summary>
    public IReadOnlyDictionary<string, int> Partitions => _partitions;

    /// <summary>Tasks of each sub-topology: its largest source decides.</summary>
    public int TasksOf(SubTopologyPlan subTopology) => subTopology.Sources.Max(s => _partitions[s.Topic]);

    /// <exception cref="StreamsException">a source topic does not exist, or its partitions do not fit</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var own = plan.SubTopologies.SelectMany(s => s.RepartitionTopics).DistinctBy(t => t.Topic).ToDictionary(t => t.Topic);
        await FindSourcesAsync([.. plan.SubscribedTopics.Where(t => !own.ContainsKey(t)), .. plan.GlobalStores.Select(g => g.Topic)], cancellation).ConfigureAwait(false);
        Derive(own);
        CheckCoPartitioning();
        CheckState();
        var topics = own.Values.Select(t => new InternalTopic(t.Topic, _partitions[t.Topic], replicationFactor, t.Config)).ToList();
        foreach (var subTopology in plan.SubTopologies)
        {
            foreach (var store in subTopology.Stores)
            {
                // A table over a source topic may use that topic itself as its changelog.
                if (store.ChangelogTopic is null || _partitions.ContainsKey(store.ChangelogTopic)) continue;
                topics.Add(new(store.ChangelogTopic, TasksOf(subTopology), replicationFactor, store.ChangelogConfig));
            }
        }
        try
        {
            await admin.EnsureAsync(topics, cancellation).ConfigureAwait(false);
        }
        catch (InvalidOperationException e)
        {
            throw new StreamsException(e.Message);
        }
        foreach (var topic in topics) _partitions[topic.Name] = topic.Partitions;
    }

    private async Task FindSourcesAsync(IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var found = await admin.PartitionsOfAsync([.. topics.Distinct()], cancellation).ConfigureAwait(false);
            foreach (var (topic, partitions) in found) _partitions[topic] = partitions;
            var missing = topics.Where(t => !_partitions.ContainsKey(t)).Distinct().ToList();
            if (missing.Count == 0) return;
            if (waiting.Elapsed > patience) throw new StreamsException($"source topics do not exist: {string.Join(", ", missing)}");
            LogMissing(string.Join(", ", missing));
            await Task.Delay(500, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A repartition topic without a number of its own takes its co-partitioned topics' count, or else the largest count
    /// of the sources of whoever writes it; those may be repartition topics themselves.
    /// </summary>
    private void Derive(Dictionary<string, RepartitionTopicPlan> own)
    {
        foreach (var topic in own.Values)
            if (topic.Partitions is { } asked) _partitions[topic.Topic] = asked;
        while (true)
        {
            var open = own.Keys.Where(t => !_partitions.ContainsKey(t)).ToList();
            if (open.Count == 0) return;
            var settled = 0;
            foreach (var topic in open)
            {
                if (CountOf(topic) is not { } count) continue;
                _partitions[topic] = count;
                settled++;
            }
            if (settled == 0) throw new StreamsException($"the partitions of repartition topics depend on each other: {string.Join(", ", open)}; give one of them a number");
        }
    }

    private int? CountOf(string topic)
    {
        var group = plan.SubTopologies.SelectMany(s => s.CoPartitionGroups).FirstOrDefault(g => g.Contains(topic));
        if (group is not null && group.Any(_partitions.ContainsKey)) return group.Where(_partitions.ContainsKey).Max(t => _partitions[t]);
        var members = group ?? [topic];
        var sources = plan.SubTopologies.Where(s => s.SinkTopics.Any(members.Contains)).SelectMany(s => s.Sources).Select(s => s.Topic)
            .Where(t => !members.Contains(t)).Distinct().ToList();
        return sources.Count > 0 && sources.TrueForAll(_partitions.ContainsKey) ? sources.Max(t => _partitions[t]) : null;
    }

    private void CheckCoPartitioning()
    {
        foreach (var group in plan.SubTopologies.SelectMany(s => s.CoPartitionGroups))
        {
            if (group.Select(t => _partitions[t]).Distinct().Count() <= 1) continue;
            throw new StreamsException("topics that are joined must have the same number of partitions: "
                + string.Join(", ", group.Select(t => $"{t} has {_partitions[t]}")) + ". Repartition one side.");
        }
    }

    /// <summary>
    /// The range assignor gives one member the same partitions of topics that have equally many; of others it may not,
    /// and a task's store would have two owners.
    /// </summary>
    private void CheckState()
    {
        foreach (var subTopology in plan.SubTopologies.Where(s => s.Stores.Count > 0))
        {
            if (subTopology.Sources.Select(s => _partitions[s.Topic]).Distinct().Count() <= 1) continue;
            throw new StreamsException($"sub-topology {subTopology.Id} keeps state ({string.Join(", ", subTopology.Stores.Select(s => s.Name))}) and reads topics with different numbers of partitions: "
                + string.Join(", ", subTopology.Sources.Select(s => $"{s.Topic} has {_partitions[s.Topic]}")) + ". Repartition them to one number.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "Waiting for source topics: {Topics}")]
    private partial void LogMissing(string topics);
}
