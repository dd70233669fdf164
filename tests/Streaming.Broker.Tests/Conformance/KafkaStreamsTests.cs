using Streaming.Broker.Tests.Clients;

namespace Streaming.Broker.Tests.Conformance;

/// <summary>Java Kafka Streams with exactly_once_v2: transactions, repartition and changelog topics, restoring.</summary>
public sealed class KafkaStreamsTests
{
    [SkippableTheory]
    [InlineData("aggregate")]
    [InlineData("join")]
    public async Task A_topology_runs_exactly_once(string topology)
    {
        var bench = SharedPeers.Require("peers", "kafka-streams", "bench");
        Skip.IfNot(ExternalProgram.IsInstalled("java"), "java is not installed");
        await using var broker = await TestBroker.StartAsync();

        var (loaded, said) = await ExternalProgram.RunAsync(bench, ["load", $"bootstrap={broker.Servers}", "records=20000"]);
        Assert.True(loaded == 0, said);
        var (ran, output) = await ExternalProgram.RunAsync(bench, ["run", $"bootstrap={broker.Servers}", $"topology={topology}", "restore=true"]);

        Assert.True(ran == 0, output);
        Assert.Contains("\"records\":20000", output, StringComparison.Ordinal);
        Assert.Contains("exactly_once_v2", output, StringComparison.Ordinal);
    }
}
