namespace Streaming.Broker.Log;

internal sealed partial class PartitionLog
{
    private readonly List<LogSegment> _unflushed = []; // sealed since the last flush
    private long _recoveryPoint;
    private ReadBound _flushTarget;
    private ReadBound _flushedBound;

    /// <summary>Everything below is on disk; after a crash only what lies above needs checking.</summary>
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

    /// <summary>Forces what was appended up to now. The offsets are published by <see cref="PublishFlushed"/>.</summary>
    internal void FlushPending()
    {
        LogSegment[] segments;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            segments = [.. _unflushed, Active];
            _unflushed.Clear();
            _flushTarget = new ReadBound(_logEndOffset, Active, Active.Size);
        }

        for (var i = 0; i < segments.Length; i++)
        {
            FlushSegment(segments[i], withIndexes: i < segments.Length - 1);
        }

        Volatile.Write(ref _recoveryPoint, Math.Max(_recoveryPoint, _flushTarget.Offset));
    }

    /// <summary>Lets consumers see what the last flush made safe.</summary>
    internal void PublishFlushed()
    {
        lock (_lock)
        {
            _flushedBound = _flushTarget;
            if (_flushTarget.Offset > _highWatermark)
            {
                Volatile.Write(ref _highWatermark, _flushTarget.Offset);
                WakeWaiters();
            }
        }
    }

    internal void ForgetRound(Flusher.Round round)
    {
        if (DirtyRound == round)
        {
            DirtyRound = null;
        }
    }

    private static void FlushSegment(LogSegment segment, bool withIndexes)
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

        if (withIndexes)
        {
            segment.FlushIndexes();
        }
    }
}
