using System.Collections.Concurrent;
using Confluent.SchemaRegistry;
using Streaming.Host.Cli;
using Streaming.Host.Queries;
using Streaming.Streams;
using Streaming.Streams.Errors;
using Streaming.Topology;
using Streamiz.Kafka.Net;

namespace Streaming.Host.Pipeline;

/// <param name="State">The engine's state.</param>
/// <param name="Ready">It runs, and every store partition that it holds can be read.</param>
internal sealed record ApplicationState(string State, bool Ready, long RestoringRecords);

/// <summary>The applications that run in this process.</summary>
internal sealed class ApplicationSet(
    Connection connection, ISchemaRegistryClient registry, DataFolder data, PipelineOptions options, int partitions, CommitSignal commits)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, KafkaStream> _running = new();
    private readonly Serdes _serdes = new(registry);
    private IReadOnlyList<ApplicationDefinition> _chosen = [];

    /// <summary>An application has stopped and will not recover by itself.</summary>
    public event Action<string>? Failed;

    /// <summary>Partitions of every keyed topic, so of every store.</summary>
    public int Partitions => partitions;

    public IReadOnlyList<ApplicationDefinition> Chosen => _chosen;

    /// <summary>Starts them side by side and completes when each has its tasks and their stores.</summary>
    public async Task StartAsync(IReadOnlyList<ApplicationDefinition> applications, string advertised, CancellationToken stopping)
    {
        _chosen = applications;
        await Task.WhenAll(applications.Select(a => StartAsync(a, advertised, stopping))).ConfigureAwait(false);
    }

    /// <summary>The running application; null while it is not started yet, or runs elsewhere.</summary>
    public KafkaStream? Find(string applicationId) => _running.GetValueOrDefault(applicationId);

    public IReadOnlyDictionary<string, ApplicationState> States() => _chosen.ToDictionary(
        a => a.Id,
        a => Find(a.Id) is { } stream ? StateOf(stream) : new ApplicationState("CREATED", Ready: false, 0));

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_running.Values.Select(stream => Task.Run(stream.Dispose))).ConfigureAwait(false);

    private static ApplicationState StateOf(KafkaStream stream)
    {
        var remaining = stream.LocalStorePartitions()
            .Where(s => s.State == StorePartitionState.Restoring).Sum(s => Math.Max(0, s.RemainingRecords));
        return new ApplicationState(stream.StreamState.Name, stream.StreamState == KafkaStream.State.RUNNING, remaining);
    }

    private async Task StartAsync(ApplicationDefinition application, string advertised, CancellationToken stopping)
    {
        var config = Configure(application, advertised);
        var stream = new KafkaStream(application.Build(_serdes), config);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stream.StateChanged += (_, state) =>
        {
            if (state == KafkaStream.State.RUNNING)
            {
                running.TrySetResult();
            }
            else if (state == KafkaStream.State.ERROR)
            {
                running.TrySetException(stream.Failure ?? new InvalidOperationException($"{application.Id} failed"));
                Failed?.Invoke(application.Id);
            }
        };
        stream.OnCommit(commits.Raise);
        _running[application.Id] = stream;
        await stream.StartAsync().ConfigureAwait(false);
        await running.Task.WaitAsync(stopping).ConfigureAwait(false);
    }

    private StreamConfig Configure(ApplicationDefinition application, string advertised)
    {
        var config = new StreamConfig
        {
            ApplicationId = application.Id,
            BootstrapServers = connection.BootstrapServers,
            SchemaRegistryUrl = connection.SchemaRegistry,
            Guarantee = ProcessingGuarantee.EXACTLY_ONCE,
            AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest,
            StateDir = data.Streams,
            NumStreamThreads = options.Workers,
            ReplicationFactor = -1,
            Logger = Logging.Factory,
        };
        foreach (var (name, value) in connection.Properties)
        {
            config.AddConfig(name, value);
        }

        // Other instances find out by the client ids of the group who holds a partition.
        config.AddConfig("application.server", advertised);
        config.UseDeadLetters(new DeadLetterOptions
        {
            Topic = application.DeadLetters.Name,
            ParkedTopics = application.ParkedTopics,
        });
        return config;
    }
}
