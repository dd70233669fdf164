using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Errors;
using Streaming.Streams.Kafka;

namespace Streaming.Streams.Runtime;

/// <summary>When a worker commits, and how it goes back to the last commit where that fails.</summary>
internal sealed partial class Worker
{
    private bool CommitIsDue(bool ranDry)
    {
        if (!_uncommitted && !_session.IsOpen && !(ranDry && _looked)) return false;
        if (_commitRequested) return true;
        var waited = Stopwatch.GetElapsedTime(_lastCommit).TotalMilliseconds;
        if (waited >= _settings.CommitIntervalMs) return true;
        if (!_uncommitted && !_session.IsOpen) return waited >= Math.Min(100, _settings.CommitIntervalMs); // markers moved a position
        if (ranDry) return waited >= _settings.DryCommitIntervalMs;
        var dirty = 0L;
        foreach (var task in _tasks) dirty += task.Task.DirtyBytes;
        return dirty >= _settings.MaxDirtyBytes;
    }

    private void Commit()
    {
        var begun = Stopwatch.GetTimestamp();
        _commitRequested = _looked = false;
        foreach (var task in _tasks)
        {
            if (!task.Task.CommitNeeded) continue;
            _scope.Current = task.Task.Record;
            task.Task.PrepareCommit();
        }
        _scope.Current = null;
        _offsets.Clear();
        _before.Clear();
        foreach (var task in _tasks)
        {
            foreach (var input in task.Inputs)
            {
                if (input.NextOffset is not { } next || next == input.Committed) continue;
                _offsets.Add(new(input.Partition, next, task.Task.OffsetMetadataOf(input.SourceIndex)));
                _before[input.Partition] = input.Committed;
            }
        }
        var empty = _offsets.Count == 0 && !_session.IsOpen;
        var outcome = empty ? CommitOutcome.Committed : _session.Commit(_offsets, _before);
        _lastCommit = Stopwatch.GetTimestamp();
        if (outcome == CommitOutcome.Committed) Apply(empty);
        else TakeBack(outcome);
        if (!empty) _telemetry.Commit(outcome, begun);
    }

    /// <param name="empty">Nothing was sent: what changed, if anything, are stores without a changelog.</param>
    private void Apply(bool empty)
    {
        var committed = 0;
        var changed = !empty;
        foreach (var task in _tasks)
        {
            foreach (var input in task.Inputs)
            {
                var mine = committed < _offsets.Count && ReferenceEquals(_offsets[committed].Partition, input.Partition);
                input.CommitSucceeded(mine ? _offsets[committed++] : null);
            }
            changed |= task.Task.DirtyBytes > 0;
            if (task.Task.CommitNeeded) task.Task.CommitSucceeded(Checkpoint(task, always: false));
        }
        _uncommitted = false;
        if (changed) _host.OnCommitted();
    }

    /// <summary>
    /// The changelog positions that persistent stores note down, now and then: right after a commit the end of a
    /// changelog is the position behind all that the store is about to hold.
    /// </summary>
    private long[] Checkpoint(RunningTask task, bool always)
    {
        if (!task.HasPersistentStores) return [];
        if (!always && Stopwatch.GetElapsedTime(task.CheckpointedAt) < _settings.CheckpointInterval) return [];
        task.CheckpointedAt = Stopwatch.GetTimestamp();
        try
        {
            var plans = task.State.Plan.Stores;
            var logs = plans.Where(p => p is { Persistent: true, ChangelogTopic: not null, RestoresFromSource: false }).Select(p => new TopicPartition(p.ChangelogTopic, task.Id.Partition)).ToList();
            var ends = _host.ChangelogEnds(logs);
            return [.. plans.Select(p => p switch
            {
                { RestoresFromSource: true } => task.CommittedOn(p.ChangelogTopic!) ?? -1,
                { Persistent: true, ChangelogTopic: { } topic } => ends[new(topic, task.Id.Partition)],
                _ => -1,
            })];
        }
        catch (Exception e) when (e is KafkaException or TimeoutException or OperationCanceledException)
        {
            LogNoCheckpoint(e.Message); // the older position serves, with more to read again
            return [];
        }
    }

    private void TakeBack(CommitOutcome outcome)
    {
        LogTakenBack(Name, outcome);
        if (outcome != CommitOutcome.Undecided)
        {
            Rewind(static _ => true);
            return;
        }
        foreach (var task in _tasks.ToArray())
        {
            _tasks.Remove(task);
            _host.Rebuild(this, task);
        }
        _uncommitted = false;
    }

    private void Rewind(Func<RunningTask, bool> which)
    {
        foreach (var task in _tasks)
        {
            if (!which(task)) continue;
            foreach (var input in task.Inputs) input.Rewind();
            task.Task.Abort();
        }
        _seeksPending = true;
        _uncommitted = false;
        _looked = true;
    }

    /// <summary>Takes back everything since the last commit; tasks that are on their way out need not be read again.</summary>
    private void Abort(bool rewindAll, Func<RunningTask, bool> leaving)
    {
        var begun = Stopwatch.GetTimestamp();
        var outcome = CommitOutcome.Aborted;
        if (_session.IsOpen || _takesBack) _telemetry.Commit(outcome = _session.Abort(), begun);
        if (outcome == CommitOutcome.Undecided) TakeBack(outcome);
        else Rewind(t => rewindAll || _takesBack || !leaving(t));
        _takesBack = false;
        _lastCommit = Stopwatch.GetTimestamp();
    }

    private void CommitForHandover()
    {
        if (_takesBack)
        {
            Abort(rewindAll: true, static _ => false);
            return;
        }
        try
        {
            foreach (var task in _tasks) task.CheckpointedAt = 0; // what the next owner finds on disk should be near
            if (_uncommitted || _session.IsOpen || _tasks.Exists(t => t.Inputs.Any(i => i.PositionMoved))) Commit();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _scope.Current = null;
            LogHandover(e, Name);
            Abort(rewindAll: true, static _ => false);
        }
    }

    private bool Recover(Exception exception)
    {
        _scope.Current = null;
        if (exception is KafkaException or ProduceFault or ConsumeFault) LogFault(Name, exception.Message);
        _takesBack = true;
        if (exception is not TaskTimeoutException)
        {
            try
            {
                Abort(rewindAll: true, static _ => false);
            }
            catch (TaskTimeoutException e)
            {
                exception = e;
            }
        }
        if (!_host.OnFailure(this, exception)) return false;
        if (exception is TaskTimeoutException) _patience.Succeeded(); // as a new worker would: the clock starts anew
        _signal.WaitOne(100); // a fault that stays should not keep a processor busy
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "{Worker}: a commit ended as {Outcome}; its records are read again")]
    private partial void LogTakenBack(string worker, CommitOutcome outcome);

    [LoggerMessage(LogLevel.Warning, "{Worker}: the last commit before giving up tasks failed; their next owner reads the records again")]
    private partial void LogHandover(Exception exception, string worker);

    [LoggerMessage(LogLevel.Warning, "No changelog positions for the stores on disk: {Reason}")]
    private partial void LogNoCheckpoint(string reason);
}
