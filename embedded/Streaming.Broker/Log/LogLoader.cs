using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Log.Durability;

namespace Streaming.Broker.Log;

/// <summary>A partition's log as it was found on disk and, after a crash, repaired.</summary>
internal sealed record LoadedLog(
    ImmutableArray<LogSegment> Segments,
    ProducerState Producers,
    TransactionIndex Aborted,
    LeaderEpochs Epochs,
    long LogStartOffset,
    long LogEndOffset);

/// <summary>What is known about a partition besides its directory: what the checkpoints say and, after a crash, the journal.</summary>
internal readonly record struct LogCheckpoint(
    bool CleanShutdown, long RecoveryPoint, long LogStartOffset, long CleanedTo, IReadOnlyList<JournalledBatch> Journalled)
{
    public static readonly LogCheckpoint Fresh = new(true, 0, 0, 0, []);
}

/// <summary>
/// Opens a partition's directory. After a clean shutdown files are trusted. After a crash every batch above the
/// recovery point is checked, and the files end before the first that is not whole; what the journal has beyond that is
/// appended. Indexes and producer state, being caches, are rebuilt from the batches.
/// </summary>
internal sealed class LogLoader(LogEnvironment environment, string directory, LogConfig config, LogCheckpoint checkpoint)
{
    /// <summary>What is only waiting to be deleted.</summary>
    public const string DeletedSuffix = ".deleted";

    private readonly FileLayer _files = environment.Files;
    private readonly long _now = environment.Now();

    public LoadedLog Load()
    {
        _files.CreateDirectory(directory);
        FinishInterruptedSwaps();
        var segments = OpenSegments();
        var endOffset = checkpoint.LogStartOffset;
        for (var i = 0; i < segments.Count; i++)
        {
            var last = i == segments.Count - 1;
            var trusted = checkpoint.CleanShutdown || (!last && segments[i + 1].BaseOffset <= checkpoint.RecoveryPoint);
            endOffset = (trusted ? OpenTrusted(segments[i], last) : null) ?? Repair(segments, i);
        }

        if (segments.Count == 0)
        {
            segments.Add(LogSegment.Create(_files, directory, checkpoint.LogStartOffset));
        }

        // The last segment is appended to: its indexes stay in memory.
        segments[^1].Offsets.Unseal();
        segments[^1].Times.Unseal();
        var firstSealed = segments.Count - 1;
        endOffset = AppendJournalled(segments, Math.Max(endOffset, segments[^1].BaseOffset));
        var start = Math.Clamp(checkpoint.LogStartOffset, segments[0].BaseOffset, endOffset);
        var (producers, aborted) = new ProducerLoader(_files, directory, _now).Load(segments, endOffset);
        for (var i = firstSealed; i < segments.Count - 1; i++)
        {
            // As when a log rolls: a later snapshot will end the search for aborted transactions.
            aborted.Save(_files, LogSegment.FileName(directory, segments[i].BaseOffset, ".txnindex"), segments[i].BaseOffset, segments[i + 1].BaseOffset);
        }

        return new LoadedLog([.. segments], producers, aborted, LoadEpochs(endOffset), start, endOffset);
    }

    /// <summary>Checks a segment; of one that is torn, or lacks what the journal has, the end is the log's. Returns its end.</summary>
    private long Repair(List<LogSegment> segments, int index)
    {
        var last = index == segments.Count - 1;
        if (!Scan(segments[index], out var end) || (!last && LacksJournalled(end, segments[index + 1].BaseOffset)))
        {
            DropAfter(segments, index);
        }
        else if (!last)
        {
            segments[index].Seal(); // whatever the crash left of its index files
        }

        return end;
    }

