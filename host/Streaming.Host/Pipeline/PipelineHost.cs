using System.Net;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Broker;
using Streaming.Host.Cli;
using Streaming.Host.Http;
using Streaming.Host.Intake;
using Streaming.Host.Lag;
using Streaming.Host.Metrics;
using Streaming.Host.Queries;
using Streaming.Host.Routing;
using Streaming.Producers;
using Streaming.RegistryServer;
using Streaming.Schemas;
using Streaming.Topology;

namespace Streaming.Host.Pipeline;

/// <summary>
/// One process of the pipeline: the embedded broker and registry unless others are named, the topics and contracts, the
/// applications, and HTTP. Stops in the opposite order of its start.
/// </summary>
internal sealed class PipelineHost : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly TaskCompletionSource<int> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PipelineHost()
    {
    }

    /// <exception cref="UsageException">Something that the user can mend: a port, a folder, an option.</exception>
    public static async Task<PipelineHost> StartAsync(PipelineOptions options, TextWriter output, CancellationToken stopping)
    {
        var host = new PipelineHost();
        try
        {
            await host.RunAsync(options, output, stopping).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Until the process is asked to stop (0), or an application has failed for good (1).</summary>
    public async Task<int> WaitAsync(CancellationToken stopping)
    {
        using var registration = stopping.Register(() => _failed.TrySetResult(0));
        return await _failed.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RunAsync(PipelineOptions options, TextWriter output, CancellationToken stopping)
    {
        var applications = Chosen(options.Applications);
        var data = DataFolder.Open(options.DataDirectory);
        var connection = new Connection(
            options.BootstrapServers ?? await StartBrokerAsync(options, data, stopping).ConfigureAwait(false),
            options.SchemaRegistry ?? await StartRegistryAsync(options, data, stopping).ConfigureAwait(false),
            options.ClientProperties);
        await output.WriteLineAsync($"broker    {connection.BootstrapServers}").ConfigureAwait(false);

        var registry = Own(new CachedSchemaRegistryClient(connection.Registry()));
        // As the client tells it: without credentials.
        var registryUrl = registry.Config.Single(p => p.Key == SchemaRegistryConfig.PropertyNames.SchemaRegistryUrl).Value;
        await output.WriteLineAsync($"registry  {registryUrl}").ConfigureAwait(false);
        var admin = Own(new AdminClientBuilder(connection.Client("streaming-admin"))
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build());
        var partitions = await ProvisionAsync(options, connection, admin, registry, stopping).ConfigureAwait(false);

        var commits = new CommitSignal();
        var set = new ApplicationSet(connection, registry, data, options, partitions, commits);
        var exporter = Own(new PrometheusExporter());
        var commands = Own(new CommandProducer(new ProducerOptions
        {
            Client = connection.Client("streaming-http"),
            SchemaRegistry = registry,
            DeliveryTimeout = CommandIntake.DeliveryTimeout,
            Linger = TimeSpan.FromMilliseconds(1),
        }));
        var web = Own(WebServer.Build(options, services => services
            .AddSingleton(set).AddSingleton(commits).AddSingleton(exporter).AddSingleton(commands)
            .AddHttpContextAccessor().AddSingleton<IStorePlacement, GroupPlacement>().AddSingleton<PeerClient>()
            .AddSingleton<OwnerForwarder>().AddSingleton<StoreShares>()
            .AddSingleton(_ => new QueryMetrics(applications.SelectMany(a => a.Stores).Select(s => s.Name)))
            .AddSingleton<StoreReader>().AddSingleton<CommandOutcomes>().AddSingleton<CommandIntake>()));
        var url = await web.StartListeningAsync(options, stopping).ConfigureAwait(false);
        await output.WriteLineAsync($"http      {url.GetLeftPart(UriPartial.Authority)}").ConfigureAwait(false);

        StartLagMonitor(connection, admin, web.Logger, stopping);
        _parts.Push(set);
        set.Failed += id =>
        {
            Console.Error.WriteLine($"streaming: application {id} stopped for good; see the log above");
            _failed.TrySetResult(1);
        };
        await set.StartAsync(applications, options.HttpAdvertised ?? Advertised(url), stopping).ConfigureAwait(false);
        await output.WriteLineAsync($"applications {string.Join(", ", applications.Select(a => a.Id))}").ConfigureAwait(false);
        await output.WriteLineAsync("ready").ConfigureAwait(false);
    }

    /// <summary>Where others find what listens on every address.</summary>
    private static string Advertised(Uri url) => url.Host is "0.0.0.0" or "[::]" ? $"{Dns.GetHostName()}:{url.Port}" : url.Authority;

    private static IReadOnlyList<ApplicationDefinition> Chosen(IReadOnlyList<string> names)
    {
        var unknown = names.Where(n => Applications.All.All(a => a.Id != n)).ToList();
        if (unknown.Count > 0)
        {
            throw new UsageException(
                $"--applications: unknown {string.Join(", ", unknown)}; there are {string.Join(", ", Applications.All.Select(a => a.Id))}");
        }

        return names.Count == 0 ? Applications.All : [.. Applications.All.Where(a => names.Contains(a.Id))];
    }

    private async Task<string> StartBrokerAsync(PipelineOptions options, DataFolder data, CancellationToken stopping)
    {
        var broker = await KafkaBroker.StartAsync(
            new BrokerOptions { DataDirectory = data.Broker, Port = options.BrokerPort }, Logging.Factory, stopping).ConfigureAwait(false);
        _parts.Push(broker);
        // A disk that fails to flush ends the broker, and a pipeline without its broker is of no use.
        _ = broker.Failure.ContinueWith(_ => _failed.TrySetResult(1), TaskScheduler.Default);
        return broker.BootstrapServers;
    }

    private async Task<string> StartRegistryAsync(PipelineOptions options, DataFolder data, CancellationToken stopping)
    {
        var registry = await RegistryHost.StartAsync(
            new RegistryServerOptions { DataDirectory = data.Registry, Port = options.RegistryPort }, Logging.Factory, stopping)
            .ConfigureAwait(false);
        _parts.Push(registry);
        return registry.Url;
    }

    private static async Task<int> ProvisionAsync(
        PipelineOptions options, Connection connection, IAdminClient admin, ISchemaRegistryClient registry, CancellationToken stopping)
    {
        IReadOnlyList<TopicDefinition> topics = [.. Topics.All, .. Applications.All.Select(a => a.DeadLetters)];
        var otherwise = options.BootstrapServers is null ? Topics.EmbeddedPartitions : Topics.ClusterPartitions;
        int partitions;
        try
        {
            partitions = await new TopicProvisioner(admin, topics)
                .EnsureAsync(options.Partitions, otherwise, options.Provision).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw new UsageException($"Kafka at {connection.BootstrapServers}: {e.Error.Reason}");
        }

        await new ContractProvisioner(registry, topics).EnsureAsync(options.Provision, stopping).ConfigureAwait(false);
        return partitions;
    }

    private void StartLagMonitor(Connection connection, IAdminClient admin, ILogger logger, CancellationToken stopping)
    {
        var firstUnconsumed = Own(new FirstUnconsumed(
            new ConsumerBuilder<Ignore, Ignore>(FirstUnconsumed.Configure(connection.Client("streaming-lag")))
                .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build()));
        var monitor = new LagMonitor(admin, firstUnconsumed, TimeProvider.System, logger);
        Own(new LagMetrics(() => monitor.Latest));
        var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _parts.Push(new BackgroundLoop(monitor.RunAsync(LagMonitor.DefaultInterval, stop.Token), stop));
    }

    /// <summary>Disposes it when its turn comes.</summary>
    private T Own<T>(T part)
    {
        _parts.Push(part switch
        {
            IAsyncDisposable asynchronous => asynchronous,
            IDisposable disposable => new Disposer(disposable),
            _ => throw new ArgumentException("A part that needs no disposal is not owned", nameof(part)),
        });
        return part;
    }

    private sealed class Disposer(IDisposable part) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            part.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
