using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Groups;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Topics;

namespace Streaming.Broker.Transactions;

/// <summary>
/// Transactions as of Kafka before KIP-890. A decision takes two flushes: PREPARE must be on disk before any marker is
/// written, and all markers before COMPLETE is. A crash in between is finished at the next start from PREPARE.
/// </summary>
internal sealed partial class TransactionCoordinator : IDisposable
{
    private static readonly TopicPartition OffsetsPartition = new(Topic.OffsetsTopic, 0);

    /// <summary>The last epoch that a client may hold; fencing needs one more above it.</summary>
    private const short LastUsableEpoch = short.MaxValue - 1;

    private readonly ConcurrentDictionary<string, TransactionEntry> _entries = new(StringComparer.Ordinal);
    private readonly BrokerOptions _options;
    private readonly TopicCatalog _topics;
    private readonly GroupCoordinator _groups;
    private readonly ProducerIds _producerIds;
    private readonly PartitionLog _log;
    private readonly LogEnvironment _environment;
    private readonly Timer _sweep;
    private int _sweeping;

    public TransactionCoordinator(
        BrokerOptions options, TopicCatalog topics, GroupCoordinator groups, ProducerIds producerIds, PartitionLog log, LogEnvironment environment)
    {
        _options = options;
        _topics = topics;
        _groups = groups;
        _producerIds = producerIds;
        _log = log;
        _environment = environment;
        _sweep = new Timer(_ => _ = SweepAsync(), null, Timeout.Infinite, Timeout.Infinite);
    }

    public IEnumerable<TransactionEntry> Entries => _entries.Values;

    public TransactionEntry? Find(string transactionalId) => _entries.GetValueOrDefault(transactionalId);

    public void Start() => _sweep.Change(_options.TransactionSweepInterval, _options.TransactionSweepInterval);

    public void Dispose() => _sweep.Dispose();

    /// <summary>Adds partitions to the transaction, beginning it if none is open.</summary>
    public ErrorCode AddPartitions(string transactionalId, long producerId, short epoch, IReadOnlyCollection<TopicPartition> partitions)
    {
        if (Find(transactionalId) is not { } entry)
        {
            return ErrorCode.InvalidProducerIdMapping;
        }

        lock (entry.Lock)
        {
            var error = Check(entry, producerId, epoch);
            if (error != ErrorCode.None)
            {
                return error;
            }

            if (entry.IsDeciding)
            {
                return ErrorCode.ConcurrentTransactions;
            }

            if (entry.State == TransactionState.Ongoing && partitions.All(entry.Partitions.Contains))
            {
                return ErrorCode.None;
            }

            var before = Snapshot(entry);
            if (entry.State != TransactionState.Ongoing)
            {
                entry.State = TransactionState.Ongoing;
                entry.StartedAt = _environment.Now();
            }

            entry.Partitions.UnionWith(partitions);
            // No wait for the disk: whatever is produced next is acknowledged by a later flush, which covers this one.
            return Persist(entry, before);
        }
    }

    public ErrorCode AddOffsets(string transactionalId, long producerId, short epoch) =>
        AddPartitions(transactionalId, producerId, epoch, [OffsetsPartition]);

    /// <summary>Appends a batch of an open transaction. The entry's lock keeps a concurrent abort from slipping in between.</summary>
    public AppendResult Append(string transactionalId, PartitionLog log, Span<byte> batch, ErrorCode notInTransaction)
    {
        if (Find(transactionalId) is not { } entry)
        {
            return new AppendResult(ErrorCode.InvalidProducerIdMapping);
        }

        var header = new BatchHeader(batch);
        lock (entry.Lock)
        {
            var error = CheckOngoing(entry, header.ProducerId, header.ProducerEpoch, log.Partition, notInTransaction);
            return error == ErrorCode.None ? log.Append(batch) : new AppendResult(error);
        }
    }

    public ErrorCode CommitOffsets(
        string transactionalId, long producerId, short epoch, string groupId, int generation, string memberId, string? instanceId, IReadOnlyList<OffsetToCommit> offsets)
    {
        if (Find(transactionalId) is not { } entry)
        {
            return ErrorCode.InvalidProducerIdMapping;
        }

        lock (entry.Lock)
        {
            var error = CheckOngoing(entry, producerId, epoch, OffsetsPartition, ErrorCode.InvalidTxnState);
            return error == ErrorCode.None
                ? _groups.CommitInTransaction(groupId, generation, memberId, instanceId, producerId, epoch, offsets)
                : error;
        }
    }

    /// <summary>Commits or aborts; returns when the outcome is on disk and visible.</summary>
    public async Task<ErrorCode> EndAsync(string transactionalId, long producerId, short epoch, bool commit)
    {
        if (Find(transactionalId) is not { } entry)
        {
            return ErrorCode.InvalidProducerIdMapping;
        }

        lock (entry.Lock)
        {
            var error = Check(entry, producerId, epoch);
            if (error != ErrorCode.None)
            {
                return error;
            }

            switch (entry.State)
            {
                case TransactionState.Ongoing:
                    break;
                case TransactionState.CompleteCommit or TransactionState.CompleteAbort:
                    return (entry.State == TransactionState.CompleteCommit) == commit ? ErrorCode.None : ErrorCode.InvalidTxnState;
                case TransactionState.PrepareCommit or TransactionState.PrepareAbort:
                    return (entry.State == TransactionState.PrepareCommit) == commit ? ErrorCode.ConcurrentTransactions : ErrorCode.InvalidTxnState;
                default:
                    return ErrorCode.InvalidTxnState;
            }

            error = Prepare(entry, commit);
            if (error != ErrorCode.None)
            {
                return error;
            }
        }

        return await CompleteAsync(entry).ConfigureAwait(false);
    }

