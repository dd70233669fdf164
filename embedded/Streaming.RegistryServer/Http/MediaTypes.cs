using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Http;

/// <summary>The media types that the registry speaks.</summary>
internal static class MediaTypes
{
    private static readonly string[] Answers =
        [RegistryJson.MediaType, "application/vnd.schemaregistry+json", "application/json"];

    private static readonly string[] Bodies = [.. Answers, "application/octet-stream"];

    /// <summary>The type to answer in, or null where the client accepts none.</summary>
    public static string? Choose(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept))
        {
            return Answers[0];
        }

        if (!MediaTypeHeaderValue.TryParseList(accept.ToArray()!, out var ranges))
        {
            return null;
        }

        // The client's weights come first, then the more specific range, then the order in which we list ours.
        return ranges
            .Where(range => range.Quality is not 0)
            .SelectMany(range => Answers
                .Where(answer => IsIn(range, answer))
                .Select(answer => (Answer: answer, Quality: range.Quality ?? 1, Rank: Rank(range))))
            .OrderByDescending(choice => choice.Quality)
            .ThenByDescending(choice => choice.Rank)
            .Select(choice => choice.Answer)
            .FirstOrDefault();
    }

    /// <summary>The encoding of a body of this type; null where the type is not ours.</summary>
    public static System.Text.Encoding? EncodingOf(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return System.Text.Encoding.UTF8;
        }

        return MediaTypeHeaderValue.TryParse(contentType, out var type)
               && Bodies.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase)
            ? type.Charset.HasValue ? type.Encoding : System.Text.Encoding.UTF8
            : null;
    }

    private static int Rank(MediaTypeHeaderValue range) =>
        range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;

    // Not MediaTypeHeaderValue.IsSubsetOf, for which every "+json" lies in "application/json".
    private static bool IsIn(MediaTypeHeaderValue range, string answer) =>
        range.MatchesAllTypes
        || (range.MatchesAllSubTypes
            ? range.Type.Equals("application", StringComparison.OrdinalIgnoreCase)
            : range.MediaType.Equals(answer, StringComparison.OrdinalIgnoreCase));
}
