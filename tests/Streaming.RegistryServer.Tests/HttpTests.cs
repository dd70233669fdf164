using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Streaming.RegistryServer.Tests;

public sealed class HttpTests
{
    private const string V1 = "application/vnd.schemaregistry.v1+json";

    [Theory]
    [InlineData(null, V1)]
    [InlineData("*/*", V1)]
    [InlineData("application/*", V1)]
    [InlineData("application/json", "application/json")]
    [InlineData("application/vnd.schemaregistry+json, application/json; q=0.5", "application/vnd.schemaregistry+json")]
    [InlineData("application/json;q=0.9, application/vnd.schemaregistry.v1+json;q=0.1", "application/json")]
    [InlineData("text/plain, */*;q=0.1", V1)]
    public async Task Answers_come_in_the_best_type_the_client_accepts(string? accept, string expected)
    {
        await using var registry = await TestRegistry.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "subjects");
        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        using var response = await registry.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(expected, response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json;q=0")]
    public async Task A_client_that_accepts_none_of_ours_gets_406(string accept)
    {
        await using var registry = await TestRegistry.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "subjects");
        request.Headers.Accept.ParseAdd(accept);
        using var response = await registry.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Equal("HTTP 406 Not Acceptable", (string)(await response.JsonAsync())["message"]!);
    }

    [Theory]
    [InlineData("application/vnd.schemaregistry.v1+json", "utf-8", 200)]
    [InlineData("application/vnd.schemaregistry+json", null, 200)]
    [InlineData("application/json", "utf-16", 200)]
    [InlineData("application/octet-stream", null, 200)]
    [InlineData(null, null, 200)]
    [InlineData("text/html", null, 415)]
    public async Task Bodies_come_in_any_of_our_types_and_encodings(string? type, string? charset, int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        var encoding = charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset);
        using var content = new ByteArrayContent(encoding.GetBytes("""{"schema":"\"string\""}"""));
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type) { CharSet = charset };
        using var response = await registry.Http.PostAsync("subjects/s/versions", content);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_body_or_schema_that_is_too_large_is_refused_as_invalid_input()
    {
        await using var registry = await TestRegistry.StartAsync(
            new RegistryServerOptions { MaxBodyBytes = 10_000, MaxSchemaLength = 1_000 });
        foreach (var length in new[] { 2_000, 20_000 })
        {
            using var response = await registry.Http.PostAsync(
                "subjects/s/versions", RegistryCalls.Body($"\"{new string('s', length)}\""));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
            Assert.Equal(42209, (int)(await response.JsonAsync())["error_code"]!);
        }

        Assert.Equal((1, 1), await registry.Http.RegisterAsync("s", "\"string\""));
    }

    [Fact]
    public async Task A_schema_nested_without_end_is_refused_and_the_registry_lives_on()
    {
        await using var registry = await TestRegistry.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 30_000))
                   + "\"int\"" + new string('}', 30_000);
        using var response = await registry.Http.PostAsync("subjects/s/versions", RegistryCalls.Body(deep));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal(42201, (int)(await response.JsonAsync())["error_code"]!);
        Assert.Equal((1, 1), await registry.Http.RegisterAsync("s", "\"string\""));
    }

    [Fact]
    public async Task More_references_than_allowed_are_refused()
    {
        await using var registry = await TestRegistry.StartAsync(new RegistryServerOptions { MaxReferences = 2 });
        for (var i = 0; i < 3; i++)
        {
            await registry.Http.RegisterAsync($"r{i}", $$"""{"type":"record","name":"R{{i}}","fields":[]}""");
        }

        using var body = new StringContent(
            """
            {"schema":"[\"R0\",\"R1\",\"R2\"]","references":[{"name":"R0","subject":"r0","version":1},
            {"name":"R1","subject":"r1","version":1},{"name":"R2","subject":"r2","version":1}]}
            """,
            null, "application/json");
        using var response = await registry.Http.PostAsync("subjects/s/versions", body);
        Assert.Equal(42209, (int)(await response.JsonAsync())["error_code"]!);
    }

    [Fact]
    public async Task With_users_configured_only_they_come_in()
    {
        await using var registry = await TestRegistry.StartAsync(new RegistryServerOptions
        {
            Users = new Dictionary<string, string> { ["ann"] = "pässword:1", ["bob"] = "2" },
        });
        foreach (var (header, status) in new[]
                 {
                     ((string?)null, 401), ("Basic " + Base64("ann:pässword:1"), 200), ("basic " + Base64("bob:2"), 200),
                     ("Basic " + Base64("bob:1"), 401), ("Basic " + Base64("bob"), 401), ("Basic !", 401),
                     ("Bearer x", 401),
                 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "subjects");
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", header);
            }

            using var response = await registry.Http.SendAsync(request);
            Assert.True(status == (int)response.StatusCode, $"{header}: {response.StatusCode}");
            Assert.Equal(status == 401, response.Headers.WwwAuthenticate.Count == 1);
        }

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public async Task Confluent_8_answers_tell_type_guid_and_the_whole_registration()
    {
        await using var registry = await TestRegistry.StartAsync(
            new RegistryServerOptions { Profile = RegistryProfile.Confluent8 });
        using var response = await registry.Http.PostAsync("subjects/s/versions", RegistryCalls.Body("\"string\""));
        Assert.Equal(
            """{"subject":"s","version":1,"id":1,"guid":"095d71cf-1255-6b9d-5e33-0ad575b3df5d","schema":"\"string\"","schemaType":"AVRO"}""",
            await response.Content.ReadAsStringAsync());
        using var conflict = await registry.Http.PostAsync("subjects/s/versions", RegistryCalls.Body("\"int\""));
        Assert.Equal(409, (int)conflict.StatusCode);
        Assert.Equal(40901, (int)(await conflict.JsonAsync())["error_code"]!);
    }
}
