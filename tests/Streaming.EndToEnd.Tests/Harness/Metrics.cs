using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.EndToEnd.Tests.Harness;

internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Prometheus' text format, read strictly: a line that is none of it fails the test.</summary>
internal static partial class Metrics
{
    public static IReadOnlyList<Sample> Parse(string text) =>
        [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(ParseSample)];

    /// <summary>The names that are announced, with those that a histogram's series bear.</summary>
    public static ISet<string> Names(string text)
    {
        var names = Parse(text).Select(sample => sample.Name).ToHashSet();
        foreach (Match type in Type().Matches(text))
        {
            names.Add(type.Groups["name"].Value);
            if (type.Groups["type"].Value == "histogram")
            {
                names.UnionWith(((string[])["_bucket", "_count", "_sum"]).Select(part => type.Groups["name"].Value + part));
            }
        }
        return names;
    }

    private static Sample ParseSample(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, $"not Prometheus text: {line}");
        var labels = Label().Matches(match.Groups["labels"].Value)
            .ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value);
        var value = match.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var number => double.Parse(number, CultureInfo.InvariantCulture),
        };
        return new(match.Groups["metric"].Value, labels, value);
    }

    [GeneratedRegex("""^(?<metric>[a-zA-Z_:][\w:]*)(\{(?<labels>([a-zA-Z_]\w*="([^"\\]|\\.)*",?)*)\})? (?<value>\S+)( \d+)?$""")]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>[a-zA-Z_]\w*)="(?<value>([^"\\]|\\.)*)"(,|$)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"^# TYPE (?<name>\S+) (?<type>\S+)$", RegexOptions.Multiline)]
    private static partial Regex Type();
}
