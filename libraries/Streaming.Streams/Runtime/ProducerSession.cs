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
    /// <summary>Makes offsets part of a producer's transaction.</summary>
    void SendTo(BatchProducer producer, IReadOnlyCollection<SourceOffset> offsets, TimeSpan timeout);

    /// <summary>The committed offsets, once no transaction on them is pending; null where there is none.</summary>
    IReadOnlyDictionary<TopicPartition, long?> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout);

    /// <summary>Commits outside of a transaction.</summary>
    void Commit(IReadOnlyCollection<SourceOffset> offsets);
}

/// <summary>
/// A worker's producer between commits: under exactly-once one transaction, begun with the first record or offset.
/// Used by the worker's thread alone. Calls that time out are made again until <paramref name="stopping"/>, or until
/// <paramref name="patience"/> is at its end, which throws: <see cref="Abort"/> makes the session usable again then.
/// </summary>
internal sealed partial class ProducerSession(
    Func<IProducer<byte[], byte[]>> build, bool transactional, IOffsetStore offsetStore, CallPatience patience, ILogger logger, CancellationToken stopping) : IDisposable
{
    private BatchProducer? _producer;
    private int _generation;

    /// <summary>Grows with each new producer, whose topic handles are new ones.</summary>
    public int Generation => _generation;

    public bool IsOpen { get; private set; }

    /// <summary>The coordinator was asked to commit, and its answer is not known.</summary>
    public bool IsDeciding { get; private set; }

    /// <summary>
    /// Connects, and settles what an earlier holder of the transactional id left behind; goes on until it succeeds.
    /// </summary>
    /// <exception cref="KafkaException">a right or a configuration is missing</exception>
    public void Open()
    {
        while (_producer is null)
        {
            var producer = new BatchProducer(build()) { WhileFull = WaitForSpace };
            try
            {
                if (transactional) Insist("InitTransactions", () => producer.Client.InitTransactions(patience.CallTimeout));
                _producer = producer;
                _generation++;
            }
            catch (KafkaException e) when (!Faults.IsPermanent(e.Error.Code))
            {
                producer.Dispose();
                patience.TimedOut("opening the producer", e);
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
    public CommitOutcome Commit(IReadOnlyCollection<SourceOffset> offsets, IReadOnlyDictionary<TopicPartition, long?> before)
    {
        if (!IsOpen && offsets.Count == 0) return CommitOutcome.Committed;
        if (!transactional) return CommitPlain(offsets);
        try
        {
            if (!IsOpen) Begin();
            if (offsets.Count > 0) Insist("SendOffsetsToTransaction", () => offsetStore.SendTo(_producer!, offsets, patience.CallTimeout));
            IsDeciding = true;
            Insist("CommitTransaction", () => _producer!.Client.CommitTransaction(patience.CallTimeout));
            (IsOpen, IsDeciding) = (false, false);
            return Committed();
        }
        catch (Exception e) when (e is KafkaException or TransactionFault or OperationCanceledException)
        {
            var fault = e is OperationCanceledException ? Fault.Fatal : Faults.Of(e is TransactionFault ? e.InnerException! : e);
            LogCommitFailed(fault, e.Message);
            if (fault == Fault.Abortable)
            {
                // The coordinator was not asked, or refused.
                IsDeciding = false;
                if (e is KafkaException { Error.Code: var code } && Faults.IsTimeout(code)) patience.TimedOut("producing", e);
                return Abort();
            }
            Reopen();
            if (!IsDeciding) return CommitOutcome.Fenced;
            var outcome = Resolve(offsets, before);
            IsDeciding = false;
            return outcome == CommitOutcome.Committed ? Committed() : outcome;
        }
    }

    private CommitOutcome Committed()
    {
        patience.Succeeded();
        return CommitOutcome.Committed;
    }

    /// <summary>
    /// The coordinator was asked to commit and its answer is lost. A new producer has settled the transaction by now;
    /// the group's offsets tell which way.
    /// </summary>
    private CommitOutcome Resolve(IReadOnlyCollection<SourceOffset> offsets, IReadOnlyDictionary<TopicPartition, long?> before)
    {
        if (offsets.Count == 0) return CommitOutcome.Undecided;
        IReadOnlyDictionary<TopicPartition, long?> now;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            try
            {
                now = offsetStore.Committed(offsets.Select(o => o.Partition), patience.CallTimeout);
                break;
            }
            catch (KafkaException e)
            {
                patience.TimedOut("reading committed offsets", e);
                LogRetry("reading committed offsets", e.Message);
            }
        }
        if (offsets.All(o => now.GetValueOrDefault(o.Partition) == o.Offset)) return CommitOutcome.Committed;
        if (offsets.All(o => now.GetValueOrDefault(o.Partition) == before.GetValueOrDefault(o.Partition))) return CommitOutcome.Fenced;
        return CommitOutcome.Undecided;
    }

    private CommitOutcome CommitPlain(IReadOnlyCollection<SourceOffset> offsets)
    {
        try
        {
            for (var (left, last) = (0, int.MaxValue); IsOpen && (left = _producer!.Client.Flush(TimeSpan.FromSeconds(1))) > 0; last = left)
            {
                stopping.ThrowIfCancellationRequested();
                if (left >= last) patience.TimedOut("flushing records", null);
            }
            if (_producer!.HasFailed)
            {
                LogCommitFailed(Fault.Fatal, "a record could not be delivered");
                Reopen();
                return CommitOutcome.Aborted;
            }
            if (offsets.Count > 0) Insist("committing offsets", () => offsetStore.Commit(offsets));
            IsOpen = false;
            return Committed();
        }
        catch (KafkaException e)
        {
            // The records are out, the offsets are not: they will be processed again.
            LogCommitFailed(Faults.Of(e), e.Message);
            IsOpen = false;
            return CommitOutcome.Aborted;
        }
    }

    /// <summary>
    /// Takes back what was sent since the last commit, where the guarantee allows it. A commit that was given up while it
    /// was being decided stays undecided.
    /// </summary>
    public CommitOutcome Abort()
    {
        if (IsDeciding || _producer is null)
        {
            Reopen();
            var outcome = IsDeciding ? CommitOutcome.Undecided : CommitOutcome.Fenced;
            IsDeciding = false;
            return outcome;
        }
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
            Insist("AbortTransaction", () => _producer.Client.AbortTransaction(patience.CallTimeout));
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
    private void Insist(string what, Action call)
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
                patience.TimedOut(what, e);
                LogRetry(what, e.Message);
                if (stopping.WaitHandle.WaitOne(pause)) throw new OperationCanceledException("stopping while the broker does not answer", e, stopping);
            }
        }
    }

    /// <summary>The producer's queue is full: no record gets through, or not fast enough.</summary>
    private void WaitForSpace(TimeSpan waited)
    {
        if (stopping.IsCancellationRequested) throw new StoppingFault();
        if (waited >= patience.CallTimeout) patience.TimedOut("producing", null);
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
