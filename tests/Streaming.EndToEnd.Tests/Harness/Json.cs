using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Streaming.EndToEnd.Tests.Harness;

internal sealed record Answer(HttpStatusCode Status, HttpResponseMessage Response, JsonNode? Body, string Text)
{
    public JsonNode this[string name] => Body?[name] ?? throw new Xunit.Sdk.XunitException($"no `{name}` in {this}");

    public string? Location => Response.Headers.Location?.ToString();

    public Answer MustBe(int status)
    {
        if ((int)Status != status)
        {
            throw new Xunit.Sdk.XunitException($"expected {status}, got {this}");
        }

        return this;
    }

    public override string ToString() =>
        $"{(int)Status} of {Response.RequestMessage?.Method} {Response.RequestMessage?.RequestUri?.PathAndQuery}: {Text}";
}

internal static class JsonHttp
{
    public static Task<Answer> AskAsync(this HttpClient http, string path) => SendAsync(http, HttpMethod.Get, path);

    public static Task<Answer> PostAsync(this HttpClient http, string path, JsonNode? body, params (string Name, string Value)[] headers) =>
        SendAsync(http, HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), headers);

    public static Task<Answer> PostTextAsync(this HttpClient http, string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync(http, HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, "application/json"), headers);

    public static Task<Answer> RemoveAsync(this HttpClient http, string path, params (string Name, string Value)[] headers) =>
        SendAsync(http, HttpMethod.Delete, path, null, headers);

    private static async Task<Answer> SendAsync(
        HttpClient http, HttpMethod method, string path, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return new(response.StatusCode, response, isJson && text.Length > 0 ? JsonNode.Parse(text) : null, text);
    }

    public static long Long(this JsonNode node) => node.GetValue<long>();

    public static string Text(this JsonNode node) => node.GetValue<string>();

    public static IEnumerable<JsonNode> Items(this JsonNode node) => node.AsArray().Select(item => item!);

    /// <summary>The partitions that a list or a total says it holds and lacks.</summary>
    public static (int[] Answered, int[] Missing) Partitions(this Answer answer)
    {
        var partitions = answer["partitions"];
        return (Numbers("answered"), Numbers("missing"));

        int[] Numbers(string name) => [.. (partitions[name] ?? throw new Xunit.Sdk.XunitException($"no `{name}` in {answer}"))
            .Items().Select(item => item.GetValue<int>()).Order()];
    }
}
