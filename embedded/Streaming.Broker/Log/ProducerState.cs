using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

/// <summary>
/// The producers of one partition: sequence windows for idempotence and the open transactions, whose earliest first
/// offset bounds what read-committed consumers see. Guarded by the partition's lock.
/// </summary>
internal sealed class ProducerState
{
    private readonly Dictionary<long, ProducerEntry> _producers = [];
    private readonly SortedDictionary<long, long> _openTransactions = []; // first offset → producer id

    public IReadOnlyCollection<ProducerEntry> Producers => _producers.Values;

    /// <summary>First offset of the earliest open transaction, <see cref="long.MaxValue"/> for none.</summary>
    public long FirstOpenOffset { get; private set; } = long.MaxValue;

    public ProducerEntry? Find(long producerId) => _producers.GetValueOrDefault(producerId);

    /// <summary>Whether a batch may be appended: no error, or a repetition whose original place is told.</summary>
    public ErrorCode Check(in BatchHeader batch, out BatchMetadata? duplicate)
    {
        duplicate = null;
        if (!_producers.TryGetValue(batch.ProducerId, out var entry))
        {
            return ErrorCode.None; // nothing is known, for instance after retention: any sequence may begin
        }

        if (batch.ProducerEpoch < entry.Epoch)
        {
            return ErrorCode.InvalidProducerEpoch;
        }

        if (batch.ProducerEpoch > entry.Epoch)
        {
            return batch.BaseSequence == 0 || entry.Epoch < 0 ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber;
        }

        if (entry.FindDuplicate(batch.BaseSequence, batch.LastSequence, out var original))
        {
            duplicate = original;
            return ErrorCode.None;
        }

        var expected = entry.LastSequence == int.MaxValue ? 0 : entry.LastSequence + 1;
        if (batch.BaseSequence != expected)
        {
            return ErrorCode.OutOfOrderSequenceNumber;
        }

        // A producer whose transaction is open in this partition must not slip plain records into it.
        return entry.TransactionFirstOffset >= 0 && !batch.IsTransactional ? ErrorCode.InvalidTxnState : ErrorCode.None;
    }

    /// <summary>Takes a data batch into the state.</summary>
    public void Apply(in BatchHeader batch, long now)
    {
        var entry = GetOrAdd(batch.ProducerId, now);
        entry.MoveToEpoch(batch.ProducerEpoch);
        entry.LastTimestamp = Math.Max(entry.LastTimestamp, batch.MaxTimestamp);
        if (batch.BaseSequence >= 0)
        {
            entry.Remember(new BatchMetadata(
                batch.BaseSequence, batch.LastSequence, batch.BaseOffset, batch.LastOffset, batch.MaxTimestamp));
        }

        if (batch.IsTransactional && entry.TransactionFirstOffset < 0)
        {
            entry.TransactionFirstOffset = batch.BaseOffset;
            _openTransactions[batch.BaseOffset] = batch.ProducerId;
            FirstOpenOffset = Math.Min(FirstOpenOffset, batch.BaseOffset);
        }
    }

    /// <summary>Ends the producer's transaction; returns its first offset, −1 if none was open.</summary>
    public long ApplyMarker(long producerId, short epoch, int coordinatorEpoch, long timestamp, long now)
    {
        var entry = GetOrAdd(producerId, now);
        if (epoch > entry.Epoch)
        {
            entry.MoveToEpoch(epoch);
        }

        entry.CoordinatorEpoch = coordinatorEpoch;
        entry.LastTimestamp = Math.Max(entry.LastTimestamp, timestamp);
        var first = entry.TransactionFirstOffset;
        if (first >= 0)
        {
            entry.TransactionFirstOffset = -1;
            CloseTransaction(first);
        }

        return first;
    }

    /// <summary>Restores a producer from a snapshot, where a row stands for one remembered batch.</summary>
    public void Restore(long producerId, short epoch, int lastSequence, long lastOffset, int offsetDelta, long timestamp, int coordinatorEpoch, long transactionFirstOffset, long now)
    {
        var entry = GetOrAdd(producerId, now);
        entry.MoveToEpoch(epoch);
        entry.CoordinatorEpoch = coordinatorEpoch;
        entry.LastTimestamp = timestamp;
        if (lastSequence >= 0)
        {
            var first = (int)(((long)lastSequence - offsetDelta) & int.MaxValue);
            entry.Remember(new BatchMetadata(first, lastSequence, lastOffset - offsetDelta, lastOffset, timestamp));
        }

        if (transactionFirstOffset >= 0 && entry.TransactionFirstOffset < 0)
        {
            entry.TransactionFirstOffset = transactionFirstOffset;
            _openTransactions[transactionFirstOffset] = producerId;
            FirstOpenOffset = Math.Min(FirstOpenOffset, transactionFirstOffset);
        }
    }

    /// <summary>
    /// Forgets producers that have been silent since before a time and have no open transaction. The times of their
    /// records do not count: who writes old records must be recognized as long as anyone else.
    /// </summary>
    public void Expire(long before)
    {
        foreach (var entry in _producers.Values.Where(e => e.TransactionFirstOffset < 0 && e.LastSeen < before).ToList())
        {
            _producers.Remove(entry.ProducerId);
        }
    }

    private ProducerEntry GetOrAdd(long producerId, long now)
    {
        if (!_producers.TryGetValue(producerId, out var entry))
        {
            _producers[producerId] = entry = new ProducerEntry(producerId);
        }

        entry.LastSeen = now;
        return entry;
    }

    private void CloseTransaction(long firstOffset)
    {
        _openTransactions.Remove(firstOffset);
        using var remaining = _openTransactions.Keys.GetEnumerator();
        FirstOpenOffset = remaining.MoveNext() ? remaining.Current : long.MaxValue;
    }
}
