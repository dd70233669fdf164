using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Errors;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;

namespace Streaming.Streams.Runtime;

/// <summary>What a worker needs of its instance.</summary>
internal interface IWorkerHost
{
    /// <summary>Goes on reading at an offset; false when that is not possible at this moment.</summary>
    bool Seek(TopicPartition partition, long offset);

    /// <summary>What tasks committed beside their offsets; partitions without an offset are absent.</summary>
    /// <exception cref="KafkaException">no broker tells now</exception>
    IReadOnlyDictionary<TopicPartition, byte[]> CommittedMetadata(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>The ends of changelogs that no transaction is open on.</summary>
    IReadOnlyDictionary<TopicPartition, long> ChangelogEnds(IReadOnlyCollection<TopicPartition> changelogs);

    /// <summary>The task's stores are not known to match its offsets: they must be restored, it must be started anew.</summary>
    void Rebuild(Worker worker, RunningTask task);

    /// <summary>As <see cref="Rebuild"/>, for a task that is given up: its stores serve nobody as they are.</summary>
    void Forget(RunningTask task);

    /// <summary>What was uncommitted is committed and in the stores.</summary>
    void OnCommitted();

    /// <summary>A turn failed and was taken back. False: the worker must not go on.</summary>
    bool OnFailure(Worker worker, Exception exception);

    /// <summary>A worker could not go on, and is gone.</summary>
    void OnEnded(Exception exception);
}

internal sealed record WorkerSettings
{
    public required int CommitIntervalMs { get; init; }

    /// <summary>How soon after the last commit a worker without input commits.</summary>
    public required int DryCommitIntervalMs { get; init; }

    public int MaxRecordsPerTurn { get; init; } = 1000;

    public TimeSpan TurnLength { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Uncommitted bytes that bring a commit forward.</summary>
    public long MaxDirtyBytes { get; init; } = 32 << 20;

    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the host adds to the log scope of a record.</summary>
    public Func<IRecordContext, IEnumerable<KeyValuePair<string, object?>>>? LogScope { get; init; }
}

/// <summary>
/// A thread with a producer that runs its share of the tasks, and commits all of them together: every record read, every
/// store write and every result since the last commit takes effect at once or not at all.
/// </summary>
internal sealed partial class Worker
{
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly List<RunningTask> _tasks = [];
    private readonly List<SourceOffset> _offsets = [];
    private readonly Dictionary<TopicPartition, long?> _before = [];
    private readonly IWorkerHost _host;
    private readonly ProducerSession _session;
    private readonly CallPatience _patience;
    private readonly WorkerSettings _settings;
    private readonly StreamsTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private TaskEnvironment _environment = null!;
    private RecordScope _scope = null!;
    private int _next;
    private long _lastCommit = Stopwatch.GetTimestamp();
    private bool _uncommitted; // something was taken, sent or punctuated
    private bool _seeksPending;
    private bool _looked; // something was read since positions were last compared
    private volatile bool _commitRequested, _stop, _paused;
    private bool _ended;
    private long _busy;
    private bool _takesBack; // what is uncommitted must be taken back before anything else

    public Worker(int index, string name, IWorkerHost host, ProducerSession session, CallPatience patience, WorkerSettings settings, StreamsTelemetry telemetry, ILogger logger)
    {
        (Index, _host, _session, _patience, _settings, _telemetry, _logger) = (index, host, session, patience, settings, telemetry, logger);
        _thread = new(Run) { IsBackground = true, Name = name };
    }

    public int Index { get; }

    public string Name => _thread.Name!;

    public required RecordCollector Collector { get; init; }

    /// <summary>Tasks handed to this worker, as the instance counts them.</summary>
    public int Load { get; set; }

    public bool IsAlive => _thread.IsAlive;

    /// <summary>Time spent on records; any thread may ask.</summary>
    public TimeSpan Busy => TimeSpan.FromSeconds((double)Interlocked.Read(ref _busy) / Stopwatch.Frequency);

    /// <summary>Tasks that it runs; any thread may ask.</summary>
    public int TaskCount => _tasks.Count;

    public void Start(TaskEnvironment environment)
    {
        _environment = environment;
        _thread.Start();
    }

