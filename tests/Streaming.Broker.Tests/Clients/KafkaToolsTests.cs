using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Clients;

/// <summary>Apache Kafka's own command-line tools, which use its Java clients.</summary>
public sealed class KafkaToolsTests
{
    [SkippableFact]
    public async Task Topics_configs_groups_and_offsets_are_administered()
    {
        await using var broker = await StartAsync();
        Assert.Contains("Created topic", await Tool(broker, "topics", "--create", "--topic", "t", "--partitions", "3", "--config", "segment.bytes=1048576"), StringComparison.Ordinal);
        Assert.Contains("PartitionCount: 3", await Tool(broker, "topics", "--describe", "--topic", "t"), StringComparison.Ordinal);
        await Tool(broker, "configs", "--alter", "--topic", "t", "--add-config", "retention.ms=12345");
        Assert.Contains("retention.ms=12345", await Tool(broker, "configs", "--describe", "--topic", "t"), StringComparison.Ordinal);
        using (var client = new WireClient(broker.Broker.Port))
        {
            client.Exchange(Frames.Produce(7, "t", 1, Batches.Plain(("k", "v"), ("k", "v"))));
        }

        Assert.Contains("t:1:2", await Tool(broker, "offsets", "--topic", "t"), StringComparison.Ordinal);
        await Tool(broker, "groups", "--group", "g", "--topic", "t", "--reset-offsets", "--to-latest", "--execute");
        Assert.Contains("g", await Tool(broker, "groups", "--list"), StringComparison.Ordinal);
        Assert.Matches(@"g\s+t\s+1\s+2\s+2\s+0", await Tool(broker, "groups", "--describe", "--group", "g"));
        await Tool(broker, "groups", "--delete", "--group", "g");
        Assert.Contains("TransactionalId", await Tool(broker, "txn", "list"), StringComparison.Ordinal);
        await Tool(broker, "topics", "--delete", "--topic", "t");
        Assert.DoesNotContain("t\n", await Tool(broker, "topics", "--list"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_performance_tools_run_and_the_files_they_leave_pass_Kafkas_own_check()
    {
        await using var broker = await StartAsync();
        await Tool(broker, "topics", "--create", "--topic", "perf", "--partitions", "1", "--config", "segment.bytes=1048576");
        var kafka = SharedPeers.Require("kafka", "kafka");
        var produced = await Run(kafka, "perf-produce", "--topic", "perf", "--num-records", "5000", "--record-size", "500", "--throughput", "-1",
            "--producer-props", $"bootstrap.servers={broker.Servers}", "acks=all", "compression.type=lz4", "transactional.id=perf");
        Assert.Contains("5000 records sent", produced, StringComparison.Ordinal);
        await Run(kafka, "perf-consume", "--bootstrap-server", broker.Servers, "--topic", "perf", "--messages", "5000");
        await broker.RestartAsync();

        var folder = Path.Combine(broker.Directory, "perf-0");
        foreach (var file in Directory.GetFiles(folder).Where(f => Path.GetExtension(f) is ".log" or ".index" or ".timeindex" or ".snapshot" or ".txnindex"))
        {
            var dump = await Run(kafka, "log", "--files", file, "--deep-iteration");
            Assert.DoesNotContain("mismatch", dump, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("isvalid: false", dump, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", dump, StringComparison.Ordinal);
            Assert.DoesNotContain("Found", dump, StringComparison.Ordinal);
        }
    }

    private static async Task<TestBroker> StartAsync()
    {
        SharedPeers.Require("kafka", "kafka");
        Skip.IfNot(ExternalProgram.IsInstalled("java"), "java is not installed");
        return await TestBroker.StartAsync();
    }

    private static Task<string> Tool(TestBroker broker, string tool, params string[] arguments) =>
        Run(SharedPeers.Require("kafka", "kafka"), [tool, "--bootstrap-server", broker.Servers, .. arguments]);

    private static async Task<string> Run(string program, params string[] arguments)
    {
        var (code, output) = await ExternalProgram.RunAsync(program, arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: exit code {code}\n{output}");
        return output;
    }
}
