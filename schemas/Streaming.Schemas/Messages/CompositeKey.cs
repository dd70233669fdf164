using System.Text;

namespace Streaming.Schemas;

/// <summary>
/// Store keys and names of several parts as one text: <c>part/part</c>, with <c>/</c> and <c>%</c> inside a part
/// percent-encoded. Two lists of parts never make the same text, and the keys that share their first parts are neighbours.
/// </summary>
public static class CompositeKey
{
    /// <summary>The parts as one key.</summary>
    public static string Join(params ReadOnlySpan<string> parts)
    {
        var key = new StringBuilder();
        for (var i = 0; i < parts.Length; i++)
            key.Append(i == 0 ? "" : "/").Append(Escape(parts[i]));
        return key.ToString();
    }

    /// <summary>The parts of a key that <see cref="Join"/> made.</summary>
    public static string[] Split(string key)
    {
        var parts = key.Split('/');
        for (var i = 0; i < parts.Length; i++)
            parts[i] = Unescape(parts[i]);
        return parts;
    }

    /// <summary>The first part of a key.</summary>
    public static string First(string key)
    {
        var end = key.IndexOf('/', StringComparison.Ordinal);
        return Unescape(end < 0 ? key : key[..end]);
    }

    /// <summary>The inclusive range of all keys that begin with these parts and have more.</summary>
    public static (string From, string To) Under(params ReadOnlySpan<string> parts)
    {
        var prefix = Join(parts);
        // '0' follows '/': no key with more parts lies beyond.
        return (prefix + "/", prefix + "0");
    }

    private static string Escape(string part) => part.AsSpan().ContainsAny('/', '%')
        ? part.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal)
        : part;

    private static string Unescape(string part) => part.Contains('%', StringComparison.Ordinal)
        ? part.Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal)
        : part;
}
