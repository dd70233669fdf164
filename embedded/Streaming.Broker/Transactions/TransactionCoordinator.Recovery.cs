using Microsoft.Extensions.Logging;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Transactions;

internal sealed partial class TransactionCoordinator
{
    /// <summary>
    /// Rebuilds the state from the transaction log and finishes what a crash interrupted: decided transactions get their
    /// markers (again), open ones stay open, and records whose transaction is known to nobody are aborted.
    /// </summary>
    public void Load()
    {
        LogRecords.ForEach(_log, (in LogRecord record) =>
        {
            var id = TransactionRecords.ReadKey(record.Key);
            if (record.IsTombstone)
            {
                _entries.TryRemove(id, out _);
            }
            else
            {
                _entries[id] = TransactionRecords.ReadValue(id, record.Value);
            }
        });

        foreach (var entry in _entries.Values.Where(e => e.IsDeciding))
        {
            lock (entry.Lock)
            {
                _environment.Logger.LogInformation("Transaction {Id}: finishing {State} of before the restart", entry.TransactionalId, entry.State);
                if (TryWriteMarkers(entry))
                {
                    _environment.Flusher.FlushedAsync().GetAwaiter().GetResult();
                    NoteCompletion(entry);
                }
            }
        }

        AbortOrphans();
    }

    private void AbortOrphans()
    {
        var open = _entries.Values.Where(e => e.State == TransactionState.Ongoing)
            .SelectMany(e => e.Partitions.Select(p => (e.ProducerId, p))).ToHashSet();
        foreach (var log in _topics.All.SelectMany(t => t.Partitions))
        {
            foreach (var (producerId, epoch) in log.OpenTransactions().Where(t => !open.Contains((t.ProducerId, log.Partition))))
            {
                _environment.Logger.LogWarning("{Partition}: aborting the records of producer {Producer}, whose transaction is unknown", log.Partition, producerId);
                if (log.Partition == OffsetsPartition)
                {
                    _groups.EndTransaction(producerId, epoch, commit: false, _log.LeaderEpoch);
                }
                else
                {
                    log.AppendMarker(producerId, epoch, commit: false, _log.LeaderEpoch);
                }
            }
        }
    }

    /// <summary>Aborts transactions that outlived their timeout, retries decisions that met a full disk, forgets idle ids.</summary>
    private async Task SweepAsync()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) == 1)
        {
            return;
        }

        try
        {
            var now = _environment.Now();
            foreach (var entry in _entries.Values)
            {
                if (TrySweep(entry, now))
                {
                    await CompleteAsync(entry).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            _environment.Logger.LogError(e, "The sweep over transactions failed");
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    private bool TrySweep(TransactionEntry entry, long now)
    {
        lock (entry.Lock)
        {
            switch (entry.State)
            {
                case TransactionState.Ongoing when now - entry.StartedAt > entry.TimeoutMs:
                    _environment.Logger.LogInformation("Transaction {Id}: aborted after its timeout of {Timeout} ms", entry.TransactionalId, entry.TimeoutMs);
                    return FenceAndPrepareAbort(entry) == ErrorCode.None;
                case TransactionState.PrepareCommit or TransactionState.PrepareAbort:
                    return now - entry.UpdatedAt > 10_000;
                case TransactionState.Ongoing:
                    return false;
                default:
                    Expire(entry, now);
                    return false;
            }
        }
    }

    private void Expire(TransactionEntry entry, long now)
    {
        if (now - entry.UpdatedAt < _options.TransactionalIdExpiration.TotalMilliseconds)
        {
            return;
        }

        using var batch = new BatchBuilder(now);
        batch.Add(TransactionRecords.Key(entry.TransactionalId), [], nullValue: true);
        if (_log.AppendInternal(batch.Build()).Error == ErrorCode.None)
        {
            entry.IsRemoved = true;
            _entries.TryRemove(entry.TransactionalId, out _);
        }
    }
}
