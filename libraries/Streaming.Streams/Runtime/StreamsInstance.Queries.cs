using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Metrics;

namespace Streaming.Streams.Runtime;

internal sealed partial class StreamsInstance
{
    private static readonly TimeSpan s_placementAge = TimeSpan.FromSeconds(2);
    // However many find it to be old at the same moment: the coordinator is asked a few times a second at most.
    private static readonly TimeSpan s_placementAgeAtLeast = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _placing = new(1, 1);
    private (Placement Placement, long At)? _placement;
    private bool _forgetPlacement;

    public int TasksOf(SubTopologyPlan subTopology) => _setup is { Partitions.Count: > 0 } setup ? setup.TasksOf(subTopology) : 0;

    /// <summary>What is known of the placement has turned out to be old.</summary>
    public void ForgetPlacement() => Volatile.Write(ref _forgetPlacement, true);

    /// <summary>Who runs what, asked of the group's coordinator now and then.</summary>
    public async Task<Placement> PlacementAsync(CancellationToken cancellation)
    {
        await _placing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var allowed = Volatile.Read(ref _forgetPlacement) ? s_placementAgeAtLeast : s_placementAge;
            if (_placement is { } known && System.Diagnostics.Stopwatch.GetElapsedTime(known.At) < allowed) return known.Placement;
            Volatile.Write(ref _forgetPlacement, false);
            var members = await Admin.MembersAsync(_plan.ApplicationId, cancellation).ConfigureAwait(false);
            var placement = Placement.Of(_plan, members, _standbyReplicas);
            _placement = (placement, System.Diagnostics.Stopwatch.GetTimestamp());
            return placement;
        }
        finally
        {
            _placing.Release();
        }
    }

    public List<LocalStorePartition> LocalStores()
    {
        var stores = new List<LocalStorePartition>();
        foreach (var entry in Entries(static _ => true))
        {
            var restoration = entry.Restoration;
            foreach (var store in entry.State.Stores)
            {
                var remaining = restoration?.Stores.FirstOrDefault(s => s.Store == store)?.Remaining ?? 0;
                stores.Add(new(store.Name, entry.Id.Partition, StateOf(entry.Phase), store.Committed.Count, remaining));
            }
        }
        foreach (var plan in _plan.GlobalStores)
            if (_globals?.Find(plan.Name) is { } global)
                stores.Add(new(plan.Name, -1, _globalThread!.CaughtUp.IsCompletedSuccessfully ? StorePartitionState.Running : StorePartitionState.Restoring, global.Committed.Count, 0));
        return stores;
    }

    private static StorePartitionState StateOf(TaskPhase phase) => phase switch
    {
        TaskPhase.Running => StorePartitionState.Running,
        TaskPhase.Restoring => StorePartitionState.Restoring,
        TaskPhase.Standby => StorePartitionState.Standby,
        _ => StorePartitionState.Suspended,
    };

    public List<LocalTaskLag> LocalLags() =>
        [.. RunningTasks().SelectMany(t => t.Inputs.Select(i =>
            new LocalTaskLag(t.Id.ToString(), i.Partition.Topic, i.Partition.Partition.Value, i.Committed, i.Feed.KnownEnd)))];

    public IEnumerable<Sensor> Sensors()
    {
        foreach (var task in RunningTasks().Where(t => t.IsStarted))
        {
            var tags = new Dictionary<string, string> { ["application_id"] = _plan.ApplicationId, ["task_id"] = task.Id.ToString() };
            var figures = new (string Name, string Description, Func<object> Value)[]
            {
                ("records-processed-total", "Records taken through the topology", () => task.Task.Metrics.RecordsProcessed),
                ("records-dropped-total", "Records that the topology dropped", () => task.Task.Metrics.RecordsDropped + task.Task.Metrics.LateRecordsDropped),
                ("dead-letters-total", "Records sent to a dead-letter topic", () => task.Task.Metrics.DeadLetters),
            };
            yield return new($"task.{task.Id}", "A running task", MetricsRecordingLevel.INFO, figures.ToDictionary(
                f => new MetricName(f.Name, "stream-task-metrics", f.Description, tags),
                f => new StreamMetric(new(f.Name, "stream-task-metrics", f.Description, tags), f.Value)));
        }
    }

    /// <summary>The local partitions of a store that may be read: those of running tasks, and others on request.</summary>
    public List<(int Partition, StoreState Store)> LocalStates(string storeName, Func<TaskPhase, bool> phases)
    {
        if (_globals?.Find(storeName) is { } global) return [(-1, global)];
        return [.. Entries(e => phases(e.Phase)).OrderBy(e => e.Id)
            .Where(e => e.State.Find(storeName) is not null).Select(e => (e.Id.Partition, e.State.Find(storeName)!))];
    }
}
