using System.Diagnostics;

namespace Streaming.RegistryServer.Tests;

/// <summary>A registry in a process of its own.</summary>
internal sealed class RegistryProcess : IDisposable
{
    private readonly Process process;

    private RegistryProcess(Process process, string url)
    {
        this.process = process;
        Http = new HttpClient { BaseAddress = new Uri(url + "/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public HttpClient Http { get; }

    public static async Task<RegistryProcess> StartAsync(string directory)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) != "dotnet")
        {
            start.FileName = "dotnet";
        }

        start.ArgumentList.Add(typeof(RegistryProcess).Assembly.Location);
        start.ArgumentList.Add(directory);
        var process = Process.Start(start)!;
        var url = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new RegistryProcess(process, url ?? throw new InvalidOperationException("The registry did not start."));
    }

    /// <summary>Ends the process as a power cut would, as far as a process can see.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
        Http.Dispose();
    }
}
