using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Kafka;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>What an instance tells its owner.</summary>
internal interface IInstanceObserver
{
    /// <summary>Tasks come or go, or their stores are not complete yet.</summary>
    void OnRebalancing();

    /// <summary>Every task of this instance runs.</summary>
    void OnRunning();

    /// <summary>The instance cannot go on; called once, from any thread.</summary>
    void OnFailed(Exception reason);

    void OnRestoreStart(TopicPartition changelog, string store, long start, long end);

    void OnRestoreBatch(TopicPartition changelog, string store, long batchEnd, long count);

    void OnRestoreEnd(TopicPartition changelog, string store, long count);
}

/// <summary>
/// One running application in one process: a member of the group, its workers, its restore thread, and the tasks that
/// move between them. Assignments arrive on the polling thread, completed stores on the restore thread.
/// </summary>
internal sealed partial class StreamsInstance : IAssignmentListener, IRestoreListener, IWorkerHost
{
    private static readonly TimeSpan s_topicPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_optionalCall = TimeSpan.FromSeconds(10);

    private readonly TopologyPlan _plan;
    private readonly IStreamConfig _config;
    private readonly IKafkaSupplier _supplier;
    private readonly IInstanceObserver _observer;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<TaskId, TaskEntry> _tasks = [];
    private readonly Lock _moving = new(); // one change of who runs what at a time; taken before _lock
    private volatile Worker[] _workers = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _hardStop = new();
    private readonly StreamsTelemetry _telemetry;
    private InstanceDirectory? _directory;
    private ClusterAdmin? _admin;
    private IAdminClient? _adminClient;
    private TopicPartitions? _topicPartitions;
    private GlobalState? _globals;
    private GlobalThread? _globalThread;
    private RestoreThread? _restore;
    private TopicSetup? _setup;
    private readonly int _standbyReplicas;
    private readonly HashSet<string> _restoredSources;
    private readonly int _readAhead;
    private Exception? _failure;
    private bool _assigned;
    private readonly Lock _closing = new();
    private bool _stopped;

    public StreamsInstance(TopologyPlan plan, IStreamConfig config, IKafkaSupplier supplier, IInstanceObserver observer)
    {
        (_plan, _config, _supplier, _observer) = (plan, config, supplier, observer);
        _loggers = config.Logger;
        _logger = _loggers.CreateLogger("Streaming.Streams");
        _telemetry = new(plan.ApplicationId);
        _standbyReplicas = RuntimeConfig.StandbyReplicas(config);
        _restoredSources = [.. plan.SubTopologies.SelectMany(s => s.Stores).Where(s => s.RestoresFromSource).Select(s => s.ChangelogTopic!)];
        _readAhead = RuntimeConfig.BufferedRecordsPerPartition(config);
    }

    public TopologyPlan Plan => _plan;

    public GlobalState? Globals => _globals;

    public StreamsTelemetry Telemetry => _telemetry;

    public ClusterAdmin Admin => _admin ?? throw new IllegalStateException("the application is not started");

    private bool ExactlyOnce => _config.Guarantee == ProcessingGuarantee.EXACTLY_ONCE;

    /// <summary>Names the instance to the brokers: its id outlives the process, its address tells other instances where to ask.</summary>
    public string ClientId { get; private set; } = "";

    /// <summary>Its name in the group. It outlives a restart, which the client id does not: the address may be another.</summary>
    public string InstanceId { get; private set; } = "";

