using System.Diagnostics.Metrics;
using System.Text;
using Streaming.Streams.Errors;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Metrics;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Topologies of the DSL on a broker: what the runtime adds to what the test driver shows.</summary>
[Collection(nameof(Cluster))]
public sealed class TopologyTests(Cluster cluster)
{
    private static readonly StringSerDes s_text = new();

    private static IEnumerable<(string, string)> Records(int count, int keys) => Enumerable.Range(0, count).Select(i => ($"k{i % keys}", $"v{i % 7}"));

    private static async Task<KafkaStream> RunAsync(Application app, StreamBuilder builder, StreamConfig? config = null) =>
        await Application.StartedAsync(app.Keep(new(builder.Build(), config ?? app.Config())));

    [SkippableFact]
    public async Task Records_are_repartitioned_aggregated_and_can_be_queried_by_partition()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(3);
        app.Produce(app.Source, Records(7000, 50));
        var builder = new StreamBuilder();
        builder.Stream(app.Source, s_text, s_text).GroupBy((_, value, _) => value).Count(InMemory.As<string, long>("counts").With(s_text, new Int64SerDes()));
        var stream = await RunAsync(app, builder);
        var view = stream.Store(StoreQueryParameters.FromNameAndType("counts", QueryableStoreTypes.KeyValueStore<string, long>()));
        await Application.UntilAsync(() => view.All().Sum(e => e.Value) == 7000, "all counted");
        Assert.All(view.All(), e => Assert.Equal(1000, e.Value));
        Assert.Equal(7, view.All().Count());
        for (var i = 0; i < 7; i++)
        {
            var partition = stream.PartitionOfKey("counts", $"v{i}", s_text);
            var part = stream.Store(StoreQueryParameters.FromNameAndType("counts", QueryableStoreTypes.KeyValueStore<string, long>()), new StoreQueryOptions { Partition = partition });
            Assert.Equal(1000, part.Get($"v{i}"));
        }
        await Application.UntilAsync(async () => await app.LagAsync(app.Source) == 0, "lag 0 at the source");
        var repartition = stream.Instance.Plan.SubTopologies.SelectMany(s => s.RepartitionTopics).Single().Topic;
        await Application.UntilAsync(async () => await app.LagAsync(repartition) == 0, "lag 0 at the repartition topic");
    }

    [SkippableFact]
    public async Task A_failed_record_is_a_dead_letter_in_the_transaction_of_its_neighbours()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        await cluster.CreateTopicsAsync(1, app.Id + ".dlq");
        app.Produce(app.Source, Records(100, 10));
        app.Produce(app.Source, [("bad", "poison")]);
        app.Produce(app.Source, Records(100, 10));
        var config = app.Config();
        config.UseDeadLetters();
        var builder = new StreamBuilder();
        builder.Stream(app.Source, s_text, s_text)
            .MapValues((value, _) => value == "poison" ? throw new InvalidOperationException("poisoned") : value).To(app.Target, s_text, s_text);
        await RunAsync(app, builder, config);
        Assert.Equal(200, app.Read(app.Target, 200).Count);
        var letters = app.Read(app.Id + ".dlq", 1);
        Assert.Equal("poison", Encoding.UTF8.GetString(Assert.Single(letters).Value));
        await Application.UntilAsync(async () => await app.LagAsync(app.Source) == 0, "lag 0");
    }

    [SkippableFact]
    public async Task A_global_table_is_complete_before_the_first_record_is_joined()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        await cluster.CreateTopicsAsync(3, app.Id + "-countries");
        app.Produce(app.Id + "-countries", Enumerable.Range(0, 5000).Select(i => ($"v{i}", $"country-{i}")));
        app.Produce(app.Source, Records(70, 10));
        var builder = new StreamBuilder();
        var countries = builder.GlobalTable(app.Id + "-countries", s_text, s_text, InMemory.As<string, string>("countries"));
        builder.Stream(app.Source, s_text, s_text).Join(countries, (_, value) => value, (value, country) => $"{value}={country}").To(app.Target, s_text, s_text);
        var stream = await RunAsync(app, builder);
        var joined = app.Read(app.Target, 70).Select(r => Encoding.UTF8.GetString(r.Value)).ToList();
        Assert.Equal(70, joined.Count);
        Assert.All(joined, j => Assert.Equal($"country-{j[1..j.IndexOf('=', StringComparison.Ordinal)]}", j[(j.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        Assert.Equal("country-4999", stream.Store(StoreQueryParameters.FromNameAndType("countries", QueryableStoreTypes.KeyValueStore<string, string>())).Get("v4999"));
        app.Produce(app.Id + "-countries", [("v0", "elsewhere")]);
        await Application.UntilAsync(() => stream.Store(StoreQueryParameters.FromNameAndType("countries", QueryableStoreTypes.KeyValueStore<string, string>())).Get("v0") == "elsewhere", "the update");
    }

    [SkippableFact]
    public async Task A_join_takes_the_table_before_the_stream_where_it_is_older()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(2);
        await cluster.CreateTopicsAsync(2, app.Id + "-table");
        app.Produce(app.Id + "-table", Enumerable.Range(0, 20_000).Select(i => ($"k{i % 100}", $"t{i / 100}")));
        await Task.Delay(5); // later timestamps
        app.Produce(app.Source, Records(1000, 100));
        var builder = new StreamBuilder();
        var table = builder.Table(app.Id + "-table", s_text, s_text, InMemory.As<string, string>("table"));
        builder.Stream(app.Source, s_text, s_text).Join(table, (value, other) => other, new StreamTableJoinProps<string, string, string>(s_text, s_text, s_text)).To(app.Target, s_text, s_text);
        await RunAsync(app, builder, app.Config(workers: 2));
        var joined = app.Read(app.Target, 1000);
        Assert.Equal(1000, joined.Count);
        Assert.All(joined, j => Assert.Equal("t199", Encoding.UTF8.GetString(j.Value)));
    }

    [SkippableTheory]
    [InlineData(ProcessingGuarantee.EXACTLY_ONCE)]
    [InlineData(ProcessingGuarantee.AT_LEAST_ONCE)]
    public async Task A_restarted_application_knows_which_records_are_late(ProcessingGuarantee guarantee)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        StreamBuilder Build()
        {
            var builder = new StreamBuilder();
            builder.Stream(app.Source, s_text, s_text).GroupByKey()
                .WindowedBy(TumblingWindowOptions.Of(100_000, 50_000)).Count(InMemoryWindows.As<string, long>("counts").With(s_text, new Int64SerDes()))
                .ToStream().Map((k, v, _) => KeyValuePair.Create(k.Key, $"{k.Window.StartMs}:{v}")).To(app.Target, s_text, s_text);
            return builder;
        }
        List<string> Results(int count) => [.. app.Read(app.Target, count).Select(r => Encoding.UTF8.GetString(r.Value))];
        app.Produce(app.Source, "a", 199_999);
        var stream = await RunAsync(app, Build(), app.Config(guarantee));
        Assert.Equal(["100000:1"], Results(1));
        stream.Dispose();
        app.Produce(app.Source, "a", 99_999); // its window was closed before the restart
        app.Produce(app.Source, "a", 199_999);
        await RunAsync(app, Build(), app.Config(guarantee));
        Assert.Equal(["100000:1", "100000:2"], Results(2));
    }

    [SkippableFact]
    public async Task Wall_clock_punctuators_run_without_records_and_their_results_are_committed()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        var builder = new StreamBuilder();
        var graph = builder.Stream(app.Source, s_text, s_text)
            .Transform(TransformerBuilder.New<string, string, string, string>().Transformer<TickerTransformer>().Build());
        graph.To(app.Target, s_text, s_text);
        await RunAsync(app, builder);
        await Application.UntilAsync(() => app.Read(app.Target, 3).Count >= 3, "three ticks");
    }

    private sealed class TickerTransformer : ITransformer<string, string, string, string>
    {
        public void Init(ProcessorContext<string, string> context) =>
            context.Schedule(TimeSpan.FromMilliseconds(100), PunctuationType.PROCESSING_TIME, now => context.Forward("wall", "tick"));

        public Record<string, string> Process(Record<string, string> record) => record;

        public void Close()
        {
        }
    }

    [SkippableFact]
    public async Task The_meter_tells_what_happens()
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        app.Produce(app.Source, Records(500, 10));
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, l) => { if (instrument.Meter.Name == "Streaming.Streams") l.EnableMeasurementEvents(instrument); } };
        void Take<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state) where T : struct
        {
            var mine = false;
            var name = new StringBuilder(instrument.Name);
            foreach (var (key, tag) in tags)
            {
                mine |= key == "application_id" && Equals(tag, app.Id);
                if (key is "topic" or "exception" or "outcome" or "state" or "store" or "le" or "worker" or "task" or "node") name.Append('/').Append(tag);
            }
            if (!mine) return;
            lock (seen) seen[name.ToString()] = instrument is Counter<long> or Histogram<double> ? seen.GetValueOrDefault(name.ToString()) + Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture) : Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
        }
        listener.SetMeasurementEventCallback<long>(Take);
        listener.SetMeasurementEventCallback<int>(Take);
        listener.SetMeasurementEventCallback<double>(Take);
        listener.Start();
        var builder = new StreamBuilder();
        builder.Stream(app.Source, s_text, s_text).Filter((_, value, _) => value != "poison" ? true : throw new InvalidOperationException("poisoned"))
            .GroupByKey().Count(InMemory.As<string, long>("counts").With(s_text, new Int64SerDes())).ToStream().MapValues((v, _) => $"{v}").To(app.Target, s_text, s_text);
        await cluster.CreateTopicsAsync(1, app.Id + ".dlq");
        app.Produce(app.Source, [("bad", "poison")]);
        var config = app.Config();
        config.UseDeadLetters();
        config.MetricsRecording = MetricsRecordingLevel.DEBUG;
        await RunAsync(app, builder, config);
        Assert.NotEmpty(app.Read(app.Target, 10));
        await Application.UntilAsync(async () => await app.LagAsync(app.Source) == 0, "lag 0");
        listener.RecordObservableInstruments();
        lock (seen)
        {
            Assert.Equal(501, seen[$"streams_records_processed_total/{app.Source}"]);
            Assert.Equal(1, seen["streams_tasks"]);
            Assert.Equal(1, seen["streams_client_state/RUNNING"]);
            Assert.Equal(10, seen["streams_store_entries/counts"]);
            Assert.Equal(0, seen["streams_store_restore_remaining_records/counts"]);
            Assert.Equal(1, seen[$"streams_dead_letters_total/{app.Source}/InvalidOperationException"]);
            Assert.True(seen["streams_transactions_total/committed"] >= 1);
            Assert.True(seen["streams_rebalances_total"] >= 1);
            Assert.True(seen["streams_commit_seconds"] > 0);
            Assert.True(seen["streams_process_seconds"] > 0);
            Assert.True(seen["streams_record_e2e_seconds_bucket/+Inf"] > 0);
            Assert.Equal(500, seen["streams_store_reads_total/counts"]);
            Assert.Equal(500, seen["streams_store_writes_total/counts"]);
            Assert.Equal(0, seen["streams_store_uncommitted_bytes/counts"]);
            Assert.Equal(500, seen[$"streams_records_sent_total/{app.Target}"]);
            Assert.True(seen[$"streams_records_sent_total/{app.Id}-counts-changelog"] >= 10);
            Assert.Equal(1, seen["streams_worker_tasks/0"]);
            Assert.True(seen["streams_worker_busy_seconds_total/0"] > 0);
            Assert.True(seen["streams_task_stream_time_seconds/0_0"] > 1_700_000_000);
            Assert.Equal(0, seen["streams_punctuations_total"]);
            Assert.Equal(501, seen["streams_node_records_total/KSTREAM-FILTER-0000000001"]);
            Assert.Equal(500, seen["streams_node_records_total/KSTREAM-SINK-0000000005"]);
        }
    }
}
