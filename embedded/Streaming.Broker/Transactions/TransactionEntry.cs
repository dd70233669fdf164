using Streaming.Broker.Log;

namespace Streaming.Broker.Transactions;

/// <summary>States of a transactional id, numbered as in Kafka's transaction log.</summary>
internal enum TransactionState : byte
{
    Empty = 0,
    Ongoing = 1,
    PrepareCommit = 2,
    PrepareAbort = 3,
    CompleteCommit = 4,
    CompleteAbort = 5,
}

/// <summary>A transactional id. Its lock is taken before any partition's, so that a produce and an abort never cross.</summary>
internal sealed class TransactionEntry(string transactionalId)
{
    public Lock Lock { get; } = new();

    public string TransactionalId { get; } = transactionalId;

    public long ProducerId { get; set; } = -1;

    public short Epoch { get; set; } = -1;

    /// <summary>The epoch before the last bump that a client asked for, to recognize a repeated request.</summary>
    public short LastEpoch { get; set; } = -1;

    public int TimeoutMs { get; set; }

    public TransactionState State { get; set; } = TransactionState.Empty;

    public HashSet<TopicPartition> Partitions { get; } = [];

    public long StartedAt { get; set; } = -1;

    public long UpdatedAt { get; set; }

    /// <summary>Set when the entry was removed from the table while someone waited for its lock.</summary>
    public bool IsRemoved { get; set; }

    public bool IsDeciding => State is TransactionState.PrepareCommit or TransactionState.PrepareAbort;
}
