using Streamiz.Kafka.Net;

namespace Streaming.Streams.Tests.Runtime;

[Collection(nameof(Cluster))]
public sealed class DeliveryTests(Cluster cluster)
{
    private static IEnumerable<(string, string)> Records(int count, int keys) => Enumerable.Range(0, count).Select(i => ($"k{i % keys}", $"v{i}"));

    [SkippableTheory]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE, 1)]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE, 2)]
    [InlineData(ProcessingGuarantee.AT_LEAST_ONCE, 2)]
    public async Task Every_record_is_processed_once_and_the_lag_becomes_zero(ProcessingGuarantee guarantee, int workers)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(3);
        app.Produce(app.Source, Records(10_000, 100));
        var stream = await Application.StartedAsync(app.Raw(app.Config(guarantee, workers)));
        var records = app.Read(app.Target, 10_000);
        Assert.Equal(10_000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(100, c.Value));
        await Application.UntilAsync(async () => await app.LagAsync(app.Source) == 0, "lag 0");
        Assert.All(Application.Store(stream), c => Assert.Equal(100, c.Value));
    }

    [SkippableFact]
    public async Task A_restarted_instance_finds_its_stores_and_goes_on_where_it_was()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(3);
        app.Produce(app.Source, Records(1000, 10));
        var first = await Application.StartedAsync(app.Raw(app.Config()));
        Assert.Equal(1000, app.Read(app.Target, 1000).Count);
        first.Dispose();
        app.Produce(app.Source, Records(1000, 10));
        var second = await Application.StartedAsync(app.Raw(app.Config()));
        var records = app.Read(app.Target, 2000);
        Assert.Equal(2000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(200, c.Value));
        await Application.UntilAsync(() => Application.Store(second).All(c => c.Value == 200), "the store holds all");
    }

    [SkippableFact]
    public async Task A_failure_takes_back_everything_since_the_last_commit()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(1000, 10));
        var failures = 0;
        var config = app.Config();
        config.UseUncaughtExceptionHandler(_ => UncaughtExceptionResponse.ReplaceWorker);
        var stream = await Application.StartedAsync(app.Raw(config, offset =>
        {
            if (offset == 500 && failures++ < 3) throw new InvalidOperationException("on purpose");
        }));
        var records = app.Read(app.Target, 1000);
        Assert.Equal(1000, records.Count);
        Assert.Equal(4, failures);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(100, c.Value));
        await Application.UntilAsync(() => Application.Store(stream).All(c => c.Value == 100), "the store holds all, once");
    }

    [SkippableFact]
    public async Task A_failure_that_nobody_handles_ends_in_ERROR_without_a_trace_in_the_output()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(10, 10));
        var stream = app.Raw(app.Config(), offset => throw new InvalidOperationException("on purpose"));
        await stream.StartAsync();
        await Application.UntilAsync(() => stream.StreamState == KafkaStream.State.ERROR, "ERROR");
        Assert.Contains("on purpose", stream.Failure!.Message, StringComparison.Ordinal);
        stream.Dispose();
        Assert.Equal(KafkaStream.State.NOT_RUNNING, stream.StreamState);
        app.Produce(app.Source, Records(10, 10));
        await Application.StartedAsync(app.Raw(app.Config()));
        var records = app.Read(app.Target, 20);
        Assert.Equal(20, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(2, c.Value));
    }

    [SkippableFact]
    public async Task Two_instances_share_the_partitions_and_hand_them_over()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(4);
        app.Produce(app.Source, Records(4000, 40));
        var first = await Application.StartedAsync(app.Raw(app.Config()));
        var second = await Application.StartedAsync(app.Raw(app.Config()));
        await Application.UntilAsync(
            () => first.Instance.Entries(e => e.Running is not null).Count == 2 && second.Instance.Entries(e => e.Running is not null).Count == 2, "two tasks each");
        app.Produce(app.Source, Records(4000, 40));
        Assert.Equal(8000, app.Read(app.Target, 8000).Count);
        first.Dispose();
        await Application.UntilAsync(() => second.Instance.Entries(e => e.Running is not null).Count == 4, "all tasks");
        app.Produce(app.Source, Records(4000, 40));
        var records = app.Read(app.Target, 12_000);
        Assert.Equal(12_000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(300, c.Value));
        await Application.UntilAsync(() => Application.Store(second) is { Count: 40 } store && store.All(c => c.Value == 300), "the store holds all");
    }
}
