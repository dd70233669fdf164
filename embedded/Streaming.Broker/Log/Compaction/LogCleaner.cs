using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Log.Compaction;

/// <summary>
/// Compacts one partition. Pass one notes the last offset of every key in the part that was not cleaned before; pass
/// two rewrites all segments below, several small ones into one. A crash at any point leaves the old or the new
/// segment: the new is written whole as .cleaned, renamed to .swap, and only then the old ones go.
/// </summary>
internal sealed class LogCleaner(LogEnvironment environment, PartitionLog log)
{
    public const string CleanedSuffix = ".cleaned";
    public const string SwapSuffix = ".swap";

    /// <summary>More keys than this are not mapped at once; what is beyond is left to the next pass.</summary>
    private const int MaxKeys = 4_000_000;

    /// <summary>Cleans if there is enough to clean; returns the offset up to which the log is clean now.</summary>
    public long Clean(long cleanedTo, long now)
    {
        var work = log.FindCleanable(cleanedTo, now);
        if (work is null)
        {
            return cleanedTo;
        }

        var aborted = new AbortedRanges(work.Aborted);
        var keys = new KeyMap();
        var end = work.DirtyFrom;
        foreach (var segment in work.Segments)
        {
            var next = segment == work.Segments[^1] ? work.End : work.Segments[work.Segments.IndexOf(segment) + 1].BaseOffset;
            if (next <= work.DirtyFrom)
            {
                continue;
            }

            MapKeys(segment, work.DirtyFrom, aborted, keys);
            end = next;
            if (keys.Count > MaxKeys)
            {
                break;
            }
        }

        var producersWithData = new HashSet<long>(); // a transaction may begin in one group and end in the next
        foreach (var group in Group(work.Segments.Where(s => s.BaseOffset < end), end))
        {
            Rewrite(group.Segments, group.End, last => new BatchFilter(
                keys, aborted, producersWithData, work.LastOffsetOfProducers, last, log.Config, now));
        }

        return end;
    }

    private void MapKeys(LogSegment segment, long from, AbortedRanges aborted, KeyMap keys)
    {
        using var reader = new BatchReader(segment.File, segment.Size);
        var position = segment.PositionOf(from);
        while (reader.TryRead(position, out var batch))
        {
            position += batch.Length;
            var header = new BatchHeader(batch);
            if (header.IsControl || aborted.Contains(header)
                || !Compression.TryDecompress(header.Codec, batch[BatchHeader.Size..], log.Config.MaxDecompressedBytes, out var records))
            {
                continue;
            }

            using (records)
            {
                var record = new RecordReader(records.Span);
                while (!record.AtEnd && record.TryRead(out var view))
                {
                    if (view.KeyLength >= 0)
                    {
                        keys.Put(records.Span.Slice(view.KeyStart, view.KeyLength), header.BaseOffset + view.OffsetDelta);
                    }
                }
            }
        }
    }

    /// <summary>Neighbours that fit into one segment are merged.</summary>
    private IEnumerable<(List<LogSegment> Segments, long End)> Group(IEnumerable<LogSegment> segments, long end)
    {
        var group = new List<LogSegment>();
        var size = 0L;
        foreach (var segment in segments)
        {
            var fits = size + segment.Size <= log.Config.SegmentBytes && end - (group.Count == 0 ? segment : group[0]).BaseOffset < int.MaxValue;
            if (group.Count > 0 && !fits)
            {
                yield return (group, segment.BaseOffset);
                (group, size) = ([], 0);
            }

            group.Add(segment);
            size += segment.Size;
        }

        if (group.Count > 0)
        {
            yield return (group, end);
        }
    }

    private void Rewrite(List<LogSegment> group, long end, Func<long, BatchFilter> createFilter)
    {
        var path = group[0].LogPath;
        var filter = createFilter(LastOffset(group[^1]));
        var before = group.Sum(s => s.Size);
        var file = environment.Files.Open(path + CleanedSuffix);
        long size;
        try
        {
            file.SetLength(0);
            size = WriteFiltered(group, file, filter);
            if (size > int.MaxValue)
            {
                throw new InvalidDataException($"{path} would grow beyond what its index can address");
            }

            file.Flush();
        }
        catch
        {
            file.ReleaseReference();
            environment.Files.Delete(path + CleanedSuffix);
            throw;
        }

        file.ReleaseReference();
        if (log.TryReplace(group, end, filter.DroppedMarkers))
        {
            environment.Logger.LogDebug("{Partition}: compacted {Before} bytes to {After}", log.Partition, before, size);
        }
        else
        {
            environment.Files.Delete(path + CleanedSuffix);
        }
    }

    private static long WriteFiltered(List<LogSegment> group, LogFile file, BatchFilter filter)
    {
        var written = 0L;
        foreach (var segment in group)
        {
            using var reader = new BatchReader(segment.File, segment.Size);
            for (var position = 0L; reader.TryReadMemory(position, out var batch);)
            {
                position += batch.Length;
                var kept = filter.Apply(batch);
                file.Write(kept.Span, written);
                written += kept.Length;
            }
        }

        return written;
    }

    private static long LastOffset(LogSegment segment)
    {
        using var scanner = new BatchScanner(segment.File, segment.Size);
        var last = segment.BaseOffset - 1;
        for (var position = 0L; scanner.TryHeader(position, out var header);)
        {
            position += header.TotalSize;
            last = header.LastOffset;
        }

        return last;
    }
}