    public async Task StartAsync(CancellationToken cancellation)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        _directory = InstanceDirectory.Open(_config.StateDir, _plan.ApplicationId);
        _config.AddConfig(RuntimeConfig.InstanceDirectory, _directory.Path);
        var process = _directory.ProcessId;
        var prefix = _config.ClientId ?? _plan.ApplicationId;
        ClientId = _config.Get("application.server") is string { Length: > 0 } server ? $"{prefix}@{server}#{process[..8]}" : $"{prefix}#{process[..8]}";
        // Known before anyone can ask who holds what: until it joins, the group still shows this instance's former address.
        InstanceId = _config.ToConsumerConfig(ClientId).GroupInstanceId ?? process;
        _adminClient = _supplier.GetAdmin(_config.ToAdminConfig($"{ClientId}-admin"));
        _admin = new(_adminClient, Patience, _logger);
        _topicPartitions = new(_adminClient, s_topicPatience, Patience, _hardStop.Token);
        _setup = new(_plan, _admin, (short)_config.ReplicationFactor, s_topicPatience, _logger);
        await _setup.RunAsync(linked.Token).ConfigureAwait(false);
        foreach (var (topic, partitions) in _setup.Partitions) _topicPartitions.Set(topic, partitions);
        await StartGlobalsAsync(linked.Token).ConfigureAwait(false);
        _restore = new(_supplier.GetRestoreConsumer(ClientDefaults.Restoring(_config.ToRestoreConsumerConfig($"{ClientId}-restore"))), _admin, this, $"{_plan.ApplicationId}-restore", _logger);
        _restore.Start();
        _workers = [.. Enumerable.Range(0, Math.Max(1, _config.NumStreamThreads)).Select(MakeWorker)];
        _member = MakeMember();
        foreach (var worker in _workers) worker.Start(EnvironmentOf(worker));
        _telemetry.Observe(RunningTasks, () => _workers, () => Entries(e => e.Phase is TaskPhase.Running or TaskPhase.Restoring).Count, StoreCounts, () => _observerState?.Invoke() ?? "");
        _member.Start(_plan.SubscribedTopics);
        _maintenance = Task.Run(MaintainAsync, CancellationToken.None);
        LogStarted(_plan.ApplicationId, ClientId, _workers.Length, NativeHandle.Unusable ?? "batch calls");
    }

    private Func<string>? _observerState;
    private Task? _maintenance;

    /// <summary>Tells the name of the client's state to the metrics.</summary>
    public void ObserveState(Func<string> state) => _observerState = state;

    private async Task StartGlobalsAsync(CancellationToken cancellation)
    {
        _globals = new(_plan, _config);
        if (_plan.GlobalStores.Count == 0) return;
        var consumer = _supplier.GetGlobalConsumer(ClientDefaults.Restoring(_config.ToGlobalConsumerConfig($"{ClientId}-global")));
        _globalThread = new(_globals, consumer, _admin!, _setup!.Partitions, Fail, $"{_plan.ApplicationId}-global", RuntimeConfig.LogScope(_config), _logger);
        _globalThread.Start();
        await _globalThread.CaughtUp.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private Worker MakeWorker(int index)
    {
        var name = $"{_plan.ApplicationId}-worker-{index}";
        var transactionalId = ExactlyOnce ? $"{_plan.ApplicationId}-{_directory!.ProcessId}-{index}" : null;
        Worker worker = null!;
        var patience = new CallPatience(RuntimeConfig.TaskTimeout(_config), () => worker.Describe());
        var session = new ProducerSession(
            () => _supplier.GetProducer(ClientDefaults.Producing(_config.ToProducerConfig($"{ClientId}-{index}"), transactionalId, (int)_config.TransactionTimeout.TotalMilliseconds)),
            ExactlyOnce, new Offsets(this), patience, _logger, _hardStop.Token);
        var settings = new WorkerSettings
        {
            CommitIntervalMs = (int)Math.Min(int.MaxValue, _config.CommitIntervalMs),
            LogScope = RuntimeConfig.LogScope(_config),
            DryCommitIntervalMs = (int)Math.Min(ExactlyOnce ? 5 : 100, _config.CommitIntervalMs),
        };
        return worker = new(index, name, this, session, patience, settings, _telemetry, _logger) { Collector = new(session, _topicPartitions!, _config.ProductionExceptionHandler) };
    }

    /// <summary>For calls that belong to the instance: beyond task.timeout.ms the handler says whether they go on.</summary>
    private CallPatience Patience() => new(RuntimeConfig.TaskTimeout(_config), () => _plan.ApplicationId, GoesOn);

    private bool GoesOn(Exception exception) => RuntimeConfig.UncaughtHandler(_config)?.Invoke(exception) == UncaughtExceptionResponse.ReplaceWorker;

    private TaskEnvironment EnvironmentOf(Worker worker) => new()
    {
        Config = _config,
        Collector = worker.Collector,
        Globals = _globals!,
        LoggerFactory = _loggers,
        Clock = TimeProvider.System,
        RequestCommit = worker.RequestCommit,
    };

    /// <summary>The group's offsets, once there is a member.</summary>
    private sealed class Offsets(StreamsInstance instance) : IOffsetStore
    {
        public void SendTo(BatchProducer producer, IReadOnlyCollection<SourceOffset> offsets, TimeSpan timeout) => instance._member!.SendTo(producer, offsets, timeout);

        public IReadOnlyDictionary<TopicPartition, long?> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout) =>
            instance._member!.Committed(partitions, timeout);

        public void Commit(IReadOnlyCollection<SourceOffset> offsets) => instance._member!.Commit(offsets);
    }

    private void Fail(Exception reason)
    {
        lock (_lock)
        {
            if (_failure is not null || _stopping.IsCancellationRequested) return;
            _failure = reason;
        }
        LogFailed(reason, _plan.ApplicationId);
        _observer.OnFailed(reason);
    }

    /// <summary>Commits and closes; waits for an absent broker no longer than the given time.</summary>
    public void Stop(TimeSpan patience)
    {
        lock (_closing) // whoever comes second waits for the first
        {
            if (_stopped) return;
            _stopped = true;
            Close(patience);
        }
    }

    private void Close(TimeSpan patience)
    {
        _stopping.Cancel();
        _hardStop.CancelAfter(patience);
        lock (_membership) _member?.Close(); // hands the tasks back: the workers commit
        _maintenance?.Wait();
        foreach (var worker in _workers) worker.Stop();
        foreach (var worker in _workers.Where(w => w.IsAlive)) worker.Join();
        _restore?.Stop();
        _globalThread?.Stop();
        lock (_lock)
        {
            foreach (var entry in _tasks.Values.ToList()) Close(entry);
        }
        _globals?.Dispose();
        _telemetry.Dispose();
        _admin?.Dispose();
        _directory?.Dispose();
        _hardStop.Dispose();
        LogStopped(_plan.ApplicationId);
    }

    [LoggerMessage(LogLevel.Information, "{Application} started as {ClientId} with {Workers} workers ({Calls})")]
    private partial void LogStarted(string application, string clientId, int workers, string calls);

    [LoggerMessage(LogLevel.Error, "{Application} cannot go on")]
    private partial void LogFailed(Exception exception, string application);

    [LoggerMessage(LogLevel.Information, "{Application} stopped")]
    private partial void LogStopped(string application);
}
