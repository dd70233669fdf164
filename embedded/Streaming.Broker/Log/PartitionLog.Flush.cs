namespace Streaming.Broker.Log;

internal sealed partial class PartitionLog
{
    private readonly List<LogSegment> _unflushed = []; // sealed since the last flush
    private long _recoveryPoint;
    private volatile ReadBound _flushedBound = ReadBound.None;

    /// <summary>Everything below is on disk in the log's own files; after a crash only what lies above needs checking.</summary>
    public long RecoveryPoint => Volatile.Read(ref _recoveryPoint);

    /// <summary>See <see cref="LogFile.BeginFlush"/>.</summary>
    internal void BeginFlush()
    {
        var active = Active;
        if (active.TryAcquire() is { } file)
        {
            file.BeginFlush();
            file.ReleaseReference();
        }
    }

    /// <summary>Forces what was appended up to now to this log's files.</summary>
    internal void FlushPending()
    {
        LogSegment[] segments;
        long end;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            segments = [.. _unflushed, Active];
            _unflushed.Clear();
            end = _logEndOffset;
        }

        foreach (var segment in segments)
        {
            Flush(segment);
        }

        Volatile.Write(ref _recoveryPoint, Math.Max(_recoveryPoint, end));
    }

    /// <summary>
    /// Lets consumers see what a round made safe. Not under the log's lock: an append that holds it would keep the flusher,
    /// and with it everyone who waits for the round. Only the flusher moves the high watermark where it waits for the disk.
    /// </summary>
    internal void PublishFlushed(ReadBound end)
    {
        if (end.Offset > HighWatermark)
        {
            _flushedBound = end;
            Volatile.Write(ref _highWatermark, end.Offset);
            WakeWaiters();
        }
    }

    private static void Flush(LogSegment segment)
    {
        if (segment.TryAcquire() is not { } file)
        {
            return; // deleted meanwhile
        }

        try
        {
            file.Flush();
        }
        finally
        {
            file.ReleaseReference();
        }
    }
}
