namespace Streaming.Streams.State;

/// <content>What other threads may do.</content>
internal sealed partial class StoreState
{
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
}
