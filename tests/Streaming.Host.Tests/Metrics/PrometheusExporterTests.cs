using System.Diagnostics.Metrics;
using Streaming.Host.Metrics;

namespace Streaming.Host.Tests.Metrics;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly PrometheusExporter _exporter = new();
    private readonly Meter _meter = new("Streaming.ExporterTests");

    [Fact]
    public void A_counter_adds_up_by_its_labels()
    {
        var counter = _meter.CreateCounter<long>("tests_written_total", description: "Written");
        counter.Add(2, new KeyValuePair<string, object?>("topic", "a\"b"));
        counter.Add(3, new KeyValuePair<string, object?>("topic", "a\"b"));

        Assert.Contains("# TYPE tests_written_total counter\ntests_written_total{topic=\"a\\\"b\"} 5\n", _exporter.Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_observed_gauge_forgets_what_is_no_longer_reported()
    {
        var values = new List<Measurement<double>> { new(1, new KeyValuePair<string, object?>("partition", 0)) };
        _meter.CreateObservableGauge("tests_lag", () => values.ToArray());
        Assert.Contains("tests_lag{partition=\"0\"} 1\n", _exporter.Collect(), StringComparison.Ordinal);

        values.Clear();

        Assert.DoesNotContain("tests_lag{", _exporter.Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_and_the_suffix_of_its_unit()
    {
        var histogram = _meter.CreateHistogram<double>("tests.duration", unit: "s", advice: new() { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.05);
        histogram.Record(0.1);
        histogram.Record(5);

        var text = _exporter.Collect();

        Assert.Contains("tests_duration_seconds_bucket{le=\"0.1\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tests_duration_seconds_bucket{le=\"1\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("tests_duration_seconds_bucket{le=\"+Inf\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("tests_duration_seconds_count 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_of_a_histogram_that_is_kept_elsewhere_keep_their_names()
    {
        _meter.CreateObservableCounter(
            "tests_e2e_seconds_bucket", () => new Measurement<long>(4, new KeyValuePair<string, object?>("le", "0.1")), unit: "s");

        Assert.Contains("tests_e2e_seconds_bucket{le=\"0.1\"} 4\n", _exporter.Collect(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_meters_of_one_name_share_a_heading()
    {
        using var other = new Meter("Streaming.ExporterTests.Other");
        _meter.CreateCounter<long>("tests_shared_total").Add(1, new KeyValuePair<string, object?>("application_id", "a"));
        other.CreateCounter<long>("tests_shared_total").Add(1, new KeyValuePair<string, object?>("application_id", "b"));

        Assert.Equal(2, _exporter.Collect().Split("# TYPE tests_shared_total").Length);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _exporter.Dispose();
    }
}
