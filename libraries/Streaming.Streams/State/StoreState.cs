using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.State;

/// <summary>
/// The bytes of one store of one task: what is committed, and on top of it what is not yet.
/// </summary>
internal sealed partial class StoreState : IDisposable
{
    /// <summary>Stands for the entry of a write that was not made.</summary>
    public const int Unwritten = -1;

    private readonly Lock _gate = new();
    private readonly KeyLayout _layout;
    private readonly RecordCheck? _readable;
    private readonly LruOrder? _lru;
    private long _observedTime = -1;
    private long _observedBeforeRecord = -1;
    private long _observedCommitted = -1;

    private StoreState(string name, StoreSpec spec, string? changelogTopic, int partition, CommittedStore committed)
    {
        Name = name;
        Spec = spec;
        ChangelogTopic = changelogTopic;
        Partition = partition;
        Committed = committed;
        _readable = spec.Readable?.Invoke();
        _lru = spec.MaxEntries is { } max ? new LruOrder(max) : null;
        _layout = new KeyLayout(spec.Kind);
    }

    public string Name { get; }

    public StoreSpec Spec { get; }

    /// <summary>Null: not logged, nothing to restore.</summary>
    public string? ChangelogTopic { get; }

    /// <summary>The changelog is a topic that the task reads anyway: nothing is written to it.</summary>
    public bool RestoresFromSource { get; private init; }

    /// <summary>The task's partition, which is the changelog's.</summary>
    public int Partition { get; }

    public CommittedStore Committed { get; }

    public DirtyTable Dirty { get; } = new();

    /// <summary>Look-ups and scans of the task since they were last taken.</summary>
    public long Reads;

    /// <summary>Puts and deletes since they were last taken.</summary>
    public long Writes;

    /// <summary>About how many entries there are, uncommitted ones included.</summary>
    public long EstimatedCount => _lru?.Count ?? Committed.Count + Dirty.Count;

    /// <summary>Offset from which to restore: the one that the committed content stands for, 0 without one.</summary>
    public long RestoreFrom => Math.Max(0, Committed.ChangelogOffset);

    /// <summary>Largest window start or session end written, uncommitted ones included; -1: none.</summary>
    public long ObservedTime => _observedTime;

    /// <summary>Windows that start, sessions that end at or before this time are expired.</summary>
    public long ExpiredUpTo => _observedTime - Spec.RetentionMs;

    public static StoreState Open(StorePlan plan, TaskId id, IStreamConfig config)
    {
        var committed = plan.Spec.PersistentStore is { } persistent
            ? persistent(plan, id, config)
            : new MemoryStore(plan.Spec);
        return new StoreState(plan.Name, plan.Spec, plan.ChangelogTopic, id.Partition, committed)
        {
            RestoresFromSource = plan.RestoresFromSource,
        };
    }

    public static StoreState OpenGlobal(GlobalStorePlan plan, IStreamConfig config)
    {
        _ = config;
        return new StoreState(plan.Name, plan.Spec, null, -1, new MemoryStore(plan.Spec));
    }

    /// <summary>The writes of one record can be taken back from now on.</summary>
    public void KeepUndo()
    {
        Dirty.KeepUndo = true;
        _lru?.KeepUndo = true;
    }

    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out long timestamp)
    {
        Reads++;
        _lru?.Read(key);
        var table = Dirty.Table;
        if (table.Count > 0 && table.Find(key) is >= 0 and var id)
        {
            ref var entry = ref table.Entry(id);
            value = table.Value(id);
            timestamp = entry.Timestamp;
            return entry.ValueLength != TableEntry.Tombstone;
        }

        return Committed.TryGet(key, out value, out timestamp);
    }

    /// <returns>The entry among the uncommitted writes.</returns>
    public int Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestamp) =>
        Write(key, value, tombstone: false, timestamp);

    /// <returns>The entry among the uncommitted writes.</returns>
    public int Delete(ReadOnlySpan<byte> key, long timestamp) => Write(key, default, tombstone: true, timestamp);

    /// <summary>Goes through committed and uncommitted entries in key order.</summary>
    public TableCursor Range(KeyRange range)
    {
        Reads++;
        if (Dirty.Count == 0 && Committed is not MemoryStore)
        {
            return Committed.Open(range);
        }

        return new MergedCursor(
            [new MemoryTableCursor(Dirty.Table, range), Committed.Open(range)], range.Reverse, skipTombstones: true,
            Dirty.Table);
    }

    /// <summary>Raises the store's notion of time; false if the given time is already expired.</summary>
    public bool Observe(long time)
    {
        if (time > _observedTime)
        {
            _observedTime = time;
        }

        return time > _observedTime - Spec.RetentionMs;
    }

    /// <summary>The record in process is done, its writes stand.</summary>
    public void AcceptRecord()
    {
        Dirty.Accept();
        _lru?.AcceptRecord();
        _observedBeforeRecord = _observedTime;
    }

    /// <summary>Takes back what the record in process wrote.</summary>
    public void RollbackRecord()
    {
        lock (_gate)
        {
            Dirty.Rollback();
        }

        _lru?.RollbackRecord();

        _observedTime = _observedBeforeRecord;
    }

    public void Dispose() => Committed.Dispose();

    private int Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool tombstone, long timestamp)
    {
        Writes++;
        int entry;
        lock (_gate)
        {
            entry = Dirty.Put(key, value, tombstone, timestamp);
        }

        if (_lru is not null)
        {
            NoteWrite(key, tombstone, timestamp);
        }

        return entry;
    }

    private void NoteWrite(ReadOnlySpan<byte> key, bool tombstone, long timestamp)
    {
        if (tombstone)
        {
            _lru!.Remove(key);
        }
        else if (_lru!.Write(key) is { } evicted)
        {
            lock (_gate)
            {
                Dirty.Put(evicted, default, tombstone: true, timestamp);
            }
        }
    }
}
