using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

internal sealed partial class PartitionLog
{
    /// <summary>
    /// DeleteRecords: lets the log begin at an offset. The new start is saved before it counts, so that no crash brings
    /// back what was said to be gone.
    /// </summary>
    public ErrorCode TryMoveStart(long offset, Action saveStartOffsets)
    {
        long former;
        lock (_lock)
        {
            if (offset < 0 || offset > _highWatermark)
            {
                return ErrorCode.OffsetOutOfRange;
            }

            former = _logStartOffset;
            if (offset <= former)
            {
                return ErrorCode.None;
            }

            Volatile.Write(ref _logStartOffset, offset);
        }

        try
        {
            saveStartOffsets();
        }
        catch
        {
            lock (_lock)
            {
                Volatile.Write(ref _logStartOffset, former);
            }

            throw;
        }

        DeleteSegmentsBelowStart();
        return ErrorCode.None;
    }

    /// <summary>
    /// Applies the topic's retention: by age of each segment's newest record, by size from the oldest on. Returns
    /// whether anything goes; the caller then saves the start offsets and calls <see cref="DeleteSegmentsBelowStart"/>.
    /// </summary>
    public bool ApplyRetention(long now)
    {
        if (!Config.Delete)
        {
            return false;
        }

        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            var config = Config;
            if (config.RetentionMs >= 0 && Active.Size > 0 && IsExpired(Active, now, config.RetentionMs) && _highWatermark == _logEndOffset
                && _producers.FirstOpenOffset == long.MaxValue)
            {
                TryRoll(); // an active segment that is old throughout may go as well
            }

            var start = _logStartOffset;
            var excess = config.RetentionBytes >= 0 ? SizeInBytes - config.RetentionBytes : -1;
            for (var i = 0; i < _segments.Length - 1; i++)
            {
                var segment = _segments[i];
                var next = _segments[i + 1].BaseOffset;
                var tooOld = config.RetentionMs >= 0 && IsExpired(segment, now, config.RetentionMs);
                var tooMuch = excess >= segment.Size;
                if (next > StableOffset(HighWatermark) || !(tooOld || tooMuch))
                {
                    break;
                }

                excess -= segment.Size;
                start = Math.Max(start, next);
            }

            var moved = start > _logStartOffset;
            Volatile.Write(ref _logStartOffset, start);
            return moved;
        }
    }

    /// <summary>Deletes the segments that lie wholly below the log's start. Readers that hold them finish undisturbed.</summary>
    public void DeleteSegmentsBelowStart()
    {
        var graves = new List<string>();
        lock (_lock)
        {
            while (!_closed && _segments.Length > 1 && _segments[1].BaseOffset <= _logStartOffset)
            {
                var segment = _segments[0];
                _segments = _segments.RemoveAt(0);
                _unflushed.Remove(segment);
                segment.Close();
                Bury(segment, graves);
            }

            _aborted.RemoveEndingBefore(_logStartOffset);
        }

        // Large files take their time to go. Outside the lock their own names may be those of a successor of this topic.
        foreach (var grave in graves.Where(File.Exists))
        {
            _environment.Files.Delete(grave);
        }
    }

    private void Bury(LogSegment segment, List<string> graves)
    {
        foreach (var suffix in (string[])[".log", ".index", ".timeindex", ".txnindex", ".snapshot"])
        {
            var path = LogSegment.FileName(Path, segment.BaseOffset, suffix);
            if (File.Exists(path))
            {
                graves.Add(path + LogLoader.DeletedSuffix);
                _environment.Files.Rename(path, graves[^1]);
            }
        }
    }

    public void ExpireProducers(long before)
    {
        lock (_lock)
        {
            _producers.Expire(before);
        }
    }

    /// <summary>Where there is no room for a new segment the old ones go all the same.</summary>
    private void TryRoll()
    {
        try
        {
            Roll();
        }
        catch (IOException e)
        {
            LogWarning("no new segment could be begun", e);
        }
    }

    private static bool IsExpired(LogSegment segment, long now, long retentionMs) =>
        segment.MaxTimestamp >= 0 && now - segment.MaxTimestamp > retentionMs;
}
