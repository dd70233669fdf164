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
        var script = Path.Combine(SharedFolder(), "registry", "registry");
        Skip.IfNot(File.Exists(script), "The peer registry is not here (../shared/registry).");
        var peer = new PeerRegistry(script, port);
        try
        {
            var output = await peer.RunAsync("start");
            var url = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Last(line => line.Contains("http"));
            peer.Http.BaseAddress = new Uri(url[url.IndexOf("http", StringComparison.Ordinal)..].Trim().TrimEnd('/') + "/");
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

    private static string SharedFolder()
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SHARED") is { } given)
        {
            return given;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
            {
                return Path.Combine(folder.FullName, "..", "shared");
            }
        }

        return "shared";
    }

    private async Task<string> RunAsync(string command)
    {
        var start = new ProcessStartInfo(script, command) { RedirectStandardOutput = true };
        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var process = Process.Start(start)!;
        // The server that "start" leaves behind holds the pipe: read what comes until the command itself ends.
        List<string> lines = [];
        process.OutputDataReceived += (_, e) =>
        {
            lock (lines)
            {
                lines.Add(e.Data ?? "");
            }
        };
        process.BeginOutputReadLine();
        while (!process.HasExited)
        {
            await Task.Delay(100);
        }

        lock (lines)
        {
            return string.Join('\n', lines);
        }
    }
}
