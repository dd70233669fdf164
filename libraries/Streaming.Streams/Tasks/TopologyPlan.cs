using Confluent.Kafka;

namespace Streaming.Streams.Tasks;

/// <summary>A topology compiled for one application: what the runtime must subscribe, create, restore and run.</summary>
internal sealed class TopologyPlan
{
    public required string ApplicationId { get; init; }

    public required IReadOnlyList<SubTopologyPlan> SubTopologies { get; init; }

    public required IReadOnlyList<GlobalStorePlan> GlobalStores { get; init; }

    /// <summary>Every topic that the consumer group subscribes, internal ones included.</summary>
    public IEnumerable<string> SubscribedTopics =>
        SubTopologies.SelectMany(s => s.Sources).Select(s => s.Topic).Distinct();

    /// <summary>The sub-topology that reads a topic, and the topic's index among its sources.</summary>
    public bool TryFindSource(string topic, out SubTopologyPlan subTopology, out int sourceIndex)
    {
        foreach (var candidate in SubTopologies)
        {
            for (var i = 0; i < candidate.Sources.Count; i++)
            {
                if (candidate.Sources[i].Topic == topic)
                {
                    (subTopology, sourceIndex) = (candidate, i);
                    return true;
                }
            }
        }

        (subTopology, sourceIndex) = (null!, -1);
        return false;
    }
}

/// <summary>A connected part of the topology; one task runs it for each partition of its sources.</summary>
internal sealed class SubTopologyPlan
{
    public required int Id { get; init; }

    /// <summary>Source topics; the position is the <c>sourceIndex</c> of <see cref="TaskRecord"/>.</summary>
    public required IReadOnlyList<SourceTopicPlan> Sources { get; init; }

    /// <summary>Topics with a fixed name that the sub-topology writes, repartition topics included.</summary>
    public required IReadOnlyList<string> SinkTopics { get; init; }

    /// <summary>Repartition topics that this sub-topology reads (and others, or itself, write).</summary>
    public required IReadOnlyList<RepartitionTopicPlan> RepartitionTopics { get; init; }

    /// <summary>Stores that the tasks own; the position is the index in <see cref="TaskState.Stores"/>.</summary>
    public required IReadOnlyList<StorePlan> Stores { get; init; }

    /// <summary>Groups of source topics that must have the same number of partitions.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> CoPartitionGroups { get; init; }

    /// <summary>Builds the processors; known to task code alone.</summary>
    internal required ISubTopologyBlueprint Blueprint { get; init; }
}

internal sealed record SourceTopicPlan
{
    public required string Topic { get; init; }

    /// <summary>Where to start without a committed offset; null: the consumer's setting.</summary>
    public AutoOffsetReset? ResetPolicy { get; init; }

    /// <summary>The application's own repartition topic: records before the committed offset may be deleted.</summary>
    public bool IsRepartition { get; init; }
}

internal sealed record RepartitionTopicPlan
{
    public required string Topic { get; init; }

    /// <summary>The number the user asked for; null: the largest count of the writers' sources.</summary>
    public int? Partitions { get; init; }

    public required IReadOnlyDictionary<string, string> Config { get; init; }
}

internal sealed record StorePlan
{
    public required string Name { get; init; }

    /// <summary>Null when logging is off: the store is then lost with the instance.</summary>
    public string? ChangelogTopic { get; init; }

    /// <summary>
    /// The changelog is a source topic of the same sub-topology: nothing is written to it, and its records count up to
    /// the group's committed offset.
    /// </summary>
    public bool RestoresFromSource { get; init; }

    public required IReadOnlyDictionary<string, string> ChangelogConfig { get; init; }

    /// <summary>Whether the store's tables are kept on disk, with their changelog offset.</summary>
    public required bool Persistent { get; init; }

    /// <summary>The store holds results back until the commit.</summary>
    public bool Cached { get; init; }

    internal required State.StoreSpec Spec { get; init; }
}

/// <summary>A store that every instance fills from all partitions of a topic.</summary>
internal sealed record GlobalStorePlan
{
    public required string Name { get; init; }

    public required string Topic { get; init; }

    public required bool Persistent { get; init; }

    internal required State.StoreSpec Spec { get; init; }

    internal required IGlobalBlueprint Blueprint { get; init; }
}
