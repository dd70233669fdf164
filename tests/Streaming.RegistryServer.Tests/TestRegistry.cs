namespace Streaming.RegistryServer.Tests;

/// <summary>A registry on a folder of its own, and a client for it.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly DirectoryInfo? owned;

    private TestRegistry(RegistryHost host, DirectoryInfo? owned)
    {
        Host = host;
        this.owned = owned;
        Http = new HttpClient { BaseAddress = new Uri(host.Url + "/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public RegistryHost Host { get; }

    public HttpClient Http { get; }

    public static async Task<TestRegistry> StartAsync(RegistryServerOptions? options = null)
    {
        options ??= new RegistryServerOptions();
        var owned = options.DataDirectory is null ? Directory.CreateTempSubdirectory("registry-test-") : null;
        options = options with { Port = 0, DataDirectory = options.DataDirectory ?? owned!.FullName };
        return new TestRegistry(await RegistryHost.StartAsync(options), owned);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        owned?.Delete(recursive: true);
    }
}