    /// <summary>
    /// Appends what the journal has beyond the files. A batch that is missing below does not keep it away: a gap in the
    /// offsets is less than a loss of what was acknowledged.
    /// </summary>
    private long AppendJournalled(List<LogSegment> segments, long endOffset)
    {
        var missing = checkpoint.Journalled.SkipWhile(b => b.BaseOffset < endOffset).ToList();
        foreach (var journalled in missing)
        {
            var batch = journalled.Read();
            if (segments[^1].Size > 0 && segments[^1].Size + batch.Length > config.SegmentBytes)
            {
                segments[^1].File.Flush();
                segments[^1].Seal();
                segments.Add(LogSegment.Create(_files, directory, endOffset));
            }

            segments[^1].Append(batch, config.IndexIntervalBytes, _now);
            endOffset = new BatchHeader(batch).LastOffset + 1;
        }

        if (missing.Count > 0)
        {
            segments[^1].File.Flush();
            environment.Logger.LogInformation("{Directory}: {Count} batches were taken from the journal", directory, missing.Count);
        }

        return endOffset;
    }

    /// <summary>
    /// Whether a segment that ends before its successor begins has lost whole batches at its end, and not by compaction.
    /// The journal has all that follows them then, as it is emptied only when everything is on disk.
    /// </summary>
    private bool LacksJournalled(long end, long nextBase) =>
        checkpoint.Journalled.Any(b => b.BaseOffset >= end && b.BaseOffset < nextBase);

    private LeaderEpochs LoadEpochs(long endOffset)
    {
        var epochs = LeaderEpochs.Load(directory);
        var fresh = !File.Exists(Path.Combine(directory, LeaderEpochs.FileName));
        if (fresh || !checkpoint.CleanShutdown)
        {
            epochs.Begin(fresh ? 0 : epochs.Current + 1, endOffset);
            epochs.Save(_files, directory, fresh);
        }

        return epochs;
    }

    /// <summary>Compaction replaces segments by renaming; what a crash interrupted is finished or undone here.</summary>
    private void FinishInterruptedSwaps()
    {
        foreach (var path in Directory.EnumerateFiles(directory).ToList())
        {
            switch (Path.GetExtension(path))
            {
                case LogCleaner.SwapSuffix:
                    FinishSwap(path[..^LogCleaner.SwapSuffix.Length], path);
                    break;
                case LogCleaner.CleanedSuffix or DeletedSuffix or ".tmp":
                    _files.Delete(path);
                    break;
            }
        }
    }

    private void FinishSwap(string logPath, string swapPath)
    {
        var baseOffset = long.Parse(Path.GetFileNameWithoutExtension(logPath), CultureInfo.InvariantCulture);
        foreach (var cache in (string[])[".index", ".timeindex"])
        {
            DeleteIfExists(LogSegment.FileName(directory, baseOffset, cache));
        }

        _files.Rename(swapPath, logPath);
        var compacted = ScanCompacted(environment, directory, baseOffset, config.IndexIntervalBytes);
        using var scanner = new BatchScanner(compacted.File, compacted.Size);
        var end = baseOffset;
        for (var position = 0L; scanner.TryHeader(position, out var header); position += header.TotalSize)
        {
            end = header.LastOffset + 1;
        }

        compacted.Close();
        // The segments that were merged into it, as far as they are still there.
        foreach (var merged in SegmentBases().Where(o => o > baseOffset && o < end).ToList())
        {
            DeleteFiles(merged);
        }

        _files.SyncDirectory(directory);
    }

    private IEnumerable<long> SegmentBases() =>
        Directory.EnumerateFiles(directory, "*.log")
            .Select(p => long.TryParse(Path.GetFileNameWithoutExtension(p), CultureInfo.InvariantCulture, out var o) ? o : -1)
            .Where(o => o >= 0)
            .Order();

    private List<LogSegment> OpenSegments()
    {
        var bases = SegmentBases().ToList();
        var segments = new List<LogSegment>();
        for (var i = 0; i < bases.Count; i++)
        {
            if (i + 1 < bases.Count && bases[i + 1] <= checkpoint.LogStartOffset)
            {
                DeleteFiles(bases[i]); // wholly below the log's start: its deletion was interrupted
                continue;
            }

            var offsets = SegmentIndex.OpenSealed(LogSegment.FileName(directory, bases[i], ".index"), LogSegment.OffsetEntrySize);
            var times = SegmentIndex.OpenSealed(LogSegment.FileName(directory, bases[i], ".timeindex"), LogSegment.TimeEntrySize);
            segments.Add(offsets is null || times is null
                ? new LogSegment(_files, directory, bases[i])
                : new LogSegment(_files, directory, bases[i], offsets, times) { HasIndexFiles = true });
        }

        return segments;
    }

