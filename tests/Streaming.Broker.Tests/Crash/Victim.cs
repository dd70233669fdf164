using System.Diagnostics;
using System.Globalization;
using Streaming.Broker.Log;

namespace Streaming.Broker.Tests.Crash;

/// <summary>A broker that can be killed and started again on what it left behind.</summary>
internal interface IVictim : IAsyncDisposable
{
    int Port { get; }

    Task StartAsync();

    Task KillAsync();
}

/// <summary>A broker in a process of its own, ended by SIGKILL.</summary>
internal sealed class ProcessVictim(string directory, FsyncMode fsync) : IVictim
{
    private Process? _process;

    public int Port { get; private set; }

    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Streaming.Broker.Bench.dll");
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                program, "serve", "--data", directory, "--port", Port.ToString(CultureInfo.InvariantCulture), "--fsync", fsync.ToString(),
                "--segment-bytes", "65536", "--compaction-interval-ms", "50", "--journal-bytes", "200000",
            },
        };
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                Port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        throw new InvalidOperationException("the broker did not start");
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        Directory.Delete(directory, recursive: true);
    }
}

/// <summary>A broker in this process on a disk that forgets what was not flushed.</summary>
internal sealed class PowerLossVictim(string directory, int seed) : IVictim
{
    /// <summary>None, one that is full after a few rounds, and one that a life does not fill.</summary>
    private static readonly long[] JournalSizes = [50_000, 0, 300_000, 64 << 20];

    private ForgetfulFileLayer? _files;
    private KafkaBroker? _broker;
    private int _round;

    public int Port { get; private set; }

    public async Task StartAsync()
    {
        _files = new ForgetfulFileLayer(seed + _round);
        var options = new BrokerOptions
        {
            Port = Port,
            DataDirectory = directory,
            JournalBytes = JournalSizes[_round++ % JournalSizes.Length],
            TopicDefaults = new Dictionary<string, string> { ["segment.bytes"] = "65536" },
            CompactionCheckInterval = TimeSpan.FromMilliseconds(50),
            ShutdownTimeout = TimeSpan.FromSeconds(1),
        };
        _broker = await KafkaBroker.StartAsync(options, _files, TimeProvider.System, null, default);
        Port = _broker.Port;
    }

    public async Task KillAsync()
    {
        _files!.Crash();
        await _broker!.DisposeAsync();
        _broker = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }
}
