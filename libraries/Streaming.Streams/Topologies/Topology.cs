using Streaming.Streams.Tasks;

namespace Streamiz.Kafka.Net;

/// <summary>What a <c>StreamBuilder</c> built.</summary>
public class Topology
{
    /// <summary>Compiles the topology for an application: names resolved, internal topics and stores listed.</summary>
    internal TopologyPlan Compile(IStreamConfig config) => throw new NotSupportedException(config.ApplicationId);
}
