using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Runtime;

/// <summary>What workers ask of their instance.</summary>
internal sealed partial class StreamsInstance
{
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
        var committed = CommittedOffsets(inputs.Select(i => i.Partition));
        foreach (var input in inputs) input.RewindTo(committed.GetValueOrDefault(input.Partition));
        TaskRestoration restoration;
        lock (_lock)
        {
            var entry = _tasks[task.Id];
            entry.State.Dispose();
            entry.State = TaskState.Open(task.State.Plan, task.Id, _config);
            restoration = entry.Restoration = new(entry.State, standby: false);
            foreach (var store in restoration.OfSources) store.Limit = committed.GetValueOrDefault(store.Changelog) ?? 0;
            (entry.Phase, entry.IsRestored, entry.Running, entry.Inputs) = (TaskPhase.Restoring, false, null, inputs);
        }
        _observer.OnRebalancing();
        _restore!.Activate(restoration);
    }

    /// <summary>The group's offsets, waited for.</summary>
    private IReadOnlyDictionary<TopicPartition, long?> CommittedOffsets(IEnumerable<TopicPartition> partitions)
    {
        var patience = Patience();
        while (true)
        {
            _hardStop.Token.ThrowIfCancellationRequested();
            try
            {
                return _member!.Committed(partitions, TimeSpan.FromSeconds(10));
            }
            catch (KafkaException e)
            {
                patience.TimedOut("reading committed offsets", e);
                LogRetry(e.Message);
            }
        }
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

    [LoggerMessage(LogLevel.Warning, "{Worker}: {Reason}; its transaction is taken back")]
    private partial void LogWorkerFault(string worker, string reason);

    [LoggerMessage(LogLevel.Error, "{Worker} failed")]
    private partial void LogWorkerFailed(Exception exception, string worker);

    [LoggerMessage(LogLevel.Warning, "Trying again: {Reason}")]
    private partial void LogRetry(string reason);
}
