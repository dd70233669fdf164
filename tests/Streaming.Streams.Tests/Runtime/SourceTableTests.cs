using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Tables that are restored from their source topic (<c>reuse.ktable.source.topics</c>).</summary>
[Collection(nameof(Cluster))]
public sealed class SourceTableTests(Cluster cluster)
{
    private static readonly StringSerDes s_text = new();

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_table_is_restored_up_to_the_committed_offset_and_no_further(bool persistent)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Enumerable.Range(0, 1000).Select(i => ($"k{i % 100}", $"v{i / 100}")));
        var first = await Application.StartedAsync(app.Keep(new(Table(app, persistent), Config(app))));
        Assert.Equal(1000, app.Read(app.Target, 1000).Count);
        first.Dispose();
        Assert.Equal(0, await app.LagAsync(app.Source));
        Assert.False(app.TopicExists($"{app.Id}-table-changelog"));

        // What comes while nobody runs is processed, not restored.
        app.Produce(app.Source, [("k1", "new")]);
        var (start, end, total) = (-1L, -1L, -1L);
        using var gate = new Gate();
        var second = app.Keep(new(Table(app, persistent, v => gate.PassOn(v == "new")), Config(app)));
        second.OnRestoreStartEvent += (partition, _, from, to) => (start, end) = partition.Topic == app.Source ? (from, to) : (-2, -2);
        second.OnRestoreEndEvent += (_, _, count) => total = count;
        await Application.StartedAsync(second);
        await gate.ReachedAsync();
        Assert.Equal("v9", Content(second)["k1"]);
        gate.Open();
        Assert.Equal(1001, app.Read(app.Target, 1001).Count);
        await Application.UntilAsync(() => Content(second)["k1"] == "new", "the record is processed");
        Assert.Equal(1000, end);
        Assert.InRange(total, 0, 1000 - start);
        Assert.Equal(100, Content(second).Count);
    }

    [SkippableFact]
    public async Task A_standby_reads_what_is_committed_and_takes_over()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Enumerable.Range(0, 4000).Select(i => ($"k{i % 400}", $"v{i / 400}")));
        var failing = -1;
        using var gate = new Gate();
        var restored = new (long From, long To)[2];
        KafkaStream Instance(int me)
        {
            // The one that has the task fails at the new records, the other one waits at them.
            var stream = app.Keep(new(Table(app, persistent: false, v =>
            {
                if (v != "again") return;
                if (Interlocked.CompareExchange(ref failing, me, -1) is var first && (first == -1 || first == me)) throw new InvalidOperationException("not here");
                gate.PassOn(true);
            }), Config(app, standbys: 1)));
            stream.OnRestoreStartEvent += (_, _, start, end) => restored[me] = (start, end);
            return stream;
        }
        var streams = new[] { Instance(0), Instance(1) };
        await Application.StartedAsync(streams[0]);
        Assert.Equal(4000, app.Read(app.Target, 4000).Count);
        await Application.StartedAsync(streams[1]);
        await Application.UntilAsync(
            () => streams.Any(i => i.LocalStorePartitions().Any(s => s is { State: StorePartitionState.Standby, RemainingRecords: 0, Entries: 400 }))
                && streams.Any(i => i.LocalStorePartitions().Any(s => s.State == StorePartitionState.Running)), "a standby");
        restored[0] = restored[1] = (-1, -1);
        app.Produce(app.Source, Enumerable.Range(0, 400).Select(i => ($"k{i}", "again")));
        await Application.UntilAsync(() => failing >= 0 && streams[failing].Failure is not null, "the instance that has the task fails");
        streams[failing].Dispose();
        await gate.ReachedAsync();
        var other = streams[1 - failing];
        Assert.Equal(restored[1 - failing].To, restored[1 - failing].From); // nothing was left to restore
        Assert.All(Content(other), c => Assert.Equal("v9", c.Value)); // and nothing was read ahead
        gate.Open();
        Assert.Equal(4400, app.Read(app.Target, 4400).Count);
        await Application.UntilAsync(() => Content(other).Values.All(v => v == "again"), "all is processed");
    }

    private static Topology Table(Application app, bool persistent, Action<string>? onRecord = null)
    {
        var builder = new StreamBuilder();
        var materialized = persistent ? RocksDb.As<string, string>("table") : InMemory.As<string, string>("table");
        builder.Table(app.Source, materialized.With(s_text, s_text)).ToStream()
            .Peek((_, v, _) => onRecord?.Invoke(v)).To(app.Target, s_text, s_text);
        return builder.Build();
    }

    private static Dictionary<string, string> Content(KafkaStream stream) => stream
        .Store(StoreQueryParameters.FromNameAndType("table", QueryableStoreTypes.KeyValueStore<string, string>()))
        .All().ToDictionary(e => e.Key, e => e.Value);

    private static StreamConfig Config(Application app, int standbys = 0)
    {
        var config = app.Config();
        config.TopologyOptimization = StreamConfig.REUSE_KTABLE_SOURCE_TOPICS;
        config.NumStandbyReplicas = standbys;
        config.AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest;
        return config;
    }

    /// <summary>Holds a worker at a record until the test has looked.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task ReachedAsync() => _reached.Task.WaitAsync(Application.Patience);

        public void PassOn(bool holds)
        {
            if (!holds) return;
            _reached.TrySetResult();
            Assert.True(_open.Wait(Application.Patience));
        }

        public void Open() => _open.Set();

        public void Dispose() => _open.Set();
    }
}
