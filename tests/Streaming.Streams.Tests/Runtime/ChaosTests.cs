using Streaming.Streams.Bench;
using Streaming.Streams.Bench.Chaos;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>The short form; `bench/streams chaos seconds=…` is the long one.</summary>
[Collection(nameof(Cluster))]
public sealed class ChaosTests(Cluster cluster)
{
    [SkippableTheory]
    [InlineData("memory", 0, true)]
    [InlineData("memory", 1, false)]
    [InlineData("rocksdb", 0, true)]
    public async Task Killed_stopped_and_started_instances_lose_and_double_nothing(string store, int standbys, bool dsl)
    {
        Skip.If(store == "rocksdb" && !Streams.Runtime.RocksDb.RocksDbLibrary.IsAvailable, "RocksDB's C library is not installed");
        var report = await ChaosRun.RunAsync(new Options([$"bootstrap={cluster.Bootstrap}", "seconds=20", "rate=1000", $"store={store}", $"standbys={standbys}", $"dsl={dsl}"]));
        Assert.Empty(report.Errors);
        Assert.True(report.Kills + report.Stops > 0 && report.Records > 5000, report.ToString());
    }
}
