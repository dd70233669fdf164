using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

/// <summary>What became of an append: an error, or where the batch lies (a repetition lies where it first was written).</summary>
internal readonly record struct AppendResult(ErrorCode Error, long BaseOffset = -1, long LogAppendTime = -1, string? Message = null);

internal sealed partial class PartitionLog
{
    /// <summary>Appends a client's validated batch; offsets and epoch are written into the given bytes.</summary>
    public AppendResult Append(Span<byte> batch)
    {
        var header = new BatchHeader(batch);
        lock (_lock)
        {
            if (header.HasProducer)
            {
                var error = _producers.Check(header, out var duplicate);
                if (error != ErrorCode.None)
                {
                    return new AppendResult(error);
                }

                if (duplicate is { } original)
                {
                    return new AppendResult(ErrorCode.None, original.BaseOffset);
                }
            }

            var now = _environment.Now();
            var appendTime = -1L;
            if (Config.LogAppendTime)
            {
                BatchHeader.SetMaxTimestamp(batch, now, logAppendTime: true);
                appendTime = now;
            }

            var result = TryWrite(batch, now);
            if (result.Error == ErrorCode.None && header.HasProducer)
            {
                _producers.Apply(header, now);
            }

            return result with { LogAppendTime = appendTime };
        }
    }

    /// <summary>Appends a batch of the broker's own (coordinator records), transactional or plain.</summary>
    public AppendResult AppendInternal(Span<byte> batch)
    {
        var header = new BatchHeader(batch);
        lock (_lock)
        {
            var now = _environment.Now();
            var result = TryWrite(batch, now);
            if (result.Error == ErrorCode.None && header.HasProducer)
            {
                _producers.Apply(header, now);
            }

            return result;
        }
    }

    /// <summary>Ends a transaction in this partition. Consumers see the outcome at once: it is on disk in the transaction log.</summary>
    public AppendResult AppendMarker(long producerId, short epoch, bool commit, int coordinatorEpoch)
    {
        var now = _environment.Now();
        var batch = BatchBuilder.Marker(now, producerId, epoch, commit, coordinatorEpoch);
        lock (_lock)
        {
            var result = TryWrite(batch, now);
            if (result.Error != ErrorCode.None)
            {
                return result;
            }

            ApplyMarker(new BatchHeader(batch), commit, coordinatorEpoch);
            WakeWaiters();
            return result;
        }
    }

    /// <summary>The producer ids with a transaction open in this partition.</summary>
    public List<(long ProducerId, short Epoch)> OpenTransactions()
    {
        lock (_lock)
        {
            return _producers.Producers.Where(p => p.TransactionFirstOffset >= 0).Select(p => (p.ProducerId, p.Epoch)).ToList();
        }
    }

    private void ApplyMarker(in BatchHeader header, bool commit, int coordinatorEpoch)
    {
        var first = _producers.ApplyMarker(header.ProducerId, header.ProducerEpoch, coordinatorEpoch, header.MaxTimestamp, _environment.Now());
        if (first >= 0 && !commit)
        {
            var stable = Math.Min(_producers.FirstOpenOffset, header.LastOffset + 1);
            _aborted.Add(new AbortedTransaction(header.ProducerId, first, header.LastOffset, stable));
        }
    }

    private AppendResult TryWrite(Span<byte> batch, long now)
    {
        if (_closed || _environment.Flusher.Failed)
        {
            return new AppendResult(_closed ? ErrorCode.UnknownTopicOrPartition : ErrorCode.KafkaStorageError);
        }

        var header = new BatchHeader(batch);
        if (batch.Length > Config.SegmentBytes)
        {
            return new AppendResult(ErrorCode.RecordListTooLarge);
        }

        var offset = _logEndOffset;
        try
        {
            if (MustRoll(batch.Length, offset + header.LastOffsetDelta, header.MaxTimestamp, now))
            {
                Roll();
            }

            BatchHeader.SetBaseOffset(batch, offset);
            BatchHeader.SetLeaderEpoch(batch, _epochs.Current);
            Active.Append(batch, Config.IndexIntervalBytes, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogWarning("an append was refused", e);
            return new AppendResult(ErrorCode.KafkaStorageError, Message: e.Message);
        }

        Volatile.Write(ref _logEndOffset, offset + header.LastOffsetDelta + 1);
        _environment.Flusher.Appended(this, EndBound, batch);
        if (!_environment.Flusher.AcknowledgesAfterFlush)
        {
            Volatile.Write(ref _highWatermark, _logEndOffset);
            WakeWaiters();
        }

        return new AppendResult(ErrorCode.None, offset);
    }

    private bool MustRoll(int size, long lastOffset, long timestamp, long now)
    {
        var active = Active;
        if (active.Size == 0)
        {
            return false;
        }

        return active.Size + size > Config.SegmentBytes
            || lastOffset - active.BaseOffset > int.MaxValue
            || (timestamp >= 0 && timestamp - active.FirstTimestamp > Config.SegmentMs)
            || (active.FirstAppendAt >= 0 && now - active.FirstAppendAt > Config.SegmentMs);
    }

    /// <summary>Seals the active segment and begins a new one at the log's end, with a producer snapshot between them.</summary>
    private void Roll()
    {
        var sealedSegment = Active;
        // In this order: where a snapshot is found, recovery does not look for aborted transactions before it.
        SaveTransactionIndex(sealedSegment, _logEndOffset);
        ProducerSnapshot.Save(_environment.Files, LogSegment.FileName(Path, _logEndOffset, ".snapshot"), _producers);
        sealedSegment.Seal();
        var next = LogSegment.Create(_environment.Files, Path, _logEndOffset);
        _unflushed.Add(sealedSegment);
        _segments = _segments.Add(next);
        if (!_environment.Flusher.AcknowledgesAfterFlush)
        {
            _environment.Flusher.Signal(); // sealed segments go to disk in the background
        }
    }
}
