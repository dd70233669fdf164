using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Log.Durability;

namespace Streaming.Broker.Log;

/// <summary>
/// The log of one partition: segments, producer state, offsets. Appends happen under its lock; readers take the lock
/// only to see where they may read. Consumers see records below the high watermark: with fsync always that is what
/// is on disk, so no crash takes back what anyone has read.
/// </summary>
internal sealed partial class PartitionLog
{
    private readonly Lock _lock = new();
    private readonly LogEnvironment _environment;
    private readonly TransactionIndex _aborted;
    private readonly List<ILogWaiter> _waiters = [];
    private ImmutableArray<LogSegment> _segments;
    private ProducerState _producers;
    private LeaderEpochs _epochs;
    private long _logStartOffset;
    private long _logEndOffset;
    private long _highWatermark;
    private bool _closed;

    internal PartitionLog(LogEnvironment environment, Guid topicId, TopicPartition partition, string directory, LogConfig config, LoadedLog loaded)
    {
        _environment = environment;
        TopicId = topicId;
        Partition = partition;
        Path = directory;
        Config = config;
        _segments = loaded.Segments;
        _producers = loaded.Producers;
        _aborted = loaded.Aborted;
        _epochs = loaded.Epochs;
        _logStartOffset = loaded.LogStartOffset;
        _logEndOffset = _highWatermark = _recoveryPoint = loaded.LogEndOffset;
    }

    public Guid TopicId { get; }

    public TopicPartition Partition { get; }

    public string Path { get; }

    public LogConfig Config { get; set; }

    /// <summary>The round that this log was last added to, and its place there; owned by the flusher's lock.</summary>
    internal (FlushRound? Round, int Index) OpenRound { get; set; }

    public long LogStartOffset => Volatile.Read(ref _logStartOffset);

    public long LogEndOffset => Volatile.Read(ref _logEndOffset);

    public long HighWatermark => Volatile.Read(ref _highWatermark);

    public int LeaderEpoch => _epochs.Current;

    private LogSegment Active => _segments[^1];

    /// <summary>Where read-committed consumers end: before the first open transaction, never below the log's start.</summary>
    public long LastStableOffset
    {
        get
        {
            lock (_lock)
            {
                return StableOffset(HighWatermark);
            }
        }
    }

    public long SizeInBytes => _segments.Sum(s => s.Size);

    public (int Epoch, long EndOffset) EndOffsetOf(int epoch)
    {
        lock (_lock)
        {
            return _epochs.EndOffsetOf(epoch, _logEndOffset);
        }
    }

    /// <summary>The producers that are known, as copies.</summary>
    public List<ProducerDescription> DescribeProducers()
    {
        lock (_lock)
        {
            return _producers.Producers
                .Select(p => new ProducerDescription(p.ProducerId, p.Epoch, p.LastSequence, p.LastTimestamp, p.CoordinatorEpoch, p.TransactionFirstOffset))
                .ToList();
        }
    }

    /// <summary>Calls the waiter whenever readable records may have been added, until it is removed.</summary>
    public void AddWaiter(ILogWaiter waiter)
    {
        lock (_waiters)
        {
            _waiters.Add(waiter);
        }
    }

    public void RemoveWaiter(ILogWaiter waiter)
    {
        lock (_waiters)
        {
            _waiters.Remove(waiter);
        }
    }

    /// <summary>Writes indexes and the producer snapshot, forces everything to disk and lets go of the files.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            FlushPending();
            Active.SaveIndexes();
            SaveTransactionIndex(Active, long.MaxValue);
            ProducerSnapshot.Save(_environment.Files, LogSegment.FileName(Path, _logEndOffset, ".snapshot"), _producers);
            CloseFiles();
        }
    }

    /// <summary>Lets go of the files of a partition that is deleted, after its directory was moved away.</summary>
    public void Abandon(Action moveAway)
    {
        lock (_lock)
        {
            moveAway();
            CloseFiles();
            WakeWaiters();
        }
    }

    private void CloseFiles()
    {
        _closed = true;
        foreach (var segment in _segments)
        {
            segment.Close();
        }
    }

    private long StableOffset(long highWatermark) => Math.Min(Math.Max(_producers.FirstOpenOffset, _logStartOffset), highWatermark);

    private void WakeWaiters()
    {
        lock (_waiters)
        {
            foreach (var waiter in _waiters)
            {
                waiter.LogAdvanced();
            }
        }
    }

    private void SaveTransactionIndex(LogSegment segment, long endOffset) =>
        _aborted.Save(_environment.Files, LogSegment.FileName(Path, segment.BaseOffset, ".txnindex"), segment.BaseOffset, endOffset);

    private void LogWarning(string what, Exception e) =>
        _environment.Logger.LogWarning(e, "{Partition}: {What}", Partition, what);
}

/// <summary>Someone who waits for readable records.</summary>
internal interface ILogWaiter
{
    /// <summary>Called under locks of the log: must only note the fact.</summary>
    void LogAdvanced();
}

internal readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}

internal sealed record ProducerDescription(
    long ProducerId, short Epoch, int LastSequence, long LastTimestamp, int CoordinatorEpoch, long TransactionFirstOffset);
