using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;

namespace Streamiz.Kafka.Net;

/// <summary>What a <see cref="StreamBuilder"/> built.</summary>
public class Topology
{
    private readonly TopologyGraph _graph;
    private readonly TopologyOptimizations? _optimizations;

    /// <param name="graph">What was built.</param>
    /// <param name="optimizations">Null: as the configuration of the application says.</param>
    internal Topology(TopologyGraph graph, TopologyOptimizations? optimizations) =>
        (_graph, _optimizations) = (graph, optimizations);

    /// <summary>
    /// The nodes, stores and topics; its text has Java's form. Optimizations show if the topology was built with its
    /// configuration, see <see cref="StreamBuilder.Build(IStreamConfig)"/>.
    /// </summary>
    public Stream.ITopologyDescription Describe() =>
        TopologyDescriber.Describe(TopologyOptimizer.Optimize(_graph, _optimizations ?? TopologyOptimizations.None));

    /// <summary>Compiles the topology for an application: names resolved, internal topics and stores listed.</summary>
    internal TopologyPlan Compile(IStreamConfig config)
    {
        var optimizations = _optimizations ?? TopologyOptimizationConfig.Of(config);
        return TopologyCompiler.Compile(
            TopologyOptimizer.Optimize(_graph, optimizations), config,
            optimizations.HasFlag(TopologyOptimizations.ReuseSourceTopics));
    }
}
