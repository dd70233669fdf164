using System.Globalization;

namespace Streaming.Host.Queries;

/// <summary>Durations as people write them in a query: <c>500ms</c>, <c>5s</c>, <c>2m</c>; a bare number counts seconds.</summary>
internal static class Duration
{
    public static TimeSpan? Parse(string? text, TimeSpan absent)
    {
        if (string.IsNullOrEmpty(text))
        {
            return absent;
        }

        var (digits, unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], TimeSpan.FromMilliseconds(1)),
            _ when text.EndsWith('s') => (text[..^1], TimeSpan.FromSeconds(1)),
            _ when text.EndsWith('m') => (text[..^1], TimeSpan.FromMinutes(1)),
            _ => (text, TimeSpan.FromSeconds(1)),
        };
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? unit * count : null;
    }
}
