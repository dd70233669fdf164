using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.State;

/// <summary>
/// The bytes of one store of one task: what is committed, and on top of it what is not yet.
/// </summary>
internal sealed class StoreState : IDisposable
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

    public bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out long timestamp)
    {
        Reads++;
        if (_lru is not null)
        {
            _lru.KeepUndo = Dirty.KeepUndo;
            _lru.Read(key);
        }

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

    public void BeginRestore() => Committed.BeginBatch();

    /// <summary>Applies one changelog record, between <see cref="BeginRestore"/> and <see cref="EndRestore"/>.</summary>
    public void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, long timestamp)
    {
        if (Spec.Kind != StoreKind.KeyValue)
        {
            if (key.Length < _layout.SuffixLength || !Observe(_layout.TimeOf(key)))
            {
                return;
            }
        }

        if (valueIsNull)
        {
            Committed.Remove(key);
            _lru?.Remove(key);
        }
        else if (_readable is null || _readable(key, value))
        {
            Committed.Put(key, value, timestamp);
            if (_lru?.Write(key) is { } evicted)
            {
                // The changelog is of a time when there was room for more.
                Committed.Remove(evicted);
            }
        }
    }

    /// <summary>Whether restored records are held back, until <see cref="Settle"/> or the last <see cref="EndRestore"/>.</summary>
    public bool HoldsRestored => Committed.HoldsBatches;

    /// <inheritdoc cref="CommittedStore.Settle"/>
    public void Settle(long nextOffset) => Committed.Settle(nextOffset);

    /// <param name="nextOffset">The changelog position after the batch.</param>
    /// <param name="goesOn">Much is still to come, and nobody reads meanwhile.</param>
    public void EndRestore(long nextOffset, bool goesOn = false)
    {
        if (Spec.Kind != StoreKind.KeyValue)
        {
            Committed.ExpireBefore(ExpiredUpTo);
            _observedCommitted = _observedBeforeRecord = _observedTime;
        }

        _lru?.Commit();
        if (goesOn)
        {
            Committed.HoldBatch(nextOffset);
        }
        else
        {
            Committed.EndBatch(nextOffset);
        }
    }

    /// <summary>Hands the uncommitted writes to the collector.</summary>
    public int WriteChangelog(IRecordCollector collector, OutputTopic topic)
    {
        var table = Dirty.Table;
        if (_lru is { } lru)
        {
            // In the order in which they were used: it comes back with a restoration.
            var used = Enumerable.Range(0, table.HighWater).Where(table.IsUsed).OrderBy(id => lru.UsedAt(table.Key(id))).ToList();
            used.ForEach(id => WriteChange(collector, topic, id));
            return used.Count;
        }

        var count = 0;
        for (var id = 0; id < table.HighWater; id++)
        {
            if (!table.IsUsed(id))
            {
                continue;
            }

            count++;
            WriteChange(collector, topic, id);
        }

        return count;
    }

    private void WriteChange(IRecordCollector collector, OutputTopic topic, int id)
    {
        ref var entry = ref Dirty.Table.Entry(id);
        collector.Send(topic, Partition, new OutgoingRecord
        {
            Key = Dirty.Table.Key(id),
            Value = Dirty.Table.Value(id),
            ValueIsNull = entry.ValueLength == TableEntry.Tombstone,
            Timestamp = entry.Timestamp,
        });
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

    /// <summary>The uncommitted writes become the content.</summary>
    public void Commit(long changelogOffset)
    {
        _lru?.Commit();
        if (Dirty.Count == 0 && changelogOffset < 0)
        {
            return;
        }

        lock (_gate)
        {
            Committed.BeginBatch();
            var table = Dirty.Table;
            for (var id = 0; id < table.HighWater; id++)
            {
                if (!table.IsUsed(id))
                {
                    continue;
                }

                if (table.Entry(id).ValueLength == TableEntry.Tombstone)
                {
                    Committed.Remove(table.Key(id));
                }
                else
                {
                    Committed.Put(table.Key(id), table.Value(id), table.Entry(id).Timestamp);
                }
            }

            if (Spec.Kind != StoreKind.KeyValue)
            {
                Committed.ExpireBefore(ExpiredUpTo);
            }

            Committed.EndBatch(changelogOffset);
            Dirty.Clear();
            _observedCommitted = _observedBeforeRecord = _observedTime;
        }
    }

    /// <summary>Drops the uncommitted writes.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            Dirty.Clear();
        }

        _lru?.Abort();
        _observedTime = _observedBeforeRecord = _observedCommitted;
    }

    /// <summary>Any thread: a copy of the value.</summary>
    public bool TryRead(ReadOnlySpan<byte> key, bool uncommitted, out byte[] value, out long timestamp)
    {
        if (uncommitted)
        {
            lock (_gate)
            {
                var table = Dirty.Table;
                if (table.Count > 0 && table.Find(key) is >= 0 and var id)
                {
                    value = table.Value(id).ToArray();
                    timestamp = table.Entry(id).Timestamp;
                    return table.Entry(id).ValueLength != TableEntry.Tombstone;
                }

                return Committed.TryRead(key, out value, out timestamp);
            }
        }

        return Committed.TryRead(key, out value, out timestamp);
    }

    /// <summary>Any thread: a consistent view of a range.</summary>
    public TableCursor OpenSnapshot(KeyRange range, bool uncommitted)
    {
        if (!uncommitted)
        {
            return Committed.OpenSnapshot(range);
        }

        lock (_gate)
        {
            var copy = new MemoryTable(reclaims: false);
            var dirty = Dirty.Table;
            for (var id = 0; id < dirty.HighWater; id++)
            {
                // Not by the index, which is the owner's to build.
                if (dirty.IsUsed(id) && !range.IsBelow(dirty.Key(id)) && !range.IsAbove(dirty.Key(id)))
                {
                    ref var entry = ref dirty.Entry(id);
                    var tombstone = entry.ValueLength == TableEntry.Tombstone;
                    copy.Put(dirty.Key(id), dirty.Value(id), tombstone, entry.Timestamp, inPlace: true, out _);
                }
            }

            return new MergedCursor(
                [new MemoryTableCursor(copy, range), Committed.OpenSnapshot(range)], range.Reverse, skipTombstones: true);
        }
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
        _lru!.KeepUndo = Dirty.KeepUndo;
        if (tombstone)
        {
            _lru.Remove(key);
        }
        else if (_lru.Write(key) is { } evicted)
        {
            lock (_gate)
            {
                Dirty.Put(evicted, default, tombstone: true, timestamp);
            }
        }
    }
}
