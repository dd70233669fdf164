using Streaming.Broker.Log.Compaction;

namespace Streaming.Broker.Log;

/// <summary>What a pass of compaction works on: whole segments below the active one, all of whose transactions are decided.</summary>
internal sealed record CleanableRange(
    List<LogSegment> Segments,
    long DirtyFrom,
    long End,
    List<AbortedTransaction> Aborted,
    IReadOnlyDictionary<long, long> LastOffsetOfProducers);

internal sealed partial class PartitionLog
{
    /// <summary>Up to where compaction has come; owned by the compaction task.</summary>
    public long CleanedTo { get; set; }

    /// <summary>What may be cleaned, null if that is not worth it yet.</summary>
    public CleanableRange? FindCleanable(long cleanedTo, long now)
    {
        lock (_lock)
        {
            var config = Config;
            if (_closed || !config.Compact)
            {
                return null;
            }

            RollForCompaction(config, cleanedTo, now);
            var stable = StableOffset(HighWatermark);
            var segments = new List<LogSegment>();
            long clean = 0, dirty = 0;
            var oldestDirty = long.MaxValue;
            for (var i = 0; i < _segments.Length - 1; i++)
            {
                var segment = _segments[i];
                var next = _segments[i + 1].BaseOffset;
                if (next > stable || (config.MinCompactionLagMs > 0 && now - segment.MaxTimestamp < config.MinCompactionLagMs))
                {
                    break;
                }

                segments.Add(segment);
                if (next <= cleanedTo)
                {
                    clean += segment.Size;
                }
                else
                {
                    dirty += segment.Size;
                    oldestDirty = Math.Min(oldestDirty, segment.FirstTimestamp);
                }
            }

            var overdue = now - oldestDirty > config.MaxCompactionLagMs;
            if (dirty == 0 || !(overdue || dirty >= config.MinCleanableDirtyRatio * (clean + dirty)))
            {
                return null;
            }

            var end = _segments[segments.Count].BaseOffset;
            var last = _producers.Producers.Where(p => p.LastOffset >= 0).ToDictionary(p => p.ProducerId, p => p.LastOffset);
            return new CleanableRange(segments, Math.Max(cleanedTo, segments[0].BaseOffset), end, _aborted.Between(segments[0].BaseOffset, end), last);
        }
    }

    /// <summary>
    /// Puts the compacted file in the place of the segments it was made from. False if one of them is gone meanwhile.
    /// </summary>
    public bool TryReplace(List<LogSegment> replaced, long end, IReadOnlySet<long> droppedMarkers)
    {
        var first = replaced[0];
        var swap = first.LogPath + LogCleaner.SwapSuffix;
        lock (_lock)
        {
            var index = _segments.IndexOf(first);
            if (_closed || index < 0 || !replaced.SequenceEqual(_segments.Skip(index).Take(replaced.Count)))
            {
                return false;
            }

            var files = _environment.Files;
            files.Rename(first.LogPath + LogCleaner.CleanedSuffix, swap);
            files.SyncDirectory(Path);
            // From here on a restart finishes the exchange. Stale indexes must not meet the new file.
            foreach (var old in replaced)
            {
                old.Close();
                DeleteFilesOf(old, old == first ? [".index", ".timeindex"] : [".log", ".index", ".timeindex", ".txnindex", ".snapshot"]);
            }

            files.SyncDirectory(Path);
            files.Rename(swap, first.LogPath);
            files.SyncDirectory(Path);
            var compacted = LogLoader.ScanCompacted(_environment, Path, first.BaseOffset, Config.IndexIntervalBytes);
            compacted.Seal();
            _aborted.RemoveMarkers(droppedMarkers);
            SaveTransactionIndex(compacted, end);
            _segments = _segments.RemoveRange(index, replaced.Count).Insert(index, compacted);
            if (_flushedBound.Segment is { } bound && replaced.Contains(bound))
            {
                _flushedBound = ReadBound.None;
            }

            return true;
        }
    }

    /// <summary>A log that is written rarely would never be compacted if its active segment did not roll by age.</summary>
    private void RollForCompaction(LogConfig config, long cleanedTo, long now)
    {
        var active = Active;
        var age = Math.Min(config.SegmentMs, config.MaxCompactionLagMs);
        var since = active.FirstAppendAt >= 0 ? active.FirstAppendAt : active.FirstTimestamp;
        if (active.Size > 0 && _logEndOffset > cleanedTo && since >= 0 && now - since > age)
        {
            Roll();
        }
    }

    private void DeleteFilesOf(LogSegment segment, string[] suffixes)
    {
        foreach (var suffix in suffixes)
        {
            var path = LogSegment.FileName(Path, segment.BaseOffset, suffix);
            if (File.Exists(path))
            {
                _environment.Files.Delete(path);
            }
        }
    }
}
