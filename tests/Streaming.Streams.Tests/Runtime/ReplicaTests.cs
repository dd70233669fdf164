using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Tests.Runtime;

[Collection(nameof(Cluster))]
public sealed class ReplicaTests(Cluster cluster)
{
    private static IEnumerable<(string, string)> Records(int count, int keys) => Enumerable.Range(0, count).Select(i => ($"k{i % keys}", $"v{i}"));

    [SkippableFact]
    public async Task A_standby_takes_over_without_reading_the_changelog_again()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        app.Produce(app.Source, Records(20_000, 2000));
        var config = app.Config();
        config.NumStandbyReplicas = 1;
        var first = await Application.StartedAsync(app.Raw(config));
        Assert.Equal(20_000, app.Read(app.Target, 20_000).Count);
        var second = await Application.StartedAsync(app.Raw((StreamConfig)Standbys(app)));
        await Application.UntilAsync(
            () => first.LocalStorePartitions().Any(s => s is { State: StorePartitionState.Standby, RemainingRecords: 0, Entries: > 0 })
                && second.LocalStorePartitions().Any(s => s is { State: StorePartitionState.Standby, RemainingRecords: 0, Entries: > 0 }), "each keeps the other's standby");
        var restored = 0L;
        second.OnRestoreBatchEvent += (_, _, _, count) => Interlocked.Add(ref restored, count);
        first.Dispose();
        await Application.UntilAsync(() => second.LocalStorePartitions().Count(s => s.State == StorePartitionState.Running) == 2, "both tasks run");
        Assert.Equal(0, restored);
        Assert.Equal(2000, Application.Store(second).Count);
        Assert.All(Application.Store(second), c => Assert.Equal(10, c.Value));
        app.Produce(app.Source, Records(20_000, 2000));
        var records = app.Read(app.Target, 40_000);
        Assert.Equal(40_000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(20, c.Value));
    }

    private static StreamConfig Standbys(Application app)
    {
        var config = app.Config();
        config.NumStandbyReplicas = 1;
        return config;
    }

    [SkippableFact]
    public async Task Every_instance_knows_where_a_key_is()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(4);
        app.Produce(app.Source, Records(400, 40));
        var (one, two) = (app.Config(), app.Config());
        (one.ApplicationServer, two.ApplicationServer) = ("one.local:8081", "two.local:8082");
        var first = await Application.StartedAsync(app.Raw(one));
        var second = await Application.StartedAsync(app.Raw(two));
        await Application.UntilAsync(async () => (await second.AllMetadataAsync()).Sum(m => m.ActivePartitions.GetValueOrDefault(RawTopology.Store)?.Count ?? 0) == 4
            && first.LocalStorePartitions().Count(s => s.State == StorePartitionState.Running) == 2, "all partitions have owners");
        Assert.Equal(4, second.PartitionCountOf(RawTopology.Store));
        for (var i = 0; i < 40; i++)
        {
            var (a, b) = (await first.QueryMetadataForKeyAsync(RawTopology.Store, $"k{i}", new StringSerDes()), await second.QueryMetadataForKeyAsync(RawTopology.Store, $"k{i}", new StringSerDes()));
            Assert.Equal(a.Active!.ApplicationServer, b.Active!.ApplicationServer);
            Assert.NotEqual(a.Active.IsThisInstance, b.Active.IsThisInstance);
            var owner = a.Active.IsThisInstance ? first : second;
            Assert.Equal(a.Active.ApplicationServer, owner == first ? "one.local:8081" : "two.local:8082");
            Assert.Contains(owner.LocalStorePartitions(), s => s.Partition == a.Partition && s.State == StorePartitionState.Running);
        }
    }

    [SkippableFact]
    public async Task The_local_lag_of_each_partition_becomes_zero()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        app.Produce(app.Source, Records(1000, 10));
        var stream = await Application.StartedAsync(app.Raw(app.Config()));
        await Application.UntilAsync(() => stream.LocalTaskLags() is { Count: 2 } lags && lags.All(l => l.Lag == 0), "lag 0");
    }
}
