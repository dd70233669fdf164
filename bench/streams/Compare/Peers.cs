using System.Text.Json;

namespace Streaming.Streams.Bench.Compare;

/// <summary>
/// The programs that are compared, on one Apache Kafka: this engine, Java Kafka Streams, and the loops over the bare
/// client that are the floor. All take key=value arguments and print a line of JSON a run.
/// </summary>
internal sealed class Peers : IAsyncDisposable
{
    private readonly string _kafka;
    private readonly string _java;
    private readonly string _floor;
    private readonly string _folder;
    private readonly Dictionary<string, string> _kafkaPlace;

    private Peers(string shared, string folder, int port)
    {
        (_kafka, _java, _floor, _folder) = (Path.Combine(shared, "kafka", "kafka"), Path.Combine(shared, "peers", "kafka-streams", "bench"), Path.Combine(folder, "floor", "bin", "floor"), folder);
        _kafkaPlace = new() { ["KAFKA_DIR"] = Path.Combine(folder, "kafka"), ["KAFKA_PORT"] = $"{port}" };
        Bootstrap = $"127.0.0.1:{port}";
    }

    public string Bootstrap { get; }

    /// <summary>Starts Kafka and builds the floor.</summary>
    /// <param name="shared">The folder that holds kafka/ and peers/.</param>
    public static async Task<Peers> StartAsync(string shared, int port)
    {
        var peers = new Peers(shared, Directory.CreateTempSubdirectory("streams-compare-").FullName, port);
        try
        {
            await Commands.RunAsync(peers._kafka, ["start"], peers._kafkaPlace);
            await peers.BuildFloorAsync(Path.Combine(shared, "peers", "floor"));
            return peers;
        }
        catch
        {
            await peers.DisposeAsync();
            throw;
        }
    }

    public Task LoadAsync(params string[] arguments) => Commands.RunAsync(_java, ["load", $"bootstrap={Bootstrap}", .. arguments]);

    public Task<List<Measured>> JavaAsync(IEnumerable<string> arguments) => MeasureAsync(_java, ["run", .. arguments]);

    public Task<List<Measured>> OursAsync(IEnumerable<string> arguments) => MeasureAsync(Environment.ProcessPath!, ["run", .. arguments]);

    /// <param name="loop">read, copy (at least once) or eos (a transaction each 100 ms), through the client's batch calls.</param>
    public async Task<Measured> FloorAsync(string loop, string topic) => (await MeasureAsync(_floor, [loop, "batch", $"topic={topic}"]))[0];

    /// <summary>Latencies through an engine that serves the map topology.</summary>
    public async Task<Latencies> ProbeAsync(bool java)
    {
        string[] serve = ["serve", $"bootstrap={Bootstrap}", "topology=map"];
        await using var engine = await Commands.ServeAsync(java ? _java : Environment.ProcessPath!, serve, "RUNNING");
        var line = await Commands.RunAsync(_java, ["probe", $"bootstrap={Bootstrap}", "rate=2000", "seconds=15"]);
        return JsonSerializer.Deserialize<Latencies>(line, JsonSerializerOptions.Web)!;
    }

    private async Task<List<Measured>> MeasureAsync(string program, IEnumerable<string> arguments)
    {
        var output = await Commands.RunAsync(program, [.. arguments, $"bootstrap={Bootstrap}"]);
        return [.. output.Split('\n').Where(l => l.StartsWith('{')).Select(l => JsonSerializer.Deserialize<Measured>(l, JsonSerializerOptions.Web)!)];
    }

    private async Task BuildFloorAsync(string sources)
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given ? given : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var client = Directory.GetFiles(Path.Combine(cache, "streaming", "librdkafka"), "librdkafka.so", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        var copy = Path.Combine(_folder, "floor");
        await Commands.RunAsync("cp", ["-rL", sources, copy]); // it is built in its own folder, which may be read-only
        await Commands.RunAsync("chmod", ["-R", "u+w", copy]);
        await Commands.RunAsync("dotnet", ["build", "-c", "Release", $"-p:Librdkafka={client}", "-o", Path.Combine(copy, "bin"), copy]);
    }

    public async ValueTask DisposeAsync()
    {
        await Commands.RunAsync(_kafka, ["stop"], _kafkaPlace, mayFail: true);
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>What a run printed; what a program does not say is 0.</summary>
internal sealed record Measured(double RecordsPerSecond, double CpuMicrosPerRecord, long AllocatedBytesPerRecord);

internal sealed record Latencies(int Sent, int Seen, int P50Ms, int P90Ms, int P99Ms, int MaxMs);
