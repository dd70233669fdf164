using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Runtime;

/// <summary>How a commit ended.</summary>
internal enum CommitOutcome
{
    Committed,

    /// <summary>Nothing of it took effect.</summary>
    Aborted,

    /// <summary>As aborted; the transactional id had passed to another epoch, and the producer is a new one.</summary>
    Fenced,

    /// <summary>Decided, but nobody can tell how: the stores must be read again from their changelogs.</summary>
    Undecided,
}

/// <summary>No transaction could be begun.</summary>
internal sealed class TransactionFault(KafkaException reason) : ClientFault(reason.Message, reason);

/// <summary>What a session asks of the group's consumer.</summary>
internal interface IOffsetStore
{
    IConsumerGroupMetadata GroupMetadata { get; }

    /// <summary>The committed offsets, once no transaction on them is pending; null where there is none.</summary>
    IReadOnlyDictionary<TopicPartition, long?> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout);

    /// <summary>Commits outside of a transaction.</summary>
    void Commit(IReadOnlyCollection<TopicPartitionOffset> offsets);
}

/// <summary>
/// A worker's producer between commits: under exactly-once one transaction, begun with the first record or offset.
/// Used by the worker's thread alone. Calls that time out are made again until <paramref name="stopping"/>: an absent
/// broker is waited for.
/// </summary>
internal sealed partial class ProducerSession(
    Func<IProducer<byte[], byte[]>> build, bool transactional, IOffsetStore offsetStore, ILogger logger, CancellationToken stopping) : IDisposable
{
    private static readonly TimeSpan s_call = TimeSpan.FromSeconds(10);
    private BatchProducer? _producer;
    private int _generation;

    /// <summary>Grows with each new producer, whose topic handles are new ones.</summary>
    public int Generation => _generation;

    public bool IsOpen { get; private set; }

    /// <summary>
    /// Connects, and settles what an earlier holder of the transactional id left behind; goes on until it succeeds.
    /// </summary>
    /// <exception cref="KafkaException">a right or a configuration is missing</exception>
    public void Open()
    {
        while (_producer is null)
        {
            var producer = new BatchProducer(build());
            try
            {
                if (transactional) Insist(() => producer.Client.InitTransactions(s_call), stopping);
                _producer = producer;
                _generation++;
            }
            catch (KafkaException e) when (!Faults.IsPermanent(e.Error.Code))
            {
                producer.Dispose();
                LogRetry("opening the producer", e.Message);
                if (stopping.WaitHandle.WaitOne(500)) throw new OperationCanceledException("stopping before the producer is open", e, stopping);
            }
            catch
            {
                producer.Dispose();
                throw;
            }
        }
    }

    public nint Resolve(string topic) => _producer!.Resolve(topic);

    public void Send(nint handle, string topic, int partition, in OutgoingRecord record)
    {
        if (!IsOpen) Begin();
        _producer!.Send(handle, topic, partition, record);
    }

    private void Begin()
    {
        try
        {
            if (transactional) _producer!.Client.BeginTransaction();
        }
        catch (KafkaException e)
        {
            throw new TransactionFault(e); // not to be taken for the record's
        }
        IsOpen = true;
    }

    /// <summary>Makes what was sent and the offsets take effect together. After anything but success the session is usable again.</summary>
    public CommitOutcome Commit(IReadOnlyCollection<TopicPartitionOffset> offsets, IReadOnlyDictionary<TopicPartition, long?> before)
    {
        if (!IsOpen && offsets.Count == 0) return CommitOutcome.Committed;
        if (!transactional) return CommitPlain(offsets);
        var deciding = false;
        try
        {
            if (!IsOpen) Begin();
            if (offsets.Count > 0)
            {
                var group = offsetStore.GroupMetadata;
                Insist(() => _producer!.Client.SendOffsetsToTransaction(offsets, group, s_call), stopping);
            }
            deciding = true;
            Insist(() => _producer!.Client.CommitTransaction(s_call), stopping);
            IsOpen = false;
            return CommitOutcome.Committed;
        }
        catch (Exception e) when (e is KafkaException or TransactionFault or OperationCanceledException)
        {
            var fault = e is OperationCanceledException ? Fault.Fatal : Faults.Of(e is TransactionFault ? e.InnerException! : e);
            LogCommitFailed(fault, e.Message);
            // An abortable error means that the coordinator was not asked, or refused.
            if (fault == Fault.Abortable) return Abort();
            Reopen();
            return !deciding ? CommitOutcome.Fenced : Resolve(offsets, before);
        }
    }

    /// <summary>
    /// The coordinator was asked to commit and its answer is lost. A new producer has settled the transaction by now;
    /// the group's offsets tell which way.
    /// </summary>
    private CommitOutcome Resolve(IReadOnlyCollection<TopicPartitionOffset> offsets, IReadOnlyDictionary<TopicPartition, long?> before)
    {
        if (offsets.Count == 0) return CommitOutcome.Undecided;
        IReadOnlyDictionary<TopicPartition, long?> now;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                now = offsetStore.Committed(offsets.Select(o => o.TopicPartition), s_call);
                break;
            }
            catch (KafkaException e)
            {
                LogRetry("reading committed offsets", e.Message);
            }
        }
        if (offsets.All(o => now.GetValueOrDefault(o.TopicPartition) == o.Offset.Value)) return CommitOutcome.Committed;
        if (offsets.All(o => now.GetValueOrDefault(o.TopicPartition) == before.GetValueOrDefault(o.TopicPartition))) return CommitOutcome.Fenced;
        return CommitOutcome.Undecided;
    }

    private CommitOutcome CommitPlain(IReadOnlyCollection<TopicPartitionOffset> offsets)
    {
        try
        {
            while (IsOpen && _producer!.Client.Flush(TimeSpan.FromSeconds(1)) > 0) stopping.ThrowIfCancellationRequested();
            if (_producer!.HasFailed)
            {
                LogCommitFailed(Fault.Fatal, "a record could not be delivered");
                Reopen();
                return CommitOutcome.Aborted;
            }
            if (offsets.Count > 0) Insist(() => offsetStore.Commit(offsets), stopping);
            IsOpen = false;
            return CommitOutcome.Committed;
        }
        catch (KafkaException e)
        {
            // The records are out, the offsets are not: they will be processed again.
            LogCommitFailed(Faults.Of(e), e.Message);
            IsOpen = false;
            return CommitOutcome.Aborted;
        }
    }

    /// <summary>Takes back what was sent since the last commit, where the guarantee allows it.</summary>
    public CommitOutcome Abort()
    {
        if (_producer is null) return CommitOutcome.Aborted;
        if (_producer.HasFailed)
        {
            Reopen();
            return CommitOutcome.Fenced;
        }
        if (!IsOpen) return CommitOutcome.Aborted;
        if (!transactional)
        {
            IsOpen = false; // what is sent stays sent
            return CommitOutcome.Aborted;
        }
        try
        {
            Insist(() => _producer.Client.AbortTransaction(s_call), stopping);
            IsOpen = false;
            return CommitOutcome.Aborted;
        }
        catch (Exception e) when (e is KafkaException or OperationCanceledException)
        {
            LogAbortFailed(e.Message);
            Reopen(); // initializing the new one aborts the old one's transaction
            return CommitOutcome.Fenced;
        }
    }

    private void Reopen()
    {
        IsOpen = false;
        _producer?.Dispose();
        _producer = null;
        if (!stopping.IsCancellationRequested) Open();
    }

    /// <summary>Makes a call until it succeeds, fails for good, or nobody waits for it any more.</summary>
    private void Insist(Action call, CancellationToken stopping)
    {
        for (var pause = 20; ; pause = Math.Min(pause * 2, 1000))
        {
            try
            {
                call();
                return;
            }
            catch (KafkaException e) when (Faults.Of(e) == Fault.Retriable)
            {
                LogRetry("calling the broker", e.Message);
                if (stopping.WaitHandle.WaitOne(pause)) throw new OperationCanceledException("stopping while the broker does not answer", e, stopping);
            }
        }
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
        IsOpen = false;
    }

    [LoggerMessage(LogLevel.Warning, "Commit failed ({Fault}): {Reason}")]
    private partial void LogCommitFailed(Fault fault, string reason);

    [LoggerMessage(LogLevel.Warning, "Abort failed: {Reason}")]
    private partial void LogAbortFailed(string reason);

    [LoggerMessage(LogLevel.Warning, "Trying again: {What}: {Reason}")]
    private partial void LogRetry(string what, string reason);
}
