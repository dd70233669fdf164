using Streaming.Streams.Tasks;

namespace Streaming.Streams.State;

/// <content>The way of uncommitted writes: to the changelog, and to the committed content or nowhere.</content>
internal sealed partial class StoreState
{
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
}
