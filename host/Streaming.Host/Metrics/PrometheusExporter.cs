using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Streaming.Host.Metrics;

/// <summary>
/// Listens to the meters of this process and answers in Prometheus' text format
/// (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).
/// </summary>
internal sealed class PrometheusExporter : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly string[] _meters =
        ["Streaming", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = new();
    private readonly Lock _collecting = new();

    public PrometheusExporter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Any(m => instrument.Meter.Name == m || instrument.Meter.Name.StartsWith(m + ".", StringComparison.Ordinal)))
            {
                listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, NewSeries));
            }
        };
        _listener.MeasurementsCompleted = (instrument, _) => _series.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, state) => Record((double)value, tags, state));
        _listener.Start();
    }

    /// <summary>All metrics as they stand now.</summary>
    public string Collect()
    {
        lock (_collecting)
        {
            foreach (var series in _series.Values)
            {
                (series as NumberSeries)?.ForgetObserved();
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            // Several instances of a component (a meter an application) share their instruments' names: one heading each.
            foreach (var group in _series.GroupBy(s => PrometheusName.Of(s.Key)).OrderBy(g => g.Key, StringComparer.Ordinal))
            {
                var first = true;
                foreach (var (_, series) in group)
                {
                    series.WriteTo(text, heading: first);
                    first = false;
                }
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static MetricSeries NewSeries(Instrument instrument)
    {
        var name = PrometheusName.Of(instrument);
        var help = instrument.Description ?? name;
        if (PrometheusName.IsHistogram(instrument))
        {
            return new HistogramSeries(name, help, Bounds(instrument));
        }

        var type = PrometheusName.IsCounter(instrument) ? "counter" : "gauge";
        return new NumberSeries(name, help, type, instrument.IsObservable);
    }

    private static IReadOnlyList<double>? Bounds(Instrument instrument) => instrument switch
    {
        Histogram<double> h => h.Advice?.HistogramBucketBoundaries,
        Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        _ => null,
    };

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var labels = MetricSeries.Labels(tags);
        if (state is HistogramSeries histogram)
        {
            histogram.Record(value, labels);
        }
        else
        {
            (state as NumberSeries)?.Record(value, labels);
        }
    }
}
