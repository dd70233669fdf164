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
        _globalThread = new(_globals, consumer, _admin!, _setup!.Partitions, Fail, $"{_plan.ApplicationId}-global", _logger);
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

    // ---- tasks -----------------------------------------------------------------------------------------------------

    public List<TaskEntry> Entries(Func<TaskEntry, bool> which)
    {
        lock (_lock) return [.. _tasks.Values.Where(which)];
    }

    private List<RunningTask> RunningTasks() => [.. Entries(e => e.Running is not null).Select(e => e.Running!)];

    private IEnumerable<(string Store, int Partition, long Entries, long Remaining)> StoreCounts()
    {
        foreach (var entry in Entries(static _ => true))
        {
            foreach (var store in entry.State.Stores)
            {
                var restoration = entry.Restoration?.Stores.FirstOrDefault(s => s.Store == store);
                yield return (store.Name, entry.Id.Partition, store.Committed.Count, Math.Max(0, restoration?.Remaining ?? 0));
            }
        }
    }

    void IAssignmentListener.OnAssigned(IReadOnlyList<(PartitionFeed Feed, long? Start)> partitions)
    {
        lock (_moving) Assign(partitions);
    }

    private void Assign(IReadOnlyList<(PartitionFeed Feed, long? Start)> partitions)
    {
        _telemetry.Rebalanced();
        _observer.OnRebalancing();
        var restore = new List<TaskRestoration>();
        var run = new List<TaskEntry>();
        lock (_lock)
        {
            _assigned = true;
            foreach (var partition in partitions)
            {
                if (!_plan.TryFindSource(partition.Feed.Partition.Topic, out var subTopology, out _))
                    throw new InvalidOperationException($"the group assigned {partition.Feed.Partition}, which the topology does not read");
                var id = new TaskId(subTopology.Id, partition.Feed.Partition.Partition.Value);
                if (!_tasks.TryGetValue(id, out var entry)) _tasks[id] = entry = new(TaskState.Open(subTopology, id, _config));
                entry.Feeds.Add(partition);
            }
            foreach (var entry in _tasks.Values.Where(e => e.Feeds.Count > 0).OrderBy(e => e.Id))
            {
                if (entry.IsRestored || entry.State.Stores.All(s => s.ChangelogTopic is null))
                {
                    run.Add(entry);
                    continue;
                }
                entry.Phase = TaskPhase.Restoring;
                entry.Restoration ??= new(entry.State, standby: false);
                restore.Add(entry.Restoration);
            }
            // What did not come back from a revocation belongs to another member by now.
            foreach (var entry in _tasks.Values.Where(e => e.Phase == TaskPhase.Suspended && e.Feeds.Count == 0).ToList())
                if (!BecomeStandby(entry)) Close(entry);
            foreach (var entry in run) Run(entry);
        }
        foreach (var task in restore) _restore!.Activate(task);
        LogAssigned(partitions.Count, run.Count, restore.Count);
        NoteWhetherRunning();
    }

    private void Close(TaskEntry entry)
    {
        entry.DropFeeds();
        entry.State.Dispose();
        _tasks.Remove(entry.Id);
    }

    /// <summary>Hands a task with complete stores to the worker that has the least to do; within the lock.</summary>
    private void Run(TaskEntry entry)
    {
        var alive = CountLoads();
        if (alive.Count == 0) return;
        RunOn(entry, entry.Worker is { } last && alive.Contains(last) && last.Load <= alive.Min(w => w.Load) ? last : alive.MinBy(w => w.Load)!);
    }

    private List<Worker> CountLoads()
    {
        var alive = _workers.Where(w => w.IsAlive).ToList();
        foreach (var worker in alive) worker.Load = _tasks.Values.Count(e => e.Phase == TaskPhase.Running && e.Worker == worker);
        return alive;
    }

    private void RunOn(TaskEntry entry, Worker worker)
    {
        var inputs = entry.Inputs ?? [.. entry.Feeds.Select(f => new PartitionInput(f.Feed, SourceIndexOf(f.Feed.Partition), _readAhead, f.Start))];
        (entry.Feeds, entry.Inputs, entry.Restoration) = ([], null, null);
        (entry.IsRestored, entry.Phase, entry.Worker) = (true, TaskPhase.Running, worker);
        entry.Running = new(entry.State, inputs, (int)_config.MaxTaskIdleMs);
        _ = worker.AddAsync(entry.Running).ContinueWith(t => Fail(t.Exception!.InnerException!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private int SourceIndexOf(TopicPartition partition) => _plan.TryFindSource(partition.Topic, out _, out var index) ? index : -1;

    void IAssignmentListener.OnRevoked(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_moving) Revoke(partitions);
    }

    private void Revoke(IReadOnlyCollection<TopicPartition> partitions)
    {
        _observer.OnRebalancing();
        var ids = IdsOf(partitions);
        StopRestoring(ids);
        TakeFromWorkers(ids, commit: true);
        StopRestoring(ids); // the last commit may have ended undecided
        var positions = NotePositions(ids);
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (!_tasks.TryGetValue(id, out var entry)) continue;
                entry.DropFeeds();
                (entry.Phase, entry.Running) = (TaskPhase.Suspended, null);
                if (positions.TryGetValue(id, out var restoration)) entry.Restoration ??= restoration;
                // A cooperative member keeps what comes back to it: what is revoked goes to another one.
                if (_cooperative && !BecomeStandby(entry)) Close(entry);
            }
        }
        LogRevoked(partitions.Count);
        if (_cooperative) NoteWhetherRunning();
    }

    void IAssignmentListener.OnLost(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_moving) Lose(IdsOf(partitions));
        LogLost(partitions.Count);
    }

    private void Lose(HashSet<TaskId> ids)
    {
        _observer.OnRebalancing();
        StopRestoring(ids);
        TakeFromWorkers(ids, commit: false);
        StopRestoring(ids); // an undecided commit may have come to light
        lock (_lock)
        {
            // Others may have gone on with them: what is in memory is of the past.
            foreach (var id in ids)
                if (_tasks.TryGetValue(id, out var entry)) Close(entry);
        }
    }

    private HashSet<TaskId> IdsOf(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.Select(p => _plan.TryFindSource(p.Topic, out var s, out _) ? new TaskId(s.Id, p.Partition.Value) : default)];

    private void StopRestoring(HashSet<TaskId> ids)
    {
        foreach (var entry in Entries(e => ids.Contains(e.Id) && e.Phase == TaskPhase.Restoring)) _restore!.Remove(entry.Id);
    }

    private void TakeFromWorkers(HashSet<TaskId> ids, bool commit)
    {
        var removals = _workers.Select(w => w.RemoveAsync(t => ids.Contains(t.Id), commit)).ToArray();
        try
        {
            Task.WaitAll(removals);
        }
        catch (AggregateException e)
        {
            LogRemovalFailed(e.Flatten().InnerExceptions[0]);
        }
    }

    private void NoteWhetherRunning()
    {
        lock (_lock)
        {
            if (!_assigned || _failure is not null || _tasks.Values.Any(e => e.Phase is TaskPhase.Restoring or TaskPhase.Suspended)) return;
        }
        _observer.OnRunning();
    }

    // ---- restoration -----------------------------------------------------------------------------------------------

    void IRestoreListener.OnStoreStart(TaskRestoration task, StoreRestoration store)
    {
        if (!task.IsStandby) _observer.OnRestoreStart(store.Changelog, store.Store.Name, store.Position, store.End);
    }

    void IRestoreListener.OnStoreBatch(TaskRestoration task, StoreRestoration store, long count)
    {
        _telemetry.Restored(store.Store.Name, count);
        if (!task.IsStandby) _observer.OnRestoreBatch(store.Changelog, store.Store.Name, store.Position, count);
    }

    void IRestoreListener.OnStoreEnd(TaskRestoration task, StoreRestoration store) =>
        _observer.OnRestoreEnd(store.Changelog, store.Store.Name, store.Restored);

    void IRestoreListener.OnRestored(TaskRestoration task)
    {
        lock (_lock)
        {
            if (!_tasks.TryGetValue(task.Id, out var entry) || entry.Restoration != task) return;
            LogRestored(task.Id, task.Stores.Sum(s => s.Restored));
            Run(entry);
        }
        NoteWhetherRunning();
    }

    void IRestoreListener.OnRestoreFailed(Exception reason) => Fail(reason);

    // ---- workers ---------------------------------------------------------------------------------------------------

    bool IWorkerHost.Seek(TopicPartition partition, long offset) => _member!.Seek(partition, offset);

    IReadOnlyDictionary<TopicPartition, byte[]> IWorkerHost.CommittedMetadata(IReadOnlyCollection<TopicPartition> partitions) =>
        _member!.CommittedMetadata(partitions, s_optionalCall);

    IReadOnlyDictionary<TopicPartition, long> IWorkerHost.ChangelogEnds(IReadOnlyCollection<TopicPartition> changelogs) => EndsWithin(changelogs);

    /// <summary>For what is of use but not needed.</summary>
    private Dictionary<TopicPartition, long> EndsWithin(IReadOnlyCollection<TopicPartition> changelogs)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_hardStop.Token);
        deadline.CancelAfter(s_optionalCall);
        return _admin!.EndsAsync(changelogs, deadline.Token).GetAwaiter().GetResult();
    }

    void IWorkerHost.Rebuild(Worker worker, RunningTask task)
    {
        _telemetry.Retire(task);
        var inputs = task.Detach();
        IReadOnlyDictionary<TopicPartition, long?> committed;
        var patience = Patience();
        while (true)
        {
            _hardStop.Token.ThrowIfCancellationRequested();
            try
            {
                committed = _member!.Committed(inputs.Select(i => i.Partition), TimeSpan.FromSeconds(10));
                break;
            }
            catch (KafkaException e)
            {
                patience.TimedOut("reading committed offsets", e);
                LogRetry(e.Message);
            }
        }
        foreach (var input in inputs) input.RewindTo(committed.GetValueOrDefault(input.Partition));
        TaskRestoration restoration;
        lock (_lock)
        {
            var entry = _tasks[task.Id];
            entry.State.Dispose();
            entry.State = TaskState.Open(task.State.Plan, task.Id, _config);
            restoration = entry.Restoration = new(entry.State, standby: false);
            (entry.Phase, entry.IsRestored, entry.Running, entry.Inputs) = (TaskPhase.Restoring, false, null, inputs);
        }
        _observer.OnRebalancing();
        _restore!.Activate(restoration);
    }

    void IWorkerHost.Forget(RunningTask task)
    {
        lock (_lock)
        {
            if (!_tasks.TryGetValue(task.Id, out var entry) || entry.State != task.State) return;
            entry.State.Dispose();
            entry.State = TaskState.Open(task.State.Plan, task.Id, _config);
            (entry.IsRestored, entry.Restoration, entry.Running) = (false, null, null);
        }
    }

    /// <summary>Raised on the worker's thread after each commit, when the stores show it.</summary>
    public event Action? Committed;

    void IWorkerHost.OnCommitted() => Committed?.Invoke();

    bool IWorkerHost.OnFailure(Worker worker, Exception exception)
    {
        if (_stopping.IsCancellationRequested) return !_hardStop.IsCancellationRequested;
        if (exception is KafkaException or ClientFault && exception is not ConsumeFault { IsPermanent: true })
        {
            LogWorkerFault(worker.Name, exception.Message);
            return worker.IsAlive;
        }
        LogWorkerFailed(exception, worker.Name);
        if (worker.IsAlive && GoesOn(exception)) return true;
        Fail(exception);
        return false;
    }

    void IWorkerHost.OnEnded(Exception exception) => Fail(exception);

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

    // ---- end -------------------------------------------------------------------------------------------------------

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

    [LoggerMessage(LogLevel.Information, "Assigned {Partitions} partitions: {Running} tasks run, {Restoring} restore their stores")]
    private partial void LogAssigned(int partitions, int running, int restoring);

    [LoggerMessage(LogLevel.Information, "Revoked {Partitions} partitions")]
    private partial void LogRevoked(int partitions);

    [LoggerMessage(LogLevel.Warning, "Lost {Partitions} partitions")]
    private partial void LogLost(int partitions);

    [LoggerMessage(LogLevel.Information, "Task {Task} is restored from {Records} changelog records")]
    private partial void LogRestored(TaskId task, long records);

    [LoggerMessage(LogLevel.Warning, "Taking tasks from a worker failed")]
    private partial void LogRemovalFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Worker}: {Reason}; its transaction is taken back")]
    private partial void LogWorkerFault(string worker, string reason);

    [LoggerMessage(LogLevel.Error, "{Worker} failed")]
    private partial void LogWorkerFailed(Exception exception, string worker);

    [LoggerMessage(LogLevel.Error, "{Application} cannot go on")]
    private partial void LogFailed(Exception exception, string application);

    [LoggerMessage(LogLevel.Warning, "Trying again: {Reason}")]
    private partial void LogRetry(string reason);

    [LoggerMessage(LogLevel.Information, "{Application} stopped")]
    private partial void LogStopped(string application);
}
