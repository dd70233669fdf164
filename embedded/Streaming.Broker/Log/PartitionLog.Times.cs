namespace Streaming.Broker.Log;

/// <summary>An offset with its record's timestamp; −1 and −1 for none.</summary>
internal readonly record struct TimestampedOffset(long Offset, long Timestamp);

internal sealed partial class PartitionLog
{
    /// <summary>The first readable record at or after a time.</summary>
    public TimestampedOffset FindByTimestamp(long timestamp, bool committedOnly)
    {
        var bound = committedOnly ? LastStableOffset : HighWatermark;
        var start = LogStartOffset;
        foreach (var segment in _segments)
        {
            if (segment.MaxTimestamp < timestamp)
            {
                continue;
            }

            if (FindInSegment(segment, timestamp, start, bound) is { } found)
            {
                return found;
            }
        }

        return new TimestampedOffset(-1, -1);
    }

    /// <summary>The record with the largest timestamp, the first of them if there are several in its batch.</summary>
    public TimestampedOffset FindMaxTimestamp(bool committedOnly)
    {
        var largest = _segments.Where(s => s.Size > 0).Select(s => s.MaxTimestamp).DefaultIfEmpty(-1).Max();
        return largest < 0 ? new TimestampedOffset(-1, -1) : FindByTimestamp(largest, committedOnly);
    }

    private TimestampedOffset? FindInSegment(LogSegment segment, long timestamp, long start, long bound)
    {
        if (segment.TryAcquire() is not { } file)
        {
            return null;
        }

        try
        {
            // The time index tells the last place before which every timestamp is smaller.
            var floor = segment.Times.Floor(timestamp - 1, 0, 8);
            var from = floor < 0 ? segment.BaseOffset : segment.BaseOffset + segment.Times.Value(floor, 8, 4);
            var position = segment.PositionOf(file, Math.Max(from, start));
            using var reader = new BatchReader(file, segment.Size);
            using var scanner = new BatchScanner(file, segment.Size);
            while (scanner.TryHeader(position, out var header) && header.BaseOffset < bound)
            {
                if (header.MaxTimestamp >= timestamp
                    && reader.TryRead(position, out var batch)
                    && FindInBatch(batch, timestamp, start) is { } found)
                {
                    return found.Offset < bound ? found : null;
                }

                position += header.TotalSize;
            }

            return null;
        }
        finally
        {
            file.ReleaseReference();
        }
    }

    /// <summary>Looks into the batch; where its codec is missing its first offset stands for the record, never a later one.</summary>
    private TimestampedOffset? FindInBatch(ReadOnlySpan<byte> batch, long timestamp, long start)
    {
        var header = new BatchHeader(batch);
        if (header.IsLogAppendTime)
        {
            return new TimestampedOffset(Math.Max(header.BaseOffset, start), header.MaxTimestamp);
        }

        if (!Compression.TryDecompress(header.Codec, batch[BatchHeader.Size..], Config.MaxDecompressedBytes, out var records))
        {
            return new TimestampedOffset(Math.Max(header.BaseOffset, start), header.MaxTimestamp);
        }

        using (records)
        {
            var reader = new RecordReader(records.Span);
            while (!reader.AtEnd && reader.TryRead(out var record))
            {
                var offset = header.BaseOffset + record.OffsetDelta;
                if (offset >= start && header.BaseTimestamp + record.TimestampDelta >= timestamp)
                {
                    return new TimestampedOffset(offset, header.BaseTimestamp + record.TimestampDelta);
                }
            }
        }

        return null;
    }
}
