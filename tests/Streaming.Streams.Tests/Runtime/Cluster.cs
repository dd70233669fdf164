using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Broker;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>
/// The broker of the tests of this collection: the one at STREAMING_BOOTSTRAP; with STREAMING_TEST_BROKER=kafka an Apache
/// Kafka from the shared peer; else the embedded one.
/// </summary>
public sealed class Cluster : IAsyncLifetime
{
    private readonly string? _script = Environment.GetEnvironmentVariable("STREAMING_TEST_BROKER") == "kafka" ? Find("kafka/kafka") : null;
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "streams-tests-kafka-" + Guid.NewGuid().ToString("N")[..8]);
    private string? _bootstrap = Environment.GetEnvironmentVariable("STREAMING_BOOTSTRAP");
    private bool _own;

    private KafkaBroker? _embedded;

    public string Bootstrap => _bootstrap!;

    public static string? Find(string path)
    {
        var shared = Environment.GetEnvironmentVariable("STREAMING_SHARED");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); shared is null && at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Streaming.sln"))) shared = Path.Combine(at.Parent!.FullName, "shared");
        return shared is not null && Path.Combine(shared, path) is var found && File.Exists(found) ? found : null;
    }

    public async Task InitializeAsync()
    {
        if (_bootstrap is not null) return;
        Directory.CreateDirectory(_directory);
        if (_script is null)
        {
            _embedded = await KafkaBroker.StartAsync(new BrokerOptions { DataDirectory = _directory, Port = 0, Fsync = FsyncMode.Os });
            _bootstrap = _embedded.BootstrapServers;
            return;
        }
        var port = FreePort();
        await RunAsync("start", port);
        (_own, _bootstrap, _port) = (true, $"127.0.0.1:{port}", port);
    }

    private int _port;

    private static int FreePort()
    {
        for (var port = 23100 + (Environment.ProcessId % 300 * 2); ; port += 2)
        {
            try
            {
                using var first = new TcpListener(IPAddress.Loopback, port);
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                first.Start();
                second.Start();
                return port;
            }
            catch (SocketException) when (port < 23990)
            {
                // taken
            }
        }
    }

    private async Task RunAsync(string command, int port)
    {
        var start = new ProcessStartInfo(_script!, command) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KAFKA_DIR"] = _directory;
        start.Environment["KAFKA_PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["KAFKA_HEAP"] = "512m";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"kafka {command}: {await errors}");
    }

    public async Task DisposeAsync()
    {
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }
        if (!_own) return;
        await RunAsync("wipe", _port);
    }

    public Task CreateTopicsAsync(int partitions, params string[] topics) => CreateTopicsAsync(Bootstrap, partitions, topics);

    public static async Task CreateTopicsAsync(string bootstrap, int partitions, params string[] topics)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();
        await admin.CreateTopicsAsync(topics.Select(t => new TopicSpecification { Name = t, NumPartitions = partitions, ReplicationFactor = 1 }));
    }
}

[CollectionDefinition(nameof(Cluster))]
public sealed class ClusterCollection : ICollectionFixture<Cluster>;
