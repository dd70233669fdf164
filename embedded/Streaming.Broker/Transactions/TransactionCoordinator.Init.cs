using Streaming.Broker.Protocol;

namespace Streaming.Broker.Transactions;

/// <summary>The producer id and epoch that a producer is to use.</summary>
internal readonly record struct InitResult(ErrorCode Error, long ProducerId = -1, short Epoch = -1);

internal sealed partial class TransactionCoordinator
{
    private const int MaxIdLength = 10_000;

    /// <summary>
    /// InitProducerId. A transaction that the id's former holder left open is aborted first, with a bumped epoch, so
    /// that the former holder can write no more; the answer comes when that is done.
    /// </summary>
    public async Task<InitResult> InitAsync(string? transactionalId, int timeoutMs, long producerId, short epoch)
    {
        if (transactionalId is null)
        {
            return new InitResult(ErrorCode.None, _producerIds.Next(), 0);
        }

        if (transactionalId.Length is 0 or > MaxIdLength || (producerId < 0) != (epoch < 0))
        {
            return new InitResult(ErrorCode.InvalidRequest);
        }

        if (timeoutMs <= 0 || timeoutMs > _options.MaxTransactionTimeout.TotalMilliseconds)
        {
            return new InitResult(ErrorCode.InvalidTransactionTimeout);
        }

        while (true)
        {
            if (_entries.Count >= _options.MaxTransactionalIds && !_entries.ContainsKey(transactionalId))
            {
                return new InitResult(ErrorCode.PolicyViolation);
            }

            var entry = _entries.GetOrAdd(transactionalId, id => new TransactionEntry(id) { UpdatedAt = _environment.Now() });
            InitResult? result;
            lock (entry.Lock)
            {
                if (entry.IsRemoved)
                {
                    continue;
                }

                if (entry.IsDeciding)
                {
                    return new InitResult(ErrorCode.ConcurrentTransactions);
                }

                if (producerId >= 0 && entry.ProducerId >= 0)
                {
                    if (entry.ProducerId != producerId)
                    {
                        return new InitResult(ErrorCode.ProducerFenced);
                    }

                    if (epoch == entry.LastEpoch && entry.State != TransactionState.Ongoing)
                    {
                        return new InitResult(ErrorCode.None, entry.ProducerId, entry.Epoch); // a repeated request
                    }

                    if (epoch != entry.Epoch)
                    {
                        return new InitResult(ErrorCode.ProducerFenced);
                    }
                }

                if (entry.State == TransactionState.Ongoing)
                {
                    var error = FenceAndPrepareAbort(entry);
                    if (error != ErrorCode.None)
                    {
                        return new InitResult(error);
                    }

                    if (producerId >= 0)
                    {
                        epoch = entry.Epoch; // it asked as the rightful holder, and is still
                    }

                    result = null; // asked again once the abort is done
                }
                else
                {
                    result = Advance(entry, timeoutMs, expected: producerId >= 0);
                }
            }

            if (result is null)
            {
                var error = await CompleteAsync(entry).ConfigureAwait(false);
                if (error != ErrorCode.None)
                {
                    return new InitResult(error);
                }

                continue;
            }

            await _environment.Flusher.FlushedAsync().ConfigureAwait(false);
            return result.Value;
        }
    }

    private ErrorCode FenceAndPrepareAbort(TransactionEntry entry)
    {
        var former = entry.Epoch;
        entry.Epoch = (short)Math.Min(entry.Epoch + 1, short.MaxValue);
        entry.LastEpoch = -1;
        var error = Prepare(entry, commit: false);
        if (error != ErrorCode.None)
        {
            entry.Epoch = former;
        }

        return error;
    }

    private InitResult Advance(TransactionEntry entry, int timeoutMs, bool expected)
    {
        var former = (entry.ProducerId, entry.Epoch, entry.LastEpoch, entry.TimeoutMs);
        if (entry.ProducerId < 0 || entry.Epoch >= LastUsableEpoch)
        {
            (entry.ProducerId, entry.Epoch, entry.LastEpoch) = (_producerIds.Next(), 0, -1);
        }
        else
        {
            entry.LastEpoch = expected ? entry.Epoch : (short)-1;
            entry.Epoch++;
        }

        entry.TimeoutMs = timeoutMs;
        var before = Snapshot(entry);
        entry.State = TransactionState.Empty;
        entry.Partitions.Clear();
        var error = Persist(entry, before);
        if (error != ErrorCode.None)
        {
            (entry.ProducerId, entry.Epoch, entry.LastEpoch, entry.TimeoutMs) = former;
            return new InitResult(error);
        }

        return new InitResult(ErrorCode.None, entry.ProducerId, entry.Epoch);
    }
}
