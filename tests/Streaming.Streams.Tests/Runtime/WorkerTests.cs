using Streamiz.Kafka.Net;

namespace Streaming.Streams.Tests.Runtime;

[Collection(nameof(Cluster))]
public sealed class WorkerTests(Cluster cluster)
{
    private static IEnumerable<(string, string)> Records(int count) => Enumerable.Range(0, count).Select(i => ($"k{i % 40}", $"v{i}"));

    [SkippableFact]
    public async Task Workers_come_and_go_under_load_and_nothing_is_lost_or_doubled()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(4);
        var stream = await Application.StartedAsync(app.Raw(app.Config(workers: 1)));
        var producing = Task.Run(() =>
        {
            for (var i = 0; i < 40; i++) app.Produce(app.Source, Records(400));
        });
        var random = new Random(1);
        while (!producing.IsCompleted)
        {
            if (stream.Instance.WorkerCount > 1 && random.Next(2) == 0) stream.RemoveWorker();
            else if (stream.Instance.WorkerCount < 4) stream.AddWorker();
            await Task.Delay(50);
        }
        await producing;
        while (stream.Instance.WorkerCount > 1) stream.RemoveWorker();
        Assert.Throws<Streamiz.Kafka.Net.Errors.IllegalStateException>(() => { stream.RemoveWorker(); });
        var records = app.Read(app.Target, 16_000);
        Assert.Equal(16_000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(400, c.Value));
        await Application.UntilAsync(() => Application.Store(stream) is { Count: 40 } store && store.All(c => c.Value == 400), "the store holds all");
    }

    [SkippableFact]
    public async Task A_paused_application_takes_nothing_in_until_it_is_resumed()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        app.Produce(app.Source, Records(400));
        var seen = 0;
        var stream = await Application.StartedAsync(app.Raw(app.Config(), _ => Interlocked.Increment(ref seen)));
        Assert.Equal(400, app.Read(app.Target, 400).Count);
        stream.Pause();
        app.Produce(app.Source, Records(400));
        await Application.UntilAsync(() => stream.LocalTaskLags().Sum(l => l.Lag) == 400, "the records are there, unread");
        Assert.Equal(400, seen);
        Assert.Equal(KafkaStream.State.RUNNING, stream.StreamState);
        stream.Resume();
        Assert.Equal(800, app.Read(app.Target, 800).Count);
        Assert.Equal(800, seen);
    }
}
