using System.Diagnostics;
using System.Globalization;

namespace Streaming.Broker.Bench;

/// <summary>A broker in a process of its own: this one, or Apache Kafka.</summary>
internal sealed class Peer
{
    private readonly Func<Task> _stop;
    private readonly int _pid;

    private Peer(string name, int port, int pid, TimeSpan startUp, Func<Task> stop)
    {
        Name = name;
        Port = port;
        StartUp = startUp;
        _pid = pid;
        _stop = stop;
    }

    public string Name { get; }

    public int Port { get; }

    public string Servers => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>From the start of its process to when clients can connect.</summary>
    public TimeSpan StartUp { get; }

    public ProcessFigures Figures() => ProcessFigures.Of(_pid);

    public double ResidentMegabytes() => Figures().ResidentBytes / 1048576.0;

    public Task StopAsync() => _stop();

    /// <param name="settings">Lines for its server.properties.</param>
    public static async Task<Peer> StartKafkaAsync(string script, string folder, int port, string settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["KAFKA_DIR"] = folder,
            ["KAFKA_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["KAFKA_EXTRA"] = settings,
        };
        Task Stop() => ExternalTool.RunAsync(script, "stop", environment);
        try
        {
            await ExternalTool.RunAsync(script, "start", environment); // also formats its folder, which no later start does
            await Stop();
            var watch = Stopwatch.StartNew();
            await ExternalTool.RunAsync(script, "start", environment);
            var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "broker-1.pid")), CultureInfo.InvariantCulture);
            return new Peer("Apache Kafka", port, pid, watch.Elapsed, Stop);
        }
        catch
        {
            await Stop();
            throw;
        }
    }

    /// <summary>Starts this program's <c>serve</c>; what it prints afterwards goes to <paramref name="onLine"/>.</summary>
    public static async Task<Peer> StartOwnAsync(string folder, string fsync, int port, Action<string>? onLine = null, params string[] more)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        string[] arguments = [typeof(Peer).Assembly.Location, "serve", "--data", folder, "--port", port.ToString(CultureInfo.InvariantCulture), "--fsync", fsync, .. more];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        async Task Stop()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                _ = DrainAsync(process.StandardOutput, onLine ?? (_ => { }));
                return new Peer($"this, fsync {fsync}", port, process.Id, watch.Elapsed, Stop);
            }
        }

        await Stop();
        throw new InvalidOperationException("the broker did not start");
    }

    private static async Task DrainAsync(StreamReader output, Action<string> onLine)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            onLine(line);
        }
    }
}

/// <summary>What the kernel says of a process.</summary>
internal readonly record struct ProcessFigures(long ResidentBytes, int OpenFiles)
{
    public static ProcessFigures Of(int pid)
    {
        return new ProcessFigures(Number(pid, "status", "VmRSS:") * 1024, Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Count());
    }

    /// <summary>The number after a name in a file of proc(5), without its unit.</summary>
    public static long Number(int pid, string file, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/{file}").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