    private static ErrorCode Check(TransactionEntry entry, long producerId, short epoch)
    {
        if (entry.IsRemoved || entry.ProducerId != producerId)
        {
            return ErrorCode.InvalidProducerIdMapping;
        }

        return entry.Epoch == epoch ? ErrorCode.None : ErrorCode.ProducerFenced;
    }

    private static ErrorCode CheckOngoing(TransactionEntry entry, long producerId, short epoch, TopicPartition partition, ErrorCode notInTransaction)
    {
        var error = Check(entry, producerId, epoch);
        if (error != ErrorCode.None)
        {
            return error == ErrorCode.ProducerFenced ? ErrorCode.InvalidProducerEpoch : error;
        }

        return entry.State == TransactionState.Ongoing && entry.Partitions.Contains(partition) ? ErrorCode.None : notInTransaction;
    }

    private ErrorCode Prepare(TransactionEntry entry, bool commit)
    {
        var before = Snapshot(entry);
        entry.State = commit ? TransactionState.PrepareCommit : TransactionState.PrepareAbort;
        return Persist(entry, before);
    }

    /// <summary>Carries out a decision that was appended: waits for it, writes the markers, waits for them, notes the end.</summary>
    private async Task<ErrorCode> CompleteAsync(TransactionEntry entry)
    {
        await _environment.Flusher.FlushedAsync().ConfigureAwait(false);
        lock (entry.Lock)
        {
            if (!entry.IsDeciding)
            {
                return ErrorCode.None;
            }

            if (!TryWriteMarkers(entry))
            {
                return ErrorCode.CoordinatorNotAvailable; // the sweep tries again
            }
        }

        await _environment.Flusher.FlushedAsync().ConfigureAwait(false);
        lock (entry.Lock)
        {
            if (entry.IsDeciding)
            {
                NoteCompletion(entry);
            }

            return ErrorCode.None;
        }
    }

    private bool TryWriteMarkers(TransactionEntry entry)
    {
        var commit = entry.State == TransactionState.PrepareCommit;
        foreach (var partition in entry.Partitions)
        {
            AppendResult result;
            if (partition == OffsetsPartition)
            {
                result = _groups.EndTransaction(entry.ProducerId, entry.Epoch, commit, _log.LeaderEpoch);
            }
            else if (_topics.Find(partition.Topic, partition.Partition) is { } log)
            {
                result = log.AppendMarker(entry.ProducerId, entry.Epoch, commit, _log.LeaderEpoch);
            }
            else
            {
                continue; // the topic was deleted
            }

            if (result.Error is not (ErrorCode.None or ErrorCode.UnknownTopicOrPartition))
            {
                _environment.Logger.LogError("Transaction {Id}: no marker could be written to {Partition}: {Error}", entry.TransactionalId, partition, result.Error);
                return false;
            }
        }

        return true;
    }

    private void NoteCompletion(TransactionEntry entry)
    {
        var partitions = entry.Partitions.ToList();
        var prepared = entry.State;
        entry.State = prepared == TransactionState.PrepareCommit ? TransactionState.CompleteCommit : TransactionState.CompleteAbort;
        entry.Partitions.Clear();
        entry.StartedAt = -1;
        entry.UpdatedAt = _environment.Now();
        if (Append(entry) != ErrorCode.None)
        {
            // The markers stand; should this record be missing after a restart, they are merely written again.
            _environment.Logger.LogWarning("Transaction {Id}: its completion was not noted ({Count} partitions)", entry.TransactionalId, partitions.Count);
        }
    }

    private static (TransactionState State, long StartedAt, TopicPartition[] Partitions) Snapshot(TransactionEntry entry) =>
        (entry.State, entry.StartedAt, [.. entry.Partitions]);

    private ErrorCode Persist(TransactionEntry entry, (TransactionState State, long StartedAt, TopicPartition[] Partitions) before)
    {
        entry.UpdatedAt = _environment.Now();
        var error = Append(entry);
        if (error != ErrorCode.None)
        {
            (entry.State, entry.StartedAt) = (before.State, before.StartedAt);
            entry.Partitions.Clear();
            entry.Partitions.UnionWith(before.Partitions);
        }

        return error;
    }

    private ErrorCode Append(TransactionEntry entry)
    {
        using var batch = new BatchBuilder(_environment.Now());
        batch.Add(TransactionRecords.Key(entry.TransactionalId), TransactionRecords.Value(entry));
        return _log.AppendInternal(batch.Build()).Error == ErrorCode.None ? ErrorCode.None : ErrorCode.CoordinatorNotAvailable;
    }
}
