using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

internal enum TaskPhase
{
    /// <summary>Between a revocation and the next assignment: nobody else had it meanwhile if it comes back.</summary>
    Suspended,

    Restoring,

    Running,

    Standby,
}

/// <summary>A task as its instance keeps it, whatever happens to it at the moment.</summary>
internal sealed class TaskEntry(TaskState state)
{
    public TaskId Id => State.Id;

    public TaskState State { get; set; } = state;

    public TaskPhase Phase { get; set; } = TaskPhase.Suspended;

    /// <summary>Null once the stores are complete.</summary>
    public TaskRestoration? Restoration { get; set; }

    /// <summary>The stores hold all of their changelogs up to the task's last commit.</summary>
    public bool IsRestored { get; set; }

    /// <summary>Feeds that wait for the stores.</summary>
    public List<(PartitionFeed Feed, long? Start)> Feeds { get; set; } = [];

    /// <summary>Inputs of a task that is rebuilt.</summary>
    public PartitionInput[]? Inputs { get; set; }

    public Worker? Worker { get; set; }

    public RunningTask? Running { get; set; }

    public void DropFeeds()
    {
        foreach (var (feed, _) in Feeds) feed.Dispose();
        Feeds = [];
        foreach (var input in Inputs ?? []) input.Dispose();
        Inputs = null;
    }
}
