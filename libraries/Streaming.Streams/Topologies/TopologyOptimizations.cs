using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Topologies;

/// <summary>What may be changed of a topology that its results do not show.</summary>
[Flags]
internal enum TopologyOptimizations
{
    None = 0,

    /// <summary>The table of a topic has no changelog: the topic itself is one.</summary>
    ReuseSourceTopics = 1,

    /// <summary>What is grouped and joined by one new key goes through one repartition topic.</summary>
    MergeRepartitionTopics = 2,

    /// <summary>A stream that is joined with itself is kept once.</summary>
    SingleStoreSelfJoin = 4,
    All = ReuseSourceTopics | MergeRepartitionTopics | SingleStoreSelfJoin,
}

/// <summary>Reads <c>topology.optimization</c>, whose values are Java's.</summary>
internal static class TopologyOptimizationConfig
{
    public const string Key = "topology.optimization";

    /// <exception cref="StreamConfigException">The value is none.</exception>
    public static TopologyOptimizations Of(IStreamConfig config) => Parse(config.Get(Key) as object);

    public static TopologyOptimizations Parse(object? value)
    {
        var names = value is null ? [StreamConfig.NO_OPTIMIZATION] : $"{value}".Split(',', StringSplitOptions.TrimEntries);
        var chosen = TopologyOptimizations.None;
        foreach (var name in names)
        {
            chosen |= name switch
            {
                StreamConfig.NO_OPTIMIZATION when names.Length == 1 => TopologyOptimizations.None,
                StreamConfig.OPTIMIZE when names.Length == 1 => TopologyOptimizations.All,
                StreamConfig.REUSE_KTABLE_SOURCE_TOPICS => TopologyOptimizations.ReuseSourceTopics,
                StreamConfig.MERGE_REPARTITION_TOPICS => TopologyOptimizations.MergeRepartitionTopics,
                StreamConfig.SINGLE_STORE_SELF_JOIN => TopologyOptimizations.SingleStoreSelfJoin,
                _ => throw new StreamConfigException(
                    $"{Key}: '{value}' is neither {StreamConfig.NO_OPTIMIZATION} nor {StreamConfig.OPTIMIZE} nor a list of "
                    + $"{StreamConfig.REUSE_KTABLE_SOURCE_TOPICS}, {StreamConfig.MERGE_REPARTITION_TOPICS} and {StreamConfig.SINGLE_STORE_SELF_JOIN}, separated by commas"),
            };
        }

        return chosen;
    }
}
