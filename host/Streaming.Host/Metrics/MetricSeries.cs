using System.Globalization;
using System.Text;

namespace Streaming.Host.Metrics;

/// <summary>One instrument's values by label set, as Prometheus' text format (version 0.0.4) wants them.</summary>
internal abstract class MetricSeries(string name, string help, string type)
{
    protected string Name { get; } = name;

    public void WriteTo(StringBuilder text, bool heading)
    {
        if (heading)
        {
            WriteHeading(text);
        }

        WriteSamples(text);
    }

    private void WriteHeading(StringBuilder text)
    {
        text.Append("# HELP ").Append(Name).Append(' ').Append(help.Replace("\n", " ", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(type).Append('\n');
    }

    protected abstract void WriteSamples(StringBuilder text);

    protected static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Labels in their order of appearance, values escaped as the text format demands.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length > 0 ? "," : "").Append(PrometheusName.Of(key)).Append("=\"");
            foreach (var c in Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
            {
                text.Append(c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", _ => c.ToString() });
            }

            text.Append('"');
        }

        return text.ToString();
    }
}
