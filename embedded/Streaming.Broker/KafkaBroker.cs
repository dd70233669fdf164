using System.Collections.Immutable;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Handlers;
using Streaming.Broker.Log;
using Streaming.Broker.Log.Durability;
using Streaming.Broker.Network;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;

namespace Streaming.Broker;

/// <summary>
/// A durable single-node broker that speaks the Kafka protocol, for laptops, tests and small installations. It keeps
/// its data in Kafka's file formats under <see cref="BrokerOptions.DataDirectory"/>.
/// </summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    private readonly BrokerOptions _options;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource<Exception> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DataDirectory _directory = null!;
    private Flusher _flusher = null!;
    private LogEnvironment _environment = null!;
    private TopicCatalog _topics = null!;
    private GroupCoordinator _groups = null!;
    private TransactionCoordinator _transactions = null!;
    private Maintenance _maintenance = null!;
    private Listener _listener = null!;
    private readonly string _listenHost;
    private int _disposed;

    private KafkaBroker(BrokerOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _listenHost = Listener.ReachableHost(options.Listen);
    }

    /// <summary>The port that is listened on, also if <see cref="BrokerOptions.Port"/> was 0.</summary>
    public int Port { get; private set; }

    /// <summary>What clients take as <c>bootstrap.servers</c>.</summary>
    public string BootstrapServers => $"{Host}:{Port}";

    /// <summary>
    /// Completes if forcing data to the disk fails: the broker then accepts no writes any more, because nobody can say
    /// what the disk holds. The process should end; a restart recovers.
    /// </summary>
    public Task<Exception> Failure => _failure.Task;

    /// <summary>Connections that are open now.</summary>
    public int ConnectionCount => _listener.ConnectionCount;

    private string Host => _options.AdvertisedHost ?? _listenHost;

    /// <summary>Recovers what the data directory holds and starts to serve. When it returns, clients can connect.</summary>
    /// <exception cref="BrokerStartException">The port is taken, or the data directory cannot be used.</exception>
    public static Task<KafkaBroker> StartAsync(BrokerOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default) =>
        StartAsync(options, new FileLayer(), TimeProvider.System, loggerFactory, cancellationToken);

    internal static Task<KafkaBroker> StartAsync(
        BrokerOptions options, FileLayer files, TimeProvider clock, ILoggerFactory? loggerFactory, CancellationToken cancellationToken) =>
        Task.Run(() => Start(options, files, clock, loggerFactory ?? NullLoggerFactory.Instance, cancellationToken), cancellationToken);

    /// <summary>Stops serving, forces everything to disk and notes that the shutdown was clean.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _listener.DisposeAsync().ConfigureAwait(false);
        _transactions.Dispose();
        _groups.Dispose();
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        if (!_flusher.Failed)
        {
            CloseLogs();
        }

        _flusher.Dispose();
        _directory.Dispose();
    }

    private static KafkaBroker Start(BrokerOptions options, FileLayer files, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var logger = loggers.CreateLogger("Streaming.Broker");
        if (BrokerOptionsCheck.FindWrong(options) is { } wrong)
        {
            throw new BrokerStartException(wrong);
        }

        var broker = new KafkaBroker(options, logger);
        var socket = Listener.Bind(options);
        try
        {
            broker._directory = DataDirectory.Open(options.DataDirectory, options.NodeId, files);
            try
            {
                broker.Recover(files, clock, cancellationToken);
                broker.Serve(socket);
                return broker;
            }
            catch
            {
                broker._maintenance?.DisposeAsync().AsTask().GetAwaiter().GetResult();
                broker._transactions?.Dispose();
                broker._groups?.Dispose();
                broker._flusher?.Dispose();
                broker._directory.Dispose();
                throw;
            }
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is IOException or UnauthorizedAccessException)
            {
                throw new BrokerStartException($"cannot use the data directory {options.DataDirectory}: {e.Message}", e);
            }

            throw;
        }
    }

    private void Recover(FileLayer files, TimeProvider clock, CancellationToken cancellationToken)
    {
        var recoveryPoints = CheckpointFile.ReadOffsets(_directory.RecoveryPoints);
        var startOffsets = CheckpointFile.ReadOffsets(_directory.StartOffsets);
        var cleanedOffsets = CheckpointFile.ReadOffsets(_directory.CleanedOffsets);
        _directory.MarkRunning();
        using var journalled = _directory.WasClean ? JournalContent.Empty : JournalContent.Read(files, _directory.Path);
        var journal = _options.Fsync == FsyncMode.Always ? new Journal(files, _directory.Path, _options.JournalBytes, _logger) : null;
        _flusher = new Flusher(_options.Fsync, _options.FsyncInterval, journal, _logger, e => _failure.TrySetResult(e));
        _environment = new LogEnvironment(files, _flusher, clock, _logger);
        _topics = new TopicCatalog(_environment, _options with { DataDirectory = _directory.Path }, _directory);
        _topics.Load((topic, p) => new LogCheckpoint(
            _directory.WasClean,
            recoveryPoints.GetValueOrDefault(p),
            startOffsets.GetValueOrDefault(p),
            cleanedOffsets.GetValueOrDefault(p),
            journalled.Of(topic, p.Partition)));
        if (journal is not null)
        {
            journal.Restart(); // all that it held is in the logs now
        }
        else
        {
            Journal.Delete(files, _directory.Path);
        }

        cancellationToken.ThrowIfCancellationRequested();

        var offsets = OpenInternal(Topic.OffsetsTopic);
        var decisions = OpenInternal(Topic.TransactionsTopic);
        _groups = new GroupCoordinator(_options, offsets, _environment);
        _groups.Load();
        var ids = new ProducerIds(files, _directory.Path);
        _transactions = new TransactionCoordinator(_options, _topics, _groups, ids, decisions, _environment);
        _transactions.Load();
        _maintenance = new Maintenance(_options, _topics, _groups, _environment);
    }

    private PartitionLog OpenInternal(string name)
    {
        var compacted = ImmutableDictionary<string, string>.Empty.Add("cleanup.policy", "compact").Add("segment.bytes", "104857600");
        var topic = _topics.Find(name) ?? _topics.Create(name, 1, compacted).Topic!;
        return topic.Partitions[0];
    }

    private void Serve(Socket socket)
    {
        Port = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        var context = new BrokerContext(_options, _directory.ClusterId, Host, Port, _topics, _groups, _transactions, _environment);
        _listener = Listener.Start(socket, _options, new Dispatcher(context), _logger);
        _transactions.Start();
        _maintenance.Start();
        _logger.LogInformation("Listening on {Address}, data in {Directory}", BootstrapServers, _directory.Path);
    }

    private void CloseLogs()
    {
        try
        {
            foreach (var log in _topics.All.SelectMany(t => t.Partitions))
            {
                log.Close();
            }

            _topics.SaveCheckpoints();
            _directory.MarkClean();
        }
        catch (IOException e)
        {
            _logger.LogError(e, "The log could not be closed in order; the next start recovers it");
        }
    }
}