    /// <summary>Takes a segment as its files describe it; null when they do not fit together and it must be scanned.</summary>
    private static long? OpenTrusted(LogSegment segment, bool last)
    {
        if (!segment.HasIndexFiles)
        {
            return null;
        }

        var size = segment.File.Length;
        segment.SetRecovered(size);
        if (size == 0)
        {
            return segment.BaseOffset;
        }

        using var scanner = new BatchScanner(segment.File, size);
        if (!scanner.TryHeader(0, out var first))
        {
            return null;
        }

        segment.RestoreTimes(Math.Max(0, first.MaxTimestamp));
        if (!last)
        {
            return segment.BaseOffset; // the next segment tells the end
        }

        var entries = segment.Offsets.Count;
        var position = entries == 0 ? 0 : segment.Offsets.Value(entries - 1, 4, 4);
        var end = segment.BaseOffset;
        while (scanner.TryHeader(position, out var header) && header.Magic == BatchHeader.CurrentMagic)
        {
            position += header.TotalSize;
            end = header.LastOffset + 1;
        }

        return position == size ? end : null;
    }

    /// <summary>Checks every batch of a segment and rebuilds its indexes; false when it had to be cut.</summary>
    private bool Scan(LogSegment segment, out long endOffset)
    {
        var size = segment.File.Length;
        (var position, endOffset) = ScanBatches(segment, size, config.IndexIntervalBytes);
        var whole = position == size;
        if (!whole)
        {
            environment.Logger.LogWarning(
                "{File}: cut at {Position}, {Bytes} bytes after it are no whole batch", segment.LogPath, position, size - position);
            segment.Truncate(position);
        }

        segment.File.Flush();
        return whole;
    }

    /// <summary>Opens a segment that compaction has just written.</summary>
    public static LogSegment ScanCompacted(LogEnvironment environment, string directory, long baseOffset, int indexInterval)
    {
        var segment = new LogSegment(environment.Files, directory, baseOffset);
        ScanBatches(segment, segment.File.Length, indexInterval);
        return segment;
    }

    private static (long Position, long EndOffset) ScanBatches(LogSegment segment, long size, int indexInterval)
    {
        segment.ResetForScan();
        var position = 0L;
        var end = segment.BaseOffset;
        using var reader = new BatchReader(segment.File, size);
        while (reader.TryRead(position, out var batch))
        {
            var header = new BatchHeader(batch);
            if (header.Magic != BatchHeader.CurrentMagic
                || header.BaseOffset < end
                || header.LastOffsetDelta < 0
                || header.Crc != BatchHeader.ComputeCrc(batch))
            {
                break;
            }

            segment.Observe(header, position, indexInterval);
            position += batch.Length;
            end = header.LastOffset + 1;
        }

        segment.SetRecovered(position);
        return (position, end);
    }

    /// <summary>Deletes what lies behind a torn segment, for good: beside what takes its place it would be taken for the log's end.</summary>
    private void DropAfter(List<LogSegment> segments, int index)
    {
        foreach (var later in segments.Skip(index + 1))
        {
            later.Close();
            DeleteFiles(later.BaseOffset);
        }

        segments.RemoveRange(index + 1, segments.Count - index - 1);
        _files.SyncDirectory(directory);
    }

    private void DeleteFiles(long baseOffset)
    {
        foreach (var suffix in (string[])[".log", ".index", ".timeindex", ".txnindex", ".snapshot"])
        {
            DeleteIfExists(LogSegment.FileName(directory, baseOffset, suffix));
        }
    }

    private void DeleteIfExists(string path)
    {
        if (File.Exists(path))
        {
            _files.Delete(path);
        }
    }
}
