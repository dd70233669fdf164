using System.Net;
using System.Net.Sockets;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Confluent.SchemaRegistry;
using Streaming.RegistryServer;

namespace Streaming.SchemaRegistry.Tests;

public sealed class ClientTests
{
    private const string Text = "\"string\"";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_call_says_the_same_over_http_and_in_memory(bool inMemory)
    {
        await using var registry = await StartAsync();
        using var client = inMemory ? TestData.NewMock() : TestData.Client(registry.Url);
        var schema = new Schema("""{"type":"record","name":"R","fields":[]}""", SchemaType.Avro);
        var registered = await client.RegisterSchemaWithResponseAsync("a/b", schema);
        Assert.Equal(("a/b", 1, 1), (registered.Subject, registered.Version, registered.Id));
        Assert.Equal(1, await client.RegisterSchemaAsync("a/b", schema.SchemaString));
        Assert.Equal(1, await client.GetSchemaIdAsync("a/b", schema));
        Assert.Equal(schema, await client.GetSchemaAsync(1));
        Assert.Equal(schema, await client.GetSchemaBySubjectAndIdAsync("a/b", 1));
        Assert.Equal(schema.SchemaString, await client.GetSchemaAsync("a/b", 1));
        var looked = await client.LookupSchemaAsync("a/b", schema, true);
        Assert.Equal(("a/b", 1, 1), (looked.Subject, looked.Version, looked.Id));
        Assert.Equal(1, (await client.GetLatestSchemaAsync("a/b")).Version);
        Assert.Equal(["a/b"], await client.GetAllSubjectsAsync());
        Assert.Equal([1], await client.GetSubjectVersionsAsync("a/b"));
        Assert.False(await client.IsCompatibleAsync("a/b", Text));
        Assert.Equal(Compatibility.Backward, await client.GetCompatibilityAsync());
        Assert.Equal(Compatibility.Backward, await client.GetCompatibilityAsync("a/b"));
        Assert.Equal(Compatibility.None, await client.UpdateCompatibilityAsync(Compatibility.None, "a/b"));
        Assert.Equal(Compatibility.None, await client.GetCompatibilityAsync("a/b"));
        Assert.Equal(Compatibility.Backward, await client.GetCompatibilityAsync());
        var guid = new Schema(Text, [], SchemaType.Avro);
        await client.RegisterSchemaAsync("text", guid);
        Assert.Equal(guid, await client.GetSchemaByGuidAsync("095d71cf-1255-6b9d-5e33-0ad575b3df5d"));
        var tagged = new Schema(
            Text, [], SchemaType.Avro, new Metadata(null, new Dictionary<string, string> { ["a"] = "b" }, null), null);
        await client.RegisterSchemaAsync("text", tagged);
        var found = await client.GetLatestWithMetadataAsync(
            "text", new Dictionary<string, string> { ["a"] = "b" }, true);
        Assert.Equal((2, tagged.Metadata), (found.Version, found.Metadata));

        var e = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSchemaAsync(77));
        Assert.Equal((HttpStatusCode.NotFound, 40403), (e.Status, e.ErrorCode));
        Assert.Equal("Schema 77 not found; error code: 40403", e.Message);
    }

    [Fact]
    public async Task Clients_of_one_mock_scope_share_it_and_other_scopes_do_not()
    {
        var scope = $"mock://{Guid.NewGuid()}";
        using (var first = TestData.Client(scope))
        {
            await first.RegisterSchemaAsync("s", Text);
        }

        using var second = TestData.Client(scope);
        using var other = TestData.NewMock();
        Assert.Equal(["s"], await second.GetAllSubjectsAsync());
        Assert.Empty(await other.GetAllSubjectsAsync());
        MockRegistry.Drop(scope);
        using var fresh = TestData.Client(scope);
        Assert.Empty(await fresh.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task A_dead_registry_in_the_list_is_passed_over()
    {
        await using var registry = await StartAsync();
        using var client = TestData.Client($"127.0.0.1:{FreePort()}, {registry.Url}");
        Assert.Equal(1, await client.RegisterSchemaAsync("s", Text));
        Assert.Equal(["s"], await client.GetAllSubjectsAsync());
    }

    [Fact]
    public async Task With_no_registry_there_the_error_names_every_url()
    {
        var (a, b) = (FreePort(), FreePort());
        using var client = TestData.Client($"http://127.0.0.1:{a},http://127.0.0.1:{b}");
        var e = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAllSubjectsAsync());
        Assert.Contains($":{a}", e.Message);
        Assert.Contains($":{b}", e.Message);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task What_may_succeed_later_is_repeated(int status)
    {
        using var server = new ScriptedServer((status, "busy"), (status, "busy"), (200, """["s"]"""));
        using var client = TestData.Client(server.Url);
        Assert.Equal(["s"], await client.GetAllSubjectsAsync());
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task What_cannot_succeed_later_is_not_repeated()
    {
        using var server = new ScriptedServer((422, """{"error_code":42201,"message":"Invalid schema"}"""));
        using var client = TestData.Client(server.Url);
        var e = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.RegisterSchemaAsync("s", Text));
        Assert.Equal(42201, e.ErrorCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task After_the_last_repetition_the_registrys_words_come_through()
    {
        using var server = new ScriptedServer((500, """{"error_code":50001,"message":"disk full"}"""));
        using var client = TestData.Client(server.Url);
        var e = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.RegisterSchemaAsync("s", Text));
        Assert.Equal("disk full; error code: 50001", e.Message);
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("<html>a proxy's page</html>")]
    [InlineData("{\"unexpected\":1}")]
    [InlineData("[1]")]
    public async Task An_answer_that_is_none_is_a_clear_error(string answer)
    {
        using var server = new ScriptedServer((200, answer));
        using var client = TestData.Client(server.Url);
        var e = await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSchemaAsync(1));
        Assert.Equal(50005, e.ErrorCode);
        Assert.Contains("schemas/ids/1", e.Message);
    }

    [Fact]
    public async Task An_id_that_many_wait_for_is_fetched_once_and_a_failure_is_forgotten()
    {
        using var server = new ScriptedServer(
            (404, """{"error_code":40403,"message":"Schema 1 not found"}"""), (200, """{"schema":"\"string\""}"""));
        using var client = TestData.Client(server.Url);
        await Assert.ThrowsAsync<SchemaRegistryException>(() => client.GetSchemaAsync(1));
        using (server.HoldBack())
        {
            var waiting = Enumerable.Range(0, 100).Select(_ => client.GetSchemaAsync(1)).ToArray();
            server.Release();
            Assert.All(await Task.WhenAll(waiting), schema => Assert.Equal(Text, schema.SchemaString));
        }

        await client.GetSchemaAsync(1);
        Assert.Equal(2, server.Requests.Count);
        client.ClearCaches();
        await client.GetSchemaAsync(1);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_base_path_is_kept_and_subjects_are_escaped()
    {
        using var server = new ScriptedServer((200, "[1]"));
        using var client = TestData.Client(server.Url + "/registry/api");
        await client.GetSubjectVersionsAsync("a/b c");
        Assert.Equal("/registry/api/subjects/a%2Fb%20c/versions?deleted=false", server.Requests.Single().Target);
    }

    [Fact]
    public async Task Basic_and_bearer_credentials_are_sent()
    {
        using var server = new ScriptedServer((200, "[]"));
        await AskAsync(new SchemaRegistryConfig { Url = server.Url, BasicAuthUserInfo = "ann:secret" });
        var inherited = new SchemaRegistryConfig
        {
            Url = server.Url, BasicAuthCredentialsSource = AuthCredentialsSource.SaslInherit,
        };
        inherited.Set("sasl.username", "bob");
        inherited.Set("sasl.password", "pw");
        await AskAsync(inherited);
        await AskAsync(new SchemaRegistryConfig { Url = server.Url.Replace("//", "//carl:s%20t@", StringComparison.Ordinal) });
        await AskAsync(new SchemaRegistryConfig
        {
            Url = server.Url,
            BearerAuthCredentialsSource = BearerAuthCredentialsSource.StaticToken,
            BearerAuthToken = "token",
        });
        using (var custom = new CachedSchemaRegistryClient(
                   new SchemaRegistryConfig { Url = server.Url }, new Provider()))
        {
            await custom.GetAllSubjectsAsync();
        }

        Assert.Equal(
            ["Basic YW5uOnNlY3JldA==", "Basic Ym9iOnB3", "Basic Y2FybDpzIHQ=", "Bearer token", "Custom 1"],
            server.Requests.Select(r => r.Authorization));

        static async Task AskAsync(SchemaRegistryConfig config)
        {
            using var client = new CachedSchemaRegistryClient(config);
            Assert.DoesNotContain(client.Config, p => p.Value is "ann:secret" or "pw" or "token" || p.Value.Contains("carl", StringComparison.Ordinal));
            await client.GetAllSubjectsAsync();
        }
    }

    [Theory]
    [InlineData("schema.registry.nonsense", "1")]
    [InlineData("schema.registry.request.timeout.ms", "soon")]
    [InlineData("schema.registry.max.retries", "-1")]
    [InlineData("schema.registry.url", "mock://a,http://b")]
    [InlineData("schema.registry.url", "mock://a,mock://b")]
    [InlineData("schema.registry.url", "ftp://b")]
    [InlineData("schema.registry.url", " , ")]
    [InlineData("schema.registry.basic.auth.credentials.source", "USER_INFO")]
    [InlineData("schema.registry.basic.auth.user.info", "no colon")]
    [InlineData("schema.registry.bearer.auth.credentials.source", "STATIC_TOKEN")]
    public void A_wrong_configuration_is_refused(string key, string value)
    {
        var config = new Dictionary<string, string> { ["schema.registry.url"] = "http://localhost", [key] = value };
        Assert.Throws<ArgumentException>(() => new CachedSchemaRegistryClient(config));
    }

    [Fact]
    public void A_configuration_without_url_is_refused() =>
        Assert.Contains(
            "schema.registry.url",
            Assert.Throws<ArgumentException>(() => new CachedSchemaRegistryClient(new SchemaRegistryConfig())).Message);

    [Fact]
    public async Task A_registrys_certificate_is_checked_against_the_given_authorities_unless_told_otherwise()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=registry", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var server = new ScriptedServer(certificate, (200, """["s"]"""));
        var authorities = Path.GetTempFileName();
        await File.WriteAllTextAsync(authorities, certificate.ExportCertificatePem());

        Assert.Equal(["s"], await AskAsync(new() { SslCaLocation = authorities }));
        Assert.Equal(["s"], await AskAsync(new() { EnableSslCertificateVerification = false }));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(new()));
        File.Delete(authorities);

        async Task<List<string>> AskAsync(SchemaRegistryConfig config)
        {
            config.Url = server.Url;
            config.MaxRetries = 0;
            using var client = new CachedSchemaRegistryClient(config);
            return await client.GetAllSubjectsAsync();
        }
    }

    [Fact]
    public async Task The_latest_version_is_remembered_until_this_client_registers_another()
    {
        using var client = TestData.NewMock();
        await client.UpdateCompatibilityAsync(Compatibility.None);
        await client.RegisterSchemaAsync("s", Text);
        Assert.Equal(1, (await client.GetLatestSchemaAsync("s")).Version);
        await client.RegisterSchemaAsync("s", "\"int\"");
        Assert.Equal(2, (await client.GetLatestSchemaAsync("s")).Version);
    }

    private static Task<RegistryHost> StartAsync() => RegistryHost.StartAsync(new RegistryServerOptions { Port = 0 });

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Provider : IAuthenticationHeaderValueProvider
    {
        public AuthenticationHeaderValue GetAuthenticationHeader() => new("Custom", "1");
    }
}