    /// <summary>Takes nothing in; what is taken is committed.</summary>
    public bool IsPaused
    {
        get => _paused;
        set
        {
            _paused = value;
            _signal.Set();
        }
    }

    /// <summary>Names it and the tasks whose work waits for a commit; on its own thread.</summary>
    public string Describe()
    {
        var tasks = _tasks.FindAll(t => t.IsStarted && t.Task.CommitNeeded);
        if (tasks.Count == 0) tasks = _tasks;
        return tasks.Count == 0 ? $"{Name} (no task yet)" : $"{(tasks.Count == 1 ? "task" : "tasks")} {string.Join(", ", tasks.Select(t => t.Id))} ({Name})";
    }

    public void RequestCommit() => _commitRequested = true;

    public void Wake() => _signal.Set();

    /// <summary>Runs an action on the worker's thread, between two turns; the task ends with it.</summary>
    public Task InvokeAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Command()
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
        lock (_commands)
        {
            if (!_ended)
            {
                _commands.Enqueue(Command);
                _signal.Set();
                return done.Task;
            }
        }
        Command(); // the thread is gone, and with it its tasks
        return done.Task;
    }

    /// <summary>Takes over a task whose stores are restored.</summary>
    public Task AddAsync(RunningTask task) => InvokeAsync(() =>
    {
        if (_ended) return;
        task.Start(_environment);
        _tasks.Add(task);
        _seeksPending |= task.Inputs.Any(static i => i.IsSeekPending);
        foreach (var input in task.Inputs) input.Feed.OnReady(Wake);
    });

    /// <summary>
    /// Commits, and gives up those of the tasks that it holds. Where the commit fails the tasks are as of the one before.
    /// </summary>
    public Task RemoveAsync(Func<RunningTask, bool> which, bool commit) => InvokeAsync(() =>
    {
        if (!_tasks.Exists(t => which(t))) return;
        try
        {
            if (commit) CommitForHandover();
            else Abort(rewindAll: false, which);
        }
        catch (TaskTimeoutException e)
        {
            LogHandover(e, Name);
            _takesBack = true; // the others' turn comes when those that go are gone
        }
        finally
        {
            foreach (var task in _tasks.FindAll(t => which(t)))
            {
                _tasks.Remove(task);
                _telemetry.Retire(task);
                task.Dispose();
                if (_session.IsDeciding) _host.Forget(task);
            }
        }
    });

    /// <summary>
    /// Commits, and gives a task up with its inputs, for another worker; null: it is not here, or stays because no broker
    /// answers.
    /// </summary>
    public async Task<PartitionInput[]?> ReleaseAsync(RunningTask task)
    {
        PartitionInput[]? inputs = null;
        await InvokeAsync(() =>
        {
            if (!_tasks.Contains(task)) return;
            try
            {
                CommitForHandover();
            }
            catch (TaskTimeoutException e)
            {
                LogHandover(e, Name);
                _takesBack = true;
                return;
            }
            if (!_tasks.Remove(task)) return; // the commit ended undecided: it is rebuilt
            _telemetry.Retire(task);
            foreach (var input in task.Inputs) input.Feed.OnReady(null);
            inputs = task.Detach();
        }).ConfigureAwait(false);
        return inputs;
    }

    public void Stop()
    {
        _stop = true;
        _signal.Set();
    }

    public void Join() => _thread.Join();

