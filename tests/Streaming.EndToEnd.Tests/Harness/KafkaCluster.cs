using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>Apache Kafka from the folder beside the project, one broker with a data folder of its own.</summary>
internal sealed class KafkaCluster : IAsyncDisposable
{
    private readonly string _folder = Repository.NewFolder("kafka");
    private readonly int _port = Ports.FreePair();

    public static string Program => Path.Combine(Repository.Shared, "kafka", "kafka");

    public string BootstrapServers => $"127.0.0.1:{_port}";

    public static async Task<KafkaCluster> StartAsync()
    {
        var cluster = new KafkaCluster();
        (await cluster.RunAsync("start")).MustSucceed();
        return cluster;
    }

    /// <summary>The broker is there and answers nothing, as after a network failure.</summary>
    public void Freeze() => Signals.Freeze(ProcessId);

    public void Thaw() => Signals.Thaw(ProcessId);

    public async ValueTask DisposeAsync() => await RunAsync("wipe");

    private int ProcessId =>
        int.Parse(File.ReadAllText(Path.Combine(_folder, "broker-1.pid")), CultureInfo.InvariantCulture);

    private Task<ToolResult> RunAsync(string verb) => Tool.RunAsync(Program, [verb], environment: new Dictionary<string, string>
    {
        ["KAFKA_DIR"] = _folder,
        ["KAFKA_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
        ["KAFKA_HEAP"] = "384m",
        // The pipeline creates what it needs; a topic that it forgot must not come to be by accident.
        ["KAFKA_EXTRA"] = "auto.create.topics.enable=false",
    });
}

/// <summary>Apicurio with Confluent's API, in memory.</summary>
internal sealed class RegistryServer : IAsyncDisposable
{
    private readonly string _folder = Repository.NewFolder("registry");
    private readonly int _port = Ports.FreePair();

    public static string Program => Path.Combine(Repository.Shared, "registry", "registry");

    public string Url { get; private set; } = "";

    public static async Task<RegistryServer> StartAsync()
    {
        var registry = new RegistryServer();
        registry.Url = (await registry.RunAsync("start")).MustSucceed().Output.Trim();
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        Directory.Delete(_folder, recursive: true);
    }

    private Task<ToolResult> RunAsync(string verb) => Tool.RunAsync(Program, [verb], environment: new Dictionary<string, string>
    {
        ["REGISTRY_DIR"] = _folder,
        ["REGISTRY_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
    });
}

internal static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A free port whose neighbour above is free too.</summary>
    public static int FreePair()
    {
        while (true)
        {
            var port = Free();
            try
            {
                using var neighbour = new TcpListener(IPAddress.Loopback, port + 1);
                neighbour.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another pair.
            }
        }
    }
}
