using System.Diagnostics;
using System.Globalization;

namespace Streaming.RegistryServer.Tests;

/// <summary>The real registry beside the project, where it is present.</summary>
internal sealed class PeerRegistry : IAsyncDisposable
{
    private readonly string script;
    private readonly Dictionary<string, string> environment;
    private readonly DirectoryInfo folder;

    private PeerRegistry(string script, int port)
    {
        this.script = script;
        folder = Directory.CreateTempSubdirectory("registry-peer-");
        environment = new()
        {
            ["REGISTRY_DIR"] = folder.FullName,
            ["REGISTRY_PORT"] = port.ToString(CultureInfo.InvariantCulture),
        };
        Http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public static async Task<PeerRegistry> StartOrSkipAsync(int port)
    {
        var script = Path.Combine(Shared.Folder, "registry", "registry");
        Skip.IfNot(File.Exists(script), "The peer registry is not here (../shared/registry).");
        var peer = new PeerRegistry(script, port);
        try
        {
            await peer.RunAsync("start");
            peer.Http.BaseAddress = new Uri((await peer.RunAsync("url")).Trim() + "/");
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await RunAsync("stop");
        folder.Delete(recursive: true);
    }

    private async Task<string> RunAsync(string command)
    {
        var start = new ProcessStartInfo(script, command) { RedirectStandardOutput = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        // Only "url" is read to its end: the server that "start" leaves behind holds the pipe.
        var output = command == "url" ? await process.StandardOutput.ReadToEndAsync() : "";
        await process.WaitForExitAsync();
        return output;
    }
}
