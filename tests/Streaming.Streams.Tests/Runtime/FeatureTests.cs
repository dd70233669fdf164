using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Settings and events of the runtime that no other test is about.</summary>
[Collection(nameof(Cluster))]
public sealed class FeatureTests(Cluster cluster)
{
    private static readonly StringSerDes s_text = new();

    private static IEnumerable<(string, string)> Records(int count) => Enumerable.Range(0, count).Select(i => ($"k{i % 10}", $"v{i}"));

    [SkippableTheory]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE)]
    [InlineData(ProcessingGuarantee.AT_LEAST_ONCE)]
    public async Task A_full_producer_queue_is_back_pressure_and_no_failure(ProcessingGuarantee guarantee)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(5000));
        var config = app.Config(guarantee);
        config.QueueBufferingMaxMessages = 100;
        await Application.StartedAsync(app.Raw(config));
        var records = app.Read(app.Target, 5000);
        Assert.Equal(5000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(500, c.Value));
    }

    [SkippableFact]
    public async Task Few_buffered_records_per_partition_change_nothing_but_the_memory()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        app.Produce(app.Source, Records(3000));
        var config = app.Config();
        config.BufferedRecordsPerPartition = 3;
        var stream = await Application.StartedAsync(app.Raw(config));
        Assert.Equal(3000, app.Read(app.Target, 3000).Count);
        app.Produce(app.Source, Records(3000));
        var records = app.Read(app.Target, 6000);
        Assert.Equal(6000, records.Count);
        Assert.All(Application.LastCounts(records), c => Assert.Equal(600, c.Value));
        Assert.Null(stream.Failure);
    }

    [SkippableFact]
    public async Task An_internal_topic_with_other_partitions_than_the_topology_needs_is_refused_at_the_start()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        await cluster.CreateTopicsAsync(3, $"{app.Id}-{RawTopology.Store}-changelog");
        var e = await Assert.ThrowsAsync<StreamsException>(() => app.Raw(app.Config()).StartAsync());
        Assert.Contains($"{app.Id}-{RawTopology.Store}-changelog has 3 partitions, the topology needs 2", e.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Restore_listeners_are_told_of_start_batches_and_end()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(1000));
        var first = await Application.StartedAsync(app.Raw(app.Config()));
        Assert.Equal(1000, app.Read(app.Target, 1000).Count);
        first.Dispose();
        var told = new List<string>();
        var stream = app.Raw(app.Config());
        var (batches, ended) = (0L, -1L);
        stream.OnRestoreStartEvent += (partition, store, start, end) => told.Add($"start {partition.Topic} {store} {start} {end > 0}");
        stream.OnRestoreBatchEvent += (_, _, _, count) => batches += count;
        stream.OnRestoreEndEvent += (_, store, total) =>
        {
            told.Add($"end {store}");
            ended = total;
        };
        await Application.StartedAsync(stream);
        Assert.Equal([$"start {app.Id}-{RawTopology.Store}-changelog {RawTopology.Store} 0 True", $"end {RawTopology.Store}"], told);
        Assert.True(batches >= 10);
        Assert.Equal(batches, ended);
        Assert.All(Application.Store(stream), c => Assert.Equal(100, c.Value));
    }

    [SkippableTheory]
    [InlineData(ProductionExceptionHandlerResponse.CONTINUE)]
    [InlineData(ProductionExceptionHandlerResponse.FAIL)]
    public async Task A_record_that_the_producer_refuses_is_the_production_handlers(ProductionExceptionHandlerResponse response)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, [("a", "small"), ("a", "large"), ("a", "small")]);
        var config = app.Config();
        var asked = 0;
        config.ProductionExceptionHandler = report =>
        {
            Assert.Equal(app.Target, report.Topic);
            asked++;
            return response;
        };
        var builder = new StreamBuilder();
        builder.Stream(app.Source, s_text, s_text).MapValues((v, _) => v == "large" ? new string('x', 3_000_000) : v).To(app.Target, s_text, s_text);
        var stream = app.Keep(new(builder.Build(), config));
        await stream.StartAsync();
        if (response == ProductionExceptionHandlerResponse.CONTINUE)
        {
            Assert.Equal(2, app.Read(app.Target, 2).Count);
            Assert.Equal(1, asked);
            return;
        }
        await Application.UntilAsync(() => stream.StreamState == KafkaStream.State.ERROR, "ERROR");
        Assert.IsType<ProductionException>(stream.Failure!.InnerException);
    }
}