    private void Run()
    {
        try
        {
            _scope = new(Name, _settings.LogScope);
            using var scope = _logger.BeginScope(_scope);
            if (!Open()) return;
            while (!_stop)
            {
                DrainCommands();
                try
                {
                    if (_takesBack) Abort(rewindAll: true, static _ => false);
                    if (!Turn()) _signal.WaitOne(IdleTime());
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    if (!Recover(e)) break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped while waiting for a broker: what is uncommitted is dropped, and read again by the next owner.
        }
        catch (Exception e)
        {
            LogEnded(e, Name);
            _host.OnEnded(e);
        }
        finally
        {
            foreach (var task in _tasks) task.Dispose();
            _tasks.Clear();
            lock (_commands) _ended = true;
            DrainCommands();
            _session.Dispose();
        }
    }

    /// <summary>Opens the producer; false when the handler of uncaught exceptions does not want to wait any longer.</summary>
    private bool Open()
    {
        while (true)
        {
            try
            {
                _session.Open();
                return true;
            }
            catch (TaskTimeoutException e)
            {
                if (!_host.OnFailure(this, e)) return false;
                _patience.Succeeded();
            }
        }
    }

    private void DrainCommands()
    {
        while (_commands.TryDequeue(out var command)) command();
    }

    /// <summary>One round over the tasks; false when there was nothing to do.</summary>
    private bool Turn()
    {
        var processed = 0;
        if (_seeksPending) SeekPending();
        for (var i = 0; i < _tasks.Count && !_paused; i++)
        {
            var task = _tasks[(_next + i) % _tasks.Count];
            if (!task.MayHaveWork) continue;
            if (task.NeedsTimes && !LearnTimes()) continue;
            _looked = true;
            var begun = Stopwatch.GetTimestamp();
            _scope.Current = task.Task.Record;
            var done = task.Process(_settings.MaxRecordsPerTurn, begun + Ticks(_settings.TurnLength));
            processed += done;
            if (done == 0)
            {
                _scope.Current = null;
                continue;
            }
            _uncommitted = true;
            _telemetry.Processed(begun);
            Interlocked.Exchange(ref _busy, _busy + Stopwatch.GetTimestamp() - begun);
            task.Task.Punctuate();
            _scope.Current = null;
            if (CommitIsDue(ranDry: false)) Commit();
        }
        if (_tasks.Count > 0) _next = (_next + 1) % _tasks.Count;
        var now = _environment.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var task in _tasks)
        {
            if (_paused || task.Task.NextPunctuation > now) continue;
            _scope.Current = task.Task.Record;
            var ran = task.Task.Punctuate();
            _scope.Current = null;
            if (!ran) continue;
            _uncommitted = true;
            processed++;
        }
        if (CommitIsDue(ranDry: processed == 0)) Commit();
        return processed > 0;
    }

    /// <summary>
    /// Before a partition's first record: the times as of the last commit, by which late records are told. The client has
    /// read the committed offset by then, so that no transaction is pending on it. False: there is no answer now.
    /// </summary>
    private bool LearnTimes()
    {
        var unknown = _tasks.SelectMany(t => t.Inputs).Where(i => i.CommittedMetadata is null && i.Fill()).ToList();
        try
        {
            var metadata = _host.CommittedMetadata([.. unknown.Select(i => i.Partition)]);
            foreach (var input in unknown) input.CommittedMetadata = metadata.GetValueOrDefault(input.Partition, []);
        }
        catch (KafkaException e)
        {
            _patience.TimedOut("reading committed offsets", e);
            LogFault(Name, e.Message);
            _signal.WaitOne(100);
            return false;
        }
        foreach (var task in _tasks) task.TakeTimes();
        return true;
    }

    private void SeekPending()
    {
        _seeksPending = false;
        foreach (var task in _tasks)
            foreach (var input in task.Inputs)
                _seeksPending |= !input.Seek(_host.Seek);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private int IdleTime()
    {
        var waited = Stopwatch.GetElapsedTime(_lastCommit).TotalMilliseconds;
        var idle = _seeksPending ? 50.0 : 1000.0;
        if (_uncommitted || _session.IsOpen) idle = Math.Min(idle, Math.Min(_settings.DryCommitIntervalMs, _settings.CommitIntervalMs) - waited);
        else if (_looked) idle = Math.Min(idle, 100 - waited);
        var now = _environment.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var task in _tasks)
        {
            if (_paused) break;
            if (task.Task.NextPunctuation != long.MaxValue) idle = Math.Min(idle, task.Task.NextPunctuation - now);
            if (task.MayHaveWork) idle = Math.Min(idle, 5); // it waits for records of another partition
        }
        return (int)Math.Clamp(Math.Ceiling(idle), 1, 1000);
    }

    [LoggerMessage(LogLevel.Warning, "{Worker}: {Reason}")]
    private partial void LogFault(string worker, string reason);

    [LoggerMessage(LogLevel.Error, "{Worker} ended")]
    private partial void LogEnded(Exception exception, string worker);
}
