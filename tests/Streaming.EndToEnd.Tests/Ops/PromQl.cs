using System.Text.RegularExpressions;

namespace Streaming.EndToEnd.Tests.Ops;

/// <summary>The metrics that an expression names.</summary>
internal static partial class PromQl
{
    private static readonly HashSet<string> _keywords =
        ["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right", "inf", "nan"];

    public static IEnumerable<string> Metrics(string expression)
    {
        if (LabelValues().Match(expression) is { Success: true } query)
        {
            expression = query.Groups[1].Value;
        }

        var bare = Noise().Replace(expression, " ");
        return Name().Matches(bare)
            .Select(match => match.Value)
            .Where(name => !_keywords.Contains(name.ToLowerInvariant()))
            .Distinct();
    }

    // Grafana's label_values(metric{…}, label).
    [GeneratedRegex(@"^label_values\((.*),\s*\w+\)$")]
    private static partial Regex LabelValues();

    // Strings and matchers, ranges, and the label lists of aggregations and joins.
    [GeneratedRegex("""
        \{[^}]*\} | "[^"]*" | \[[^\]]*\] | \b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Noise();

    [GeneratedRegex(@"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])")]
    private static partial Regex Name();
}
