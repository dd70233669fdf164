using System.Collections.Concurrent;
using System.Text;

namespace Streaming.Host.Metrics;

/// <summary>A counter or gauge. Measurements of a pushed instrument add up; those of an observed one replace the last.</summary>
internal sealed class NumberSeries(string name, string help, string type, bool observed) : MetricSeries(name, help, type)
{
    private readonly ConcurrentDictionary<string, double> _values = new();

    public void Record(double value, string labels)
    {
        if (observed)
        {
            _values[labels] = value;
        }
        else
        {
            _values.AddOrUpdate(labels, static (_, v) => v, static (_, sum, v) => sum + v, value);
        }
    }

    /// <summary>What an observed instrument no longer reports must vanish from the answer.</summary>
    public void ForgetObserved()
    {
        if (observed)
        {
            _values.Clear();
        }
    }

    protected override void WriteSamples(StringBuilder text)
    {
        foreach (var (labels, value) in _values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            WriteSample(text, Name, labels, value);
        }
    }
}
