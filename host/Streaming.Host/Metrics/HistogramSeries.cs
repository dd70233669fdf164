using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Streaming.Host.Metrics;

/// <summary>A histogram with cumulative buckets; bounds are the instrument's advice, else those for durations in seconds.</summary>
internal sealed class HistogramSeries(string name, string help, IReadOnlyList<double>? bounds)
    : MetricSeries(name, help, "histogram")
{
    private static readonly double[] _durations =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly double[] _bounds = bounds is { Count: > 0 } ? [.. bounds] : _durations;
    private readonly ConcurrentDictionary<string, Buckets> _values = new();

    public void Record(double value, string labels)
    {
        var buckets = _values.GetOrAdd(labels, _ => new Buckets(_bounds.Length + 1));
        var index = Array.BinarySearch(_bounds, value);
        lock (buckets)
        {
            buckets.Counts[index < 0 ? ~index : index]++;
            buckets.Sum += value;
        }
    }

    protected override void WriteSamples(StringBuilder text)
    {
        foreach (var (labels, buckets) in _values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            long[] counts;
            double sum;
            lock (buckets)
            {
                counts = [.. buckets.Counts];
                sum = buckets.Sum;
            }

            var separator = labels.Length > 0 ? "," : "";
            var total = 0L;
            for (var i = 0; i < counts.Length; i++)
            {
                total += counts[i];
                var bound = i < _bounds.Length ? _bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                WriteSample(text, Name + "_bucket", $"{labels}{separator}le=\"{bound}\"", total);
            }

            WriteSample(text, Name + "_sum", labels, sum);
            WriteSample(text, Name + "_count", labels, total);
        }
    }

    private sealed class Buckets(int count)
    {
        public long[] Counts { get; } = new long[count];

        public double Sum { get; set; }
    }
}
