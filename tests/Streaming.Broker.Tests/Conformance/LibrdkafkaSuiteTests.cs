using Streaming.Broker.Tests.Clients;

namespace Streaming.Broker.Tests.Conformance;

/// <summary>
/// librdkafka's own integration tests, those that pass on Apache Kafka 4.1.1: a few of them, all with
/// STREAMING_CONFORMANCE=full. The first run builds them, which takes a minute or more, and keeps them in the cache.
/// </summary>
public sealed class LibrdkafkaSuiteTests
{
    private static readonly string[] Few = ["0001", "0005", "0011", "0012", "0018", "0026", "0045", "0059", "0102", "0103"];

    [SkippableFact]
    public async Task What_passes_on_Apache_Kafka_passes_here()
    {
        var suite = SharedPeers.Require("peers", "librdkafka", "run");
        var wanted = Environment.GetEnvironmentVariable("STREAMING_CONFORMANCE");
        var folder = Environment.GetEnvironmentVariable("RDK_DIR") ?? Path.Combine(NpmCache.Folder, "librdkafka-tests");
        Environment.SetEnvironmentVariable("RDK_DIR", folder);
        var golden = (await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(suite)!, "golden-kafka-4.1.1.txt")))
            .Where(l => l.Contains(" PASS ", StringComparison.Ordinal)).Select(l => l[..4]);
        var tests = wanted == "full" ? golden.ToList() : golden.Intersect(Few).ToList();
        await using var broker = await TestBroker.StartAsync(o => o with { DefaultPartitions = 4 });

        var (_, output) = await ExternalProgram.RunAsync(suite, [broker.Servers, .. tests], minutes: 40);

        var passed = output.Split('\n').Where(l => l.Contains(" PASS ", StringComparison.Ordinal)).Select(l => l[..4]);
        Assert.True(tests.Count > 0);
        Assert.True(!tests.Except(passed).Any(), output);
    }
}
