using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Ops;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class MetricsOnTheEmbeddedBroker(EmbeddedTarget target) : MetricsTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class MetricsOnApacheKafka(KafkaTarget target) : MetricsTests(target);

/// <summary>What Prometheus sees.</summary>
public abstract class MetricsTests(Target target)
{
    private static readonly string[] _applications = ["analytics", "fulfilment", "inventory", "order-view", "orders", "sales"];

    [SkippableFact]
    public async Task Every_metric_that_a_rule_or_panel_names_is_exposed()
    {
        var exposed = Metrics.Names(await ScrapeAsync());
        var recorded = OpsFiles.RuleExpressions().Select(rule => rule.Name).ToHashSet();
        var named = OpsFiles.RuleExpressions().Select(rule => rule.Expression)
            .Concat(OpsFiles.Dashboards.SelectMany(OpsFiles.PanelExpressions))
            .SelectMany(PromQl.Metrics)
            .Where(metric => metric != "up" && !recorded.Contains(metric))
            .ToHashSet();

        Assert.True(named.Count > 10, $"only {string.Join(' ', named)} are named");
        Assert.Subset(exposed.ToHashSet(), named);
    }

    [SkippableFact]
    public async Task Prometheus_own_parser_reads_them()
    {
        var text = await ScrapeAsync();
        Skip.IfNot(Tool.Exists("promtool"), "promtool (Debian package prometheus) is not installed");

        var check = await Tool.RunAsync("promtool", ["check", "metrics"], input: text);

        // 3: readable, with remarks on style; kafka_exporter's names earn some.
        Assert.True(check.ExitCode is 0 or 3, check.ToString());
    }

    [SkippableFact]
    public async Task Every_groups_lag_is_reported_and_comes_to_0()
    {
        var pipeline = (await target.SharedAsync()).Pipeline;
        await pipeline.SettlesAsync();
        await Eventually.PassesAsync(async () =>
        {
            var samples = Metrics.Parse(await ScrapeAsync());
            foreach (var metric in (string[])["kafka_consumergroup_lag", "kafka_consumergroup_lag_sum", "kafka_consumergroup_lag_seconds"])
            {
                var series = samples.Where(sample => sample.Name == metric).ToList();
                Assert.Superset(_applications.ToHashSet(), series.Select(sample => sample.Labels["consumergroup"]).ToHashSet());
                Assert.All(series, sample => Assert.Equal((metric, sample.Labels["consumergroup"], sample.Labels["topic"], 0.0),
                    (metric, sample.Labels["consumergroup"], sample.Labels["topic"], sample.Value)));
            }
        });
    }

    [SkippableFact]
    public async Task Offsets_bear_the_labels_of_kafka_exporter_and_agree_with_the_broker()
    {
        var pipeline = (await target.SharedAsync()).Pipeline;
        await pipeline.SettlesAsync();
        using var log = new KafkaLog(pipeline.BootstrapServers);
        var records = log.Read("orders.events").Count;

        await Eventually.PassesAsync(async () =>
        {
            var samples = Metrics.Parse(await ScrapeAsync());
            var ends = Series("kafka_topic_partition_current_offset");
            Assert.Equal(target.Partitions, ends.Count);
            Assert.True(ends.Sum(sample => sample.Value) >= records, $"{ends.Sum(sample => sample.Value)} is less than {records}");
            Assert.All(Series("kafka_topic_partition_oldest_offset"), sample => Assert.Equal(0, sample.Value));
            Assert.Equal(target.Partitions, Assert.Single(Series("kafka_topic_partitions")).Value);

            List<Sample> Series(string name) =>
                [.. samples.Where(sample => sample.Name == name && sample.Labels["topic"] == "orders.events")];
        });
    }

    [SkippableFact]
    public async Task Undecodable_bytes_are_dead_letters_that_are_counted_and_hold_nothing_up()
    {
        var pipeline = (await target.SharedAsync()).Pipeline;
        await pipeline.SettlesAsync();
        using var log = new KafkaLog(pipeline.BootstrapServers);
        var before = await DeadLettersAsync();
        var partition = log.PartitionsOf("orders.commands")[0];

        log.Append([new(partition, 0, "broken"u8.ToArray(), [0, 1, 2, 3], [], default)]);

        await Eventually.TrueAsync("one dead letter", async () => await DeadLettersAsync() == before + 1);
        var letter = Assert.Single(log.Read("orders.dlq"), record => record.KeyText == "broken");
        Assert.Equal([0, 1, 2, 3], letter.Value);
        Assert.Equal("orders.commands", System.Text.Encoding.UTF8.GetString(letter.Headers.GetLastBytes("__streams.errors.topic")));
        await pipeline.SettlesAsync();
        var order = await pipeline.Http.OrderAsync(Shop.Order((Shop.NewSku(), 1, 1)).Draft());
        await pipeline.Http.BecomesAsync(order, "Draft");

        async Task<double> DeadLettersAsync() => Metrics.Parse(await ScrapeAsync())
            .Where(sample => sample.Name == "streams_dead_letters_total" && sample.Labels["application_id"] == "orders")
            .Sum(sample => sample.Value);
    }

    private async Task<string> ScrapeAsync() =>
        (await (await target.SharedAsync()).Pipeline.Http.AskAsync("/metrics")).MustBe(200).Text;
}
