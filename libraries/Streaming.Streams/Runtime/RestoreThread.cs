using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>Told of the progress of restorations, on the restore thread.</summary>
internal interface IRestoreListener
{
    void OnStoreStart(TaskRestoration task, StoreRestoration store);

    void OnStoreBatch(TaskRestoration task, StoreRestoration store, long count);

    void OnStoreEnd(TaskRestoration task, StoreRestoration store);

    /// <summary>All stores of an active task are complete; the thread has let go of them.</summary>
    void OnRestored(TaskRestoration task);

    void OnRestoreFailed(Exception reason);
}

/// <summary>
/// Fills stores from their changelogs with a consumer of its own, while the workers go on with the tasks that are ready.
/// A store is complete when the reader's position reaches the changelog's high watermark as of the task's arrival: a
/// reader of committed records gets there only when every transaction before it is decided, and markers count.
/// </summary>
internal sealed partial class RestoreThread : IBatchSink
{
    /// <summary>With no more than these to come, a store shows each batch as it is read.</summary>
    private const int FewRecords = 10_000;

    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly Dictionary<TopicPartition, (TaskRestoration Task, StoreRestoration Store)> _reading = [];
    private readonly Dictionary<TaskId, TaskRestoration> _tasks = [];
    private readonly HashSet<StoreRestoration> _touched = [];
    private readonly List<TaskRestoration> _arrived = [];
    private readonly BatchReader _reader;
    private readonly ClusterAdmin _admin;
    private readonly IRestoreListener _listener;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly AutoResetEvent _signal = new(false);
    private readonly CancellationTokenSource _stopping = new();

    public RestoreThread(IConsumer<byte[], byte[]> consumer, ClusterAdmin admin, IRestoreListener listener, string name, ILogger logger)
    {
        (_reader, _admin, _listener, _logger) = (new(consumer), admin, listener, logger);
        _thread = new(Run) { IsBackground = true, Name = name };
    }

    public void Start() => _thread.Start();

    /// <summary>Takes stores over, at the positions they are at, and hands the task back when they are complete.</summary>
    public void Activate(TaskRestoration task) => Post(() =>
    {
        task.IsStandby = false;
        Arrive(task);
    });

    /// <summary>Takes stores over to follow their changelogs.</summary>
    public void Follow(TaskRestoration task) => Post(() => Arrive(task));

    /// <summary>The limits of a standby were raised: it may read on.</summary>
    public void Extend(TaskRestoration task) => Post(() =>
    {
        if (_tasks.GetValueOrDefault(task.Id) == task) _arrived.Add(task);
    });

    /// <summary>Lets go of a task's stores; when this returns, nothing writes to them.</summary>
    public void Remove(TaskId id)
    {
        var done = new ManualResetEventSlim(false, 0);
        Post(() =>
        {
            if (_tasks.Remove(id, out var task)) Release(task);
            done.Set();
        });
        while (!done.Wait(100))
            if (!_thread.IsAlive) return;
    }

    private void Post(Action command)
    {
        _commands.Enqueue(command);
        _signal.Set();
    }

