using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Streaming.RegistryServer.Tests;

/// <summary>A request and the answer to it, from a transcript file.</summary>
/// <param name="Peer">What the peer says instead: null the same, "any" anything.</param>
internal sealed record Step(int Line, string Method, string Path, string? Body, string Answer, string? Peer);

/// <summary>A scripted conversation with a registry; the file tells its form.</summary>
internal sealed partial class Transcript(HttpClient http, bool isPeer)
{
    private readonly Dictionary<string, string> variables = [];

    public static IReadOnlyList<Step> Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", name));
        List<Step> steps = [];
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
            {
                continue;
            }

            var parts = lines[i].Split(' ', 3);
            var peer = i + 2 < lines.Length && lines[i + 2].StartsWith("peer ", StringComparison.Ordinal)
                ? lines[i + 2]["peer ".Length..]
                : null;
            steps.Add(new Step(i + 1, parts[0], parts[1], parts.ElementAtOrDefault(2), lines[i + 1], peer));
            i += peer is null ? 1 : 2;
        }

        return steps;
    }

    /// <summary>Takes a step; what differs from the transcript comes back in words.</summary>
    public async Task<string?> TakeAsync(Step step)
    {
        using var request = new HttpRequestMessage(new HttpMethod(step.Method), http.BaseAddress + Fill(step.Path)[1..]);
        if (step.Body is not null)
        {
            request.Content = new StringContent(
                step.Body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        }

        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var actual = $"{(int)response.StatusCode} {text}";
        var expected = isPeer && step.Peer is not null ? step.Peer : step.Answer;
        if (expected == "any")
        {
            return null;
        }

        var status = expected[..3];
        var matches = actual.StartsWith(status, StringComparison.Ordinal)
                      && Matches(expected[4..], text, isSubset: isPeer || status[0] != '2');
        return matches ? null : $"line {step.Line}: {step.Method} {step.Path}\n  expected {expected}\n  actual   {actual}";
    }

    private bool Matches(string expected, string actual, bool isSubset)
    {
        var pattern = Variable().Replace(expected, match => variables.GetValueOrDefault(match.Value, $"\"{match.Value}\""));
        try
        {
            return Matches(JsonNode.Parse(pattern), JsonNode.Parse(actual), isSubset);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private bool Matches(JsonNode? expected, JsonNode? actual, bool isSubset)
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject given):
                return (isSubset || wanted.Count == given.Count)
                       && wanted.All(member => given.TryGetPropertyValue(member.Key, out var value)
                                               && Matches(member.Value, value, isSubset));
            case (JsonArray wanted, JsonArray given):
                return wanted.Count == given.Count
                       && wanted.Zip(given).All(pair => Matches(pair.First, pair.Second, isSubset));
            case (JsonValue wanted, JsonValue given)
                when wanted.TryGetValue<string>(out var name) && name.StartsWith('$'):
                if (!given.TryGetValue<int>(out var number))
                {
                    return false;
                }

                variables[name] = number.ToString(CultureInfo.InvariantCulture);
                return true;
            default:
                return JsonNode.DeepEquals(expected, actual);
        }
    }

    private string Fill(string text) =>
        Variable().Replace(text, match => variables.GetValueOrDefault(match.Value, match.Value));

    [GeneratedRegex(@"\$[a-z]+[0-9]*")]
    private static partial Regex Variable();
}
