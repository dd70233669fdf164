using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.RegistryServer.Tests;

/// <summary>Short ways to say requests.</summary>
internal static class RegistryCalls
{
    public static string RecordWith(string field) =>
        $$"""{"type":"record","name":"R","fields":[{"name":"{{field}}","type":"int","default":0}]}""";

    public static HttpContent Body(string schema) =>
        new StringContent(JsonSerializer.Serialize(new { schema }), Encoding.UTF8, "application/json");

    public static async Task<(int Id, int Version)> RegisterAsync(this HttpClient http, string subject, string schema)
    {
        using var response = await http.PostAsync($"subjects/{subject}/versions", Body(schema));
        var json = await response.JsonAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, json.ToJsonString());
        return ((int)json["id"]!, (int)json["version"]!);
    }

    public static async Task<JsonNode> GetJsonAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return await response.JsonAsync();
    }

    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    public static async Task SetLevelAsync(this HttpClient http, string level)
    {
        using var content = new StringContent(
            $$"""{"compatibility":"{{level}}"}""", Encoding.UTF8, "application/json");
        using var response = await http.PutAsync("config", content);
        response.EnsureSuccessStatusCode();
    }
}