    private void Run()
    {
        var settling = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                while (_commands.TryDequeue(out var command)) command();
                if (_arrived.Count > 0) Begin();
                if (_reading.Count == 0)
                {
                    _signal.WaitOne(1000);
                    continue;
                }
                if (_reader.Read(settling ? 1 : 20, this) < BatchReader.Size) LookForEnds();
                foreach (var store in _touched) store.Store.EndRestore(store.Position, store.Remaining > FewRecords || store.Store.HoldsRestored);
                _touched.Clear();
                settling = Settle();
                Complete();
                HoldBack();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                LogFailed(e);
                _listener.OnRestoreFailed(e);
                break;
            }
        }
        while (_commands.TryDequeue(out var command))
        {
            try
            {
                command();
            }
            catch (OperationCanceledException)
            {
                // stopping
            }
        }
        _reader.Dispose();
    }

    private void Arrive(TaskRestoration task)
    {
        if (_tasks.TryGetValue(task.Id, out var known) && known != task) throw new InvalidOperationException($"task {task.Id} is restored already");
        _tasks[task.Id] = task;
        _arrived.Add(task);
    }

    /// <summary>Asks for the bounds of all that arrived at once, and begins to read.</summary>
    private void Begin()
    {
        var tasks = _arrived.Where(t => _tasks.GetValueOrDefault(t.Id) == t).Distinct().ToList();
        _arrived.Clear();
        var stores = tasks.SelectMany(t => t.Stores).ToList();
        // A standby that becomes active has to reach the end of now, not of when it began.
        var asking = _admin.EndsAsync([.. stores.Select(s => s.Changelog)], _stopping.Token);
        var starts = _admin.StartsAsync([.. stores.Where(s => s.Start < 0).Select(s => s.Changelog)], _stopping.Token).GetAwaiter().GetResult();
        var ends = asking.GetAwaiter().GetResult();
        var fresh = new List<TopicPartitionOffset>();
        foreach (var task in tasks)
        {
            foreach (var store in task.Stores)
            {
                store.End = Math.Min(ends[store.Changelog], store.Limit);
                if (store.Start < 0) store.Start = store.Position = Math.Max(store.Store.RestoreFrom, starts[store.Changelog]);
                if (store.Position > store.End)
                {
                    // The changelog was deleted and made anew; what is on disk is all that is left.
                    LogShrunk(store.Changelog.Topic, store.Changelog.Partition.Value, store.Position, store.End);
                    store.Position = store.End;
                }
                _listener.OnStoreStart(task, store);
                if (store.IsAssigned || (store.IsComplete && (!task.IsStandby || store.Position >= store.Limit))) continue;
                store.IsAssigned = true;
                _reading[store.Changelog] = (task, store);
                fresh.Add(new(store.Changelog, store.Position));
            }
        }
        if (fresh.Count > 0) _reader.Assign(fresh);
        Complete();
    }

    /// <summary>Markers behind the last record move the reader's position, not ours.</summary>
    private void LookForEnds()
    {
        foreach (var (partition, (task, store)) in _reading)
            if (!task.IsStandby && !store.IsComplete && _reader.PositionOf(partition) is { } position && position > store.Position) store.Position = Math.Min(position, store.Limit);
    }

    /// <summary>What stores near their end hold back is shown in the background, that of several at once; whether some still do.</summary>
    private bool Settle()
    {
        var settling = false;
        foreach (var (_, store) in _reading.Values)
        {
            if (store.Remaining > FewRecords) continue;
            store.Store.Settle(store.Position);
            settling |= store.Store.HoldsRestored;
        }
        return settling;
    }

    private void Complete()
    {
        foreach (var task in _tasks.Values.Where(t => !t.IsStandby && t.IsComplete && !t.Stores.Any(s => s.Store.HoldsRestored)).ToList())
        {
            _tasks.Remove(task.Id);
            Release(task);
            foreach (var store in task.Stores) _listener.OnStoreEnd(task, store);
            _listener.OnRestored(task);
        }
    }

    /// <summary>A standby reads no source topic further than the group has processed it.</summary>
    private void HoldBack()
    {
        List<StoreRestoration>? held = null;
        foreach (var (task, store) in _reading.Values)
            if (task.IsStandby && store.Position >= store.Limit) (held ??= []).Add(store);
        if (held is not null) Release(held);
    }

    private void Release(TaskRestoration task) => Release([.. task.Stores.Where(s => s.IsAssigned)]);

    private void Release(List<StoreRestoration> reading)
    {
        foreach (var store in reading)
        {
            store.IsAssigned = false;
            _reading.Remove(store.Changelog);
            if (_touched.Remove(store) || store.Store.HoldsRestored) store.Store.EndRestore(store.Position);
        }
        if (reading.Count > 0) _reader.Unassign(reading.Select(s => s.Changelog));
    }

    void IBatchSink.Take(TopicPartition partition, ReadOnlySpan<FetchedRecord> records)
    {
        if (!_reading.TryGetValue(partition, out var at)) return;
        var (task, store) = at;
        if (_touched.Add(store)) store.Store.BeginRestore();
        var count = 0;
        foreach (ref readonly var record in records)
        {
            if (record.Offset >= store.Limit) break;
            count++;
            if (record.HasKey) store.Store.Restore(record.Key, record.Value, !record.HasValue, record.Timestamp);
        }
        store.Position = Math.Min(records[^1].Offset + 1, store.Limit);
        store.Restored += count;
        _listener.OnStoreBatch(task, store, count);
    }

    void IBatchSink.TakeEnd(TopicPartition partition, long offset)
    {
        if (_reading.TryGetValue(partition, out var at) && offset > at.Store.Position) at.Store.Position = Math.Min(offset, at.Store.Limit);
    }

    void IBatchSink.TakeFault(TopicPartition partition, ErrorCode code)
    {
        if (!_reading.ContainsKey(partition)) return;
        if (Faults.IsPermanent(code)) throw new ConsumeFault(partition, code);
        LogFault(partition.Topic, partition.Partition.Value, code); // the client goes on trying
    }

    public void Stop()
    {
        _stopping.Cancel();
        _signal.Set();
        if (_thread.IsAlive) _thread.Join();
    }

    [LoggerMessage(LogLevel.Error, "Restoring stores failed")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "{Topic} [{Partition}]: {Code}")]
    private partial void LogFault(string topic, int partition, ErrorCode code);

    [LoggerMessage(LogLevel.Warning, "Changelog {Topic} [{Partition}] ends at {End}, before the position {Position} of the store on disk")]
    private partial void LogShrunk(string topic, int partition, long position, long end);
}
