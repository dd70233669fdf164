using System.Globalization;

namespace Streaming.Host.Intake;

/// <summary>The headers by which a client says what it expects and how long it will wait.</summary>
internal static class Preconditions
{
    private const int LongestWaitSeconds = 60;

    /// <summary><c>If-Match: "n"</c>: the version that the aggregate must have (RFC 9110 section 13.1.1); <c>*</c> is any.</summary>
    public static long? ExpectedVersion(HttpRequest request)
    {
        var text = request.Headers.IfMatch.ToString();
        if (text.Length == 0 || text == "*")
        {
            return null;
        }

        return text.Length > 2 && text[0] == '"' && text[^1] == '"'
            && long.TryParse(text[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw new BadHttpRequestException("If-Match must be a version in double quotes, as \"3\"");
    }

    /// <summary><c>Prefer: wait=N</c> (RFC 7240 section 4.3): seconds to wait for the outcome; null = do not wait.</summary>
    public static TimeSpan? Wait(HttpRequest request)
    {
        foreach (var preference in request.Headers["Prefer"].SelectMany(v => (v ?? "").Split(',', ';')))
        {
            var parts = preference.Split('=', 2, StringSplitOptions.TrimEntries);
            // A preference that cannot be honoured is ignored, as the RFC asks.
            if (parts.Length == 2 && parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return TimeSpan.FromSeconds(Math.Min(seconds, LongestWaitSeconds));
            }
        }

        return null;
    }
}
