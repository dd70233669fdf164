using Confluent.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Cooperative-sticky assignment: what stays with a member is not interrupted.</summary>
[Collection(nameof(Cluster))]
public sealed class CooperativeTests(Cluster cluster)
{
    private static IEnumerable<(string, string)> Records(int count) => Enumerable.Range(0, count).Select(i => ($"k{i % 40}", $"v{i}"));

    private static StreamConfig Cooperative(Application app, int standbys = 0)
    {
        var config = app.Config();
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.NumStandbyReplicas = standbys;
        return config;
    }

    private static List<Streams.Runtime.RunningTask> Running(KafkaStream stream) => [.. stream.Instance.Entries(e => e.Running is not null).Select(e => e.Running!)];

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Members_come_and_go_and_tasks_that_stay_are_not_interrupted(int standbys)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(4);
        app.Produce(app.Source, Records(4000));
        var first = await Application.StartedAsync(app.Raw(Cooperative(app, standbys)));
        await Application.UntilAsync(() => Running(first).Count == 4, "all tasks");
        var before = Running(first);
        using var producing = new CancellationTokenSource();
        var produced = 0;
        var load = Task.Run(() =>
        {
            while (!producing.IsCancellationRequested)
            {
                app.Produce(app.Source, Records(400));
                produced += 400;
            }
        });
        var second = await Application.StartedAsync(app.Raw(Cooperative(app, standbys)));
        await Application.UntilAsync(() => Running(first).Count == 2 && Running(second).Count == 2, "two tasks each");
        await Application.UntilAsync(() => first.StreamState == KafkaStream.State.RUNNING && second.StreamState == KafkaStream.State.RUNNING, "both run");
        Assert.All(Running(first), t => Assert.Contains(t, before)); // the very tasks that ran before
        var kept = Running(second);
        first.Dispose();
        await Application.UntilAsync(() => Running(second).Count == 4 && second.StreamState == KafkaStream.State.RUNNING, "all tasks");
        Assert.All(kept, t => Assert.Contains(t, Running(second)));
        await producing.CancelAsync();
        await load;
        var total = 4000 + produced;
        var records = app.Read(app.Target, total);
        Assert.Equal(total, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(total / 40, c.Value));
        await Application.UntilAsync(() => Application.Store(second) is { Count: 40 } store && store.All(c => c.Value == total / 40), "the store holds all");
    }

    [SkippableFact]
    public async Task Topologies_whose_tasks_read_several_topics_are_refused()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        var builder = new StreamBuilder();
        var text = new StringSerDes();
        builder.Stream(app.Source, text, text).Join(builder.Stream(app.Target, text, text), (a, b) => a + b, JoinWindowOptions.Of(10)).Foreach((_, _, _) => { });
        var e = await Assert.ThrowsAsync<StreamConfigException>(() => app.Keep(new(builder.Build(), Cooperative(app))).StartAsync());
        Assert.Contains("use range", e.Message, StringComparison.Ordinal);
    }
}
