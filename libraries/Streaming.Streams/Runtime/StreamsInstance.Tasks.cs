using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>Tasks come and go with the partitions that the group assigns.</summary>
internal sealed partial class StreamsInstance
{
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
        var processed = ProcessedOf(partitions.Select(p => p.Feed.Partition));
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
                foreach (var store in entry.Restoration.OfSources)
                    if (processed.TryGetValue(store.Changelog, out var offset)) store.Limit = offset ?? 0;
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

    /// <summary>How far the group has processed those of the topics that stores are restored from.</summary>
    private IReadOnlyDictionary<TopicPartition, long?> ProcessedOf(IEnumerable<TopicPartition> partitions)
    {
        var sources = partitions.Where(p => _restoredSources.Contains(p.Topic)).ToList();
        return sources.Count == 0 ? System.Collections.ObjectModel.ReadOnlyDictionary<TopicPartition, long?>.Empty : CommittedOffsets(sources);
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

    [LoggerMessage(LogLevel.Information, "Assigned {Partitions} partitions: {Running} tasks run, {Restoring} restore their stores")]
    private partial void LogAssigned(int partitions, int running, int restoring);

    [LoggerMessage(LogLevel.Information, "Revoked {Partitions} partitions")]
    private partial void LogRevoked(int partitions);

    [LoggerMessage(LogLevel.Warning, "Lost {Partitions} partitions")]
    private partial void LogLost(int partitions);

    [LoggerMessage(LogLevel.Warning, "Taking tasks from a worker failed")]
    private partial void LogRemovalFailed(Exception exception);
}
