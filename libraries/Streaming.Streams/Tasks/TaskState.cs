using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Tasks;

/// <summary>
/// The stores of one task as of the last commit. A standby is a task state that is only restored;
/// a <see cref="StreamTask"/> on top of it makes it an active task. One thread at a time writes to it:
/// the restore thread until it is handed over, then the task's worker. Queries may read it from any thread.
/// </summary>
internal sealed class TaskState : IDisposable
{
    private TaskState(SubTopologyPlan plan, TaskId id, StoreState[] stores)
    {
        Plan = plan;
        Id = id;
        Stores = stores;
    }

    public SubTopologyPlan Plan { get; }

    public TaskId Id { get; }

    /// <summary>In the order of <see cref="SubTopologyPlan.Stores"/>.</summary>
    public IReadOnlyList<StoreState> Stores { get; }

    /// <summary>Opens the stores; persistent ones with what they held at their last commit.</summary>
    public static TaskState Open(SubTopologyPlan plan, TaskId id, IStreamConfig config)
    {
        var stores = new StoreState[plan.Stores.Count];
        for (var i = 0; i < stores.Length; i++)
        {
            stores[i] = StoreState.Open(plan.Stores[i], id, config);
        }

        return new TaskState(plan, id, stores);
    }

    /// <summary>A state of one global store, for the processor that fills it.</summary>
    public static TaskState OfGlobal(StoreState store) => new(
        new SubTopologyPlan
        {
            Id = -1,
            Sources = [],
            SinkTopics = [],
            RepartitionTopics = [],
            Stores = [],
            CoPartitionGroups = [],
            Blueprint = null!,
        },
        new TaskId(-1, -1),
        [store]);

    public StoreState? Find(string storeName) => Stores.FirstOrDefault(s => s.Name == storeName);

    public void Dispose()
    {
        foreach (var store in Stores)
        {
            store.Dispose();
        }
    }
}
