using System.Diagnostics.Metrics;

namespace Streaming.Host.Metrics;

/// <summary>Metric and label names by Prometheus' conventions from those of System.Diagnostics.Metrics (dots, units).</summary>
internal static class PrometheusName
{
    /// <summary>An instrument that keeps its histogram itself reports its parts under their final names.</summary>
    private static readonly string[] _partsOfHistograms = ["_bucket", "_sum", "_count"];

    public static string Of(string name) =>
        string.Create(name.Length, name, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(source[i]) || source[i] is '_' or ':' ? source[i] : '_';
            }
        });

    /// <summary>The instrument's name with its unit's suffix (<c>s</c>, <c>By</c>) and <c>_total</c> for counters.</summary>
    public static string Of(Instrument instrument)
    {
        var name = Of(instrument.Name);
        if (_partsOfHistograms.Any(part => name.EndsWith(part, StringComparison.Ordinal)))
        {
            return name;
        }

        var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        var isCounter = IsCounter(instrument);
        if (isCounter && name.EndsWith("_total", StringComparison.Ordinal))
        {
            name = name[..^"_total".Length];
        }

        if (unit.Length > 0 && !name.EndsWith(unit, StringComparison.Ordinal))
        {
            name += unit;
        }

        return isCounter ? name + "_total" : name;
    }

    public static bool IsCounter(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>);
    }

    public static bool IsHistogram(Instrument instrument) =>
        instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>);
}
