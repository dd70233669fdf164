using Confluent.Kafka;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>One store on its way to its changelog's end, or following it as a standby. Its restore thread writes, anyone reads.</summary>
internal sealed class StoreRestoration(StoreState store, TopicPartition changelog)
{
    private long _position = -1;
    private long _end = -1;
    private long _restored;
    private long _limit = store.RestoresFromSource ? 0 : long.MaxValue;

    public StoreState Store { get; } = store;

    public TopicPartition Changelog { get; } = changelog;

    /// <summary>Offset of the next changelog record to apply; -1 before the restoration has begun.</summary>
    public long Position { get => Interlocked.Read(ref _position); set => Interlocked.Exchange(ref _position, value); }

    /// <summary>Where the changelog ended when it was last asked; -1: not known yet.</summary>
    public long End { get => Interlocked.Read(ref _end); set => Interlocked.Exchange(ref _end, value); }

    /// <summary>
    /// Of a store that is restored from a source topic the group's committed offset, as of when it was last asked: what
    /// follows is yet to be processed. Nothing is read before it is known. Of others there is no limit.
    /// </summary>
    public long Limit { get => Interlocked.Read(ref _limit); set => Interlocked.Exchange(ref _limit, value); }

    public long Restored { get => Interlocked.Read(ref _restored); set => Interlocked.Exchange(ref _restored, value); }

    public long Start { get; set; } = -1;

    public bool IsAssigned { get; set; }

    public bool IsComplete => End >= 0 && Position >= End;

    /// <summary>Records (markers counted) still to read; -1: not known yet.</summary>
    public long Remaining => End < 0 ? -1 : Math.Max(0, End - Math.Max(0, Position));
}

/// <summary>The stores of one task that are read from their changelogs.</summary>
internal sealed class TaskRestoration
{
    public TaskRestoration(TaskState state, bool standby)
    {
        State = state;
        IsStandby = standby;
        Stores = [.. state.Stores.Where(s => s.ChangelogTopic is not null).Select(s => new StoreRestoration(s, new(s.ChangelogTopic!, state.Id.Partition)))];
    }

    public TaskState State { get; }

    public TaskId Id => State.Id;

    public IReadOnlyList<StoreRestoration> Stores { get; }

    /// <summary>Those that are restored from a source topic.</summary>
    public IEnumerable<StoreRestoration> OfSources => Stores.Where(s => s.Store.RestoresFromSource);

    /// <summary>Follows its changelogs on and on, until it is taken away.</summary>
    public bool IsStandby { get; set; }

    public bool IsComplete => Stores.All(s => s.IsComplete);
}
