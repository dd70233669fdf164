using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

/// <summary>What a read found: a range of a segment file (none if nothing is readable) and where the log stood.</summary>
internal readonly record struct ReadResult(
    ErrorCode Error,
    long HighWatermark = -1,
    long LastStableOffset = -1,
    long LogStartOffset = -1,
    FileRange? Data = null,
    List<AbortedTransaction>? Aborted = null);

internal sealed partial class PartitionLog
{
    /// <summary>
    /// Finds the batches from an offset on, at most <paramref name="maxBytes"/> of them in whole batches, or the first
    /// one whatever its size if <paramref name="atLeastOne"/>. The caller releases the range.
    /// </summary>
    public ReadResult Read(long offset, int maxBytes, bool committedOnly, bool atLeastOne)
    {
        while (true)
        {
            long high, stable, start;
            ReadBound bound;
            LogSegment[] candidates;
            lock (_lock)
            {
                if (_closed)
                {
                    return new ReadResult(ErrorCode.UnknownTopicOrPartition);
                }

                high = HighWatermark; // it may move while we look
                (stable, start) = (StableOffset(high), _logStartOffset);
                if (offset < start || offset > _logEndOffset)
                {
                    return new ReadResult(ErrorCode.OffsetOutOfRange);
                }

                bound = BoundAt(committedOnly ? stable : high);
                candidates = offset >= bound.Offset ? [] : SegmentsBetween(offset, bound.Offset);
            }

            var empty = new ReadResult(ErrorCode.None, high, stable, start);
            foreach (var segment in candidates)
            {
                if (segment.TryAcquire() is not { } file)
                {
                    candidates = []; // deleted or replaced while we looked: look again
                    break;
                }

                FileRange? found;
                long endOffset;
                try
                {
                    found = FindRange(segment, file, offset, bound, maxBytes, atLeastOne, out endOffset);
                }
                catch
                {
                    file.ReleaseReference();
                    throw;
                }

                if (found is { Length: > 0 } range)
                {
                    var aborted = committedOnly ? AbortedBetween(offset, Math.Min(endOffset, bound.Offset)) : null;
                    return empty with { Data = range, Aborted = aborted };
                }

                file.ReleaseReference();
                if (found is not null)
                {
                    return empty; // something is there, but beyond the budget
                }
            }

            if (candidates.Length > 0 || offset >= bound.Offset)
            {
                return empty; // only gaps that compaction left
            }
        }
    }

    /// <summary>Bytes that a read could return, for a fetch that waits for a minimum.</summary>
    public long ReadableBytes(long offset, bool committedOnly, long enough)
    {
        var result = Read(offset, (int)Math.Min(int.MaxValue, enough), committedOnly, atLeastOne: true);
        var length = result.Data?.Length ?? 0;
        result.Data?.Release();
        return length;
    }

    private LogSegment[] SegmentsBetween(long offset, long bound)
    {
        var first = SegmentIndexOf(offset);
        var last = first;
        while (last + 1 < _segments.Length && _segments[last + 1].BaseOffset < bound)
        {
            last++;
        }

        return [.. _segments.AsSpan(first, last - first + 1)];
    }

    /// <summary>The last segment that begins at or before the offset.</summary>
    private int SegmentIndexOf(long offset)
    {
        int low = 0, high = _segments.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (_segments[middle].BaseOffset <= offset)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>Null when the segment has nothing between offset and bound; an empty range when the budget allows nothing.</summary>
    private static FileRange? FindRange(LogSegment segment, LogFile file, long offset, ReadBound bound, int maxBytes, bool atLeastOne, out long endOffset)
    {
        endOffset = bound.Offset;
        var start = segment.PositionOf(file, offset);
        var limit = bound.LimitIn(segment, file);
        if (start >= limit)
        {
            return null;
        }

        var end = segment.AlignedEnd(file, start, maxBytes, limit, atLeastOne, out endOffset);
        var length = (int)Math.Min(end - start, int.MaxValue / 2);
        return new FileRange(file, start, length);
    }

    private ReadBound EndBound => new(_logEndOffset, Active, Active.Size);

    /// <summary>Where reading ends, with its place in the file if that is known without a search.</summary>
    private ReadBound BoundAt(long offset)
    {
        if (offset == _logEndOffset)
        {
            return EndBound;
        }

        return _flushedBound is var flushed && offset == flushed.Offset ? flushed : new ReadBound(offset, null, 0);
    }

    private List<AbortedTransaction> AbortedBetween(long from, long to)
    {
        lock (_lock)
        {
            return _aborted.Between(from, to);
        }
    }
}

/// <summary>An offset that readers must not pass; segment and position are given where they are known.</summary>
internal sealed record ReadBound(long Offset, LogSegment? Segment, long Position)
{
    public static readonly ReadBound None = new(-1, null, 0);

    public long LimitIn(LogSegment segment, LogFile file)
    {
        // A segment in the other's place is what compaction made of it: the position is not its own.
        if (Segment is null || (segment != Segment && segment.BaseOffset == Segment.BaseOffset))
        {
            return segment.PositionOf(file, Offset);
        }

        return segment == Segment ? Position : segment.BaseOffset < Segment.BaseOffset ? segment.Size : 0;
    }
}
