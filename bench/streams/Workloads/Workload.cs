using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Bench.Workloads;

/// <summary>The peer's topologies, and the bare copy.</summary>
internal static class Workload
{
    public static TopologyPlan Plan(Options options, StreamConfig config, string app, string source, string target) => options.Get("topology", "map") switch
    {
        "copy" => Copy.Plan(app, source, target),
        var other => throw new ArgumentException($"no topology {other}"),
    };
}
