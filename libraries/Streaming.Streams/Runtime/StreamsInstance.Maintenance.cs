using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>
/// What is done now and then: standbys where the group's members want them, repartition topics cut off, files of tasks
/// that went elsewhere deleted.
/// </summary>
internal sealed partial class StreamsInstance
{
    private static readonly TimeSpan s_standbyInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_purgeInterval = TimeSpan.FromSeconds(30);

    private async Task MaintainAsync()
    {
        var purged = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(s_standbyInterval, _stopping.Token).ConfigureAwait(false);
                CleanUp();
                if (_standbyReplicas > 0) await PlaceStandbysAsync().ConfigureAwait(false);
                if (System.Diagnostics.Stopwatch.GetElapsedTime(purged) < s_purgeInterval) continue;
                purged = System.Diagnostics.Stopwatch.GetTimestamp();
                await PurgeRepartitionTopicsAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e) when (e is KafkaException or TimeoutException or OperationCanceledException or IOException or UnauthorizedAccessException)
            {
                LogMaintenance(e.Message); // the next round does it
            }
        }
    }

    private readonly Dictionary<TaskId, long> _unowned = [];

    /// <summary>Files of tasks that nobody has had here for the delay; the instance's folder is locked, and its tasks by the lock.</summary>
    private void CleanUp()
    {
        var delay = RuntimeConfig.StateCleanupDelay(_config);
        foreach (var task in _directory!.TaskFolders().ToList())
        {
            lock (_lock)
            {
                if (_tasks.ContainsKey(task))
                {
                    _unowned.Remove(task);
                    continue;
                }
                if (_unowned.TryAdd(task, System.Diagnostics.Stopwatch.GetTimestamp())) continue;
                if (System.Diagnostics.Stopwatch.GetElapsedTime(_unowned[task]) < delay) continue;
                _directory.Discard(task);
                _unowned.Remove(task);
            }
            LogDiscarded(task);
        }
        _directory.DeleteObsolete();
    }

    /// <summary>
    /// A task that moved away stays as a standby where replicas are wanted: its position is known, see
    /// <see cref="NotePositions"/>. Whether it is wanted here is decided in the next round. Within the lock.
    /// </summary>
    private bool BecomeStandby(TaskEntry entry)
    {
        if (_standbyReplicas <= 0 || entry.Restoration is not { } restoration || _stopping.IsCancellationRequested) return false;
        (entry.Phase, entry.IsRestored, entry.Worker) = (TaskPhase.Standby, false, null);
        restoration.IsStandby = true;
        _restore!.Follow(restoration);
        return true;
    }

    /// <summary>
    /// After the last commit of tasks on their way out, and before anyone else writes: the ends of their changelogs are
    /// the positions that the stores stand for.
    /// </summary>
    private Dictionary<TaskId, TaskRestoration> NotePositions(HashSet<TaskId> ids)
    {
        var positions = new Dictionary<TaskId, TaskRestoration>();
        if (_standbyReplicas <= 0 || _stopping.IsCancellationRequested) return positions;
        var complete = Entries(e => ids.Contains(e.Id) && e is { IsRestored: true, Phase: TaskPhase.Running });
        var restorations = complete.Select(e => new TaskRestoration(e.State, standby: true)).Where(r => r.Stores.Count > 0).ToList();
        var processed = complete.ToDictionary(e => e.Id, e => e.Running);
        try
        {
            var ends = EndsWithin([.. restorations.SelectMany(r => r.Stores).Select(s => s.Changelog)]);
            foreach (var restoration in restorations)
            {
                foreach (var store in restoration.Stores) store.Start = store.Position = store.End = ends[store.Changelog];
                foreach (var store in restoration.OfSources)
                    store.Start = store.Position = store.End = store.Limit = processed[restoration.Id]?.CommittedOn(store.Changelog.Topic) ?? -1;
                if (restoration.Stores.All(s => s.Position >= 0)) positions[restoration.Id] = restoration;
            }
        }
        catch (Exception e) when (e is KafkaException or TimeoutException or OperationCanceledException)
        {
            LogMaintenance(e.Message); // they are closed then, and restored from the start if they come back
        }
        return positions;
    }

    private async Task PlaceStandbysAsync()
    {
        var placement = await PlacementAsync(_stopping.Token).ConfigureAwait(false);
        if (placement.Members.FirstOrDefault(m => m.InstanceId == InstanceId) is not { } self) return;
        var wanted = placement.StandbysOn(self).ToHashSet();
        foreach (var id in wanted)
        {
            TaskRestoration restoration;
            lock (_lock)
            {
                if (_tasks.ContainsKey(id)) continue;
                var state = TaskState.Open(_plan.SubTopologies.First(s => s.Id == id.Id), id, _config);
                restoration = new(state, standby: true);
                _tasks[id] = new(state) { Phase = TaskPhase.Standby, Restoration = restoration };
            }
            LogStandby(id);
            _restore!.Follow(restoration);
        }
        // A group in the middle of a rebalance has owners for few tasks: standbys go only once others hold the task.
        foreach (var entry in Entries(e => e.Phase == TaskPhase.Standby && !wanted.Contains(e.Id) && placement.OwnerOf(e.Id) is { } owner && owner != self))
        {
            _restore!.Remove(entry.Id);
            lock (_lock)
            {
                if (entry.Phase == TaskPhase.Standby) Close(entry);
                else if (entry is { Phase: TaskPhase.Restoring, Restoration: { } restoration }) _restore.Activate(restoration);
            }
        }
        foreach (var entry in Entries(e => e.Phase == TaskPhase.Standby)) await RefreshEndsAsync(entry).ConfigureAwait(false);
    }

    /// <summary>A standby's distance to the end, for whoever asks.</summary>
    private async Task RefreshEndsAsync(TaskEntry entry)
    {
        if (entry.Restoration is not { IsStandby: true } restoration) return;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        deadline.CancelAfter(s_optionalCall);
        var ends = await _admin!.EndsAsync([.. restoration.Stores.Select(s => s.Changelog)], deadline.Token).ConfigureAwait(false);
        var processed = ProcessedOf(restoration.OfSources.Select(s => s.Changelog));
        lock (_lock)
        {
            // Not of one that has become active meanwhile: its limit is the offset at which it begins.
            if (entry.Phase != TaskPhase.Standby || entry.Restoration != restoration) return;
            foreach (var store in restoration.OfSources) store.Limit = Math.Max(store.Limit, processed.GetValueOrDefault(store.Changelog) ?? 0);
            foreach (var store in restoration.Stores) store.End = Math.Min(ends[store.Changelog], store.Limit);
        }
        if (restoration.OfSources.Any()) _restore!.Extend(restoration);
    }

    /// <summary>Records of repartition topics that are processed are of no use to anyone.</summary>
    private async Task PurgeRepartitionTopicsAsync()
    {
        var topics = _plan.SubTopologies.SelectMany(s => s.RepartitionTopics).Select(t => t.Topic).ToHashSet();
        var offsets = RunningTasks().SelectMany(t => t.Inputs)
            .Where(i => topics.Contains(i.Partition.Topic) && i.Committed > 0)
            .Select(i => new TopicPartitionOffset(i.Partition, i.Committed!.Value)).ToList();
        if (offsets.Count > 0) await _admin!.DeleteBeforeAsync(offsets).ConfigureAwait(false);
    }

    [LoggerMessage(LogLevel.Information, "Keeping a standby of task {Task}")]
    private partial void LogStandby(TaskId task);

    [LoggerMessage(LogLevel.Information, "Files of task {Task} are deleted: it went elsewhere")]
    private partial void LogDiscarded(TaskId task);

    [LoggerMessage(LogLevel.Warning, "Maintenance: {Reason}")]
    private partial void LogMaintenance(string reason);
}
