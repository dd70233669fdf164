using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;

namespace Streamiz.Kafka.Net;

/// <summary>What a <see cref="StreamBuilder"/> built.</summary>
public class Topology
{
    private readonly TopologyGraph _graph;

    internal Topology(TopologyGraph graph) => _graph = graph;

    /// <summary>The nodes, stores and topics; its text has Java's form.</summary>
    public Stream.ITopologyDescription Describe() => TopologyDescriber.Describe(_graph);

    /// <summary>Compiles the topology for an application: names resolved, internal topics and stores listed.</summary>
    internal TopologyPlan Compile(IStreamConfig config) => TopologyCompiler.Compile(_graph, config);
}
