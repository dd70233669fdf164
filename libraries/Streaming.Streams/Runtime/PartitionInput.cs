using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Kafka;

namespace Streaming.Streams.Runtime;

/// <summary>
/// A source partition of a task: the records read ahead of it, and the offsets that its commits are made of.
/// Used by the task's worker alone.
/// </summary>
internal sealed class PartitionInput(PartitionFeed feed, int sourceIndex, int readAhead, long? start) : IDisposable
{
    private readonly FetchedRecord[] _records = new FetchedRecord[readAhead];
    private int _head;
    private int _count;
    private long _headTimestamp;
    private long? _rewind;
    private long? _resumeAt = start;
    private bool _seekPending;
    private long _committed = -1;

    public PartitionFeed Feed { get; } = feed;

    public TopicPartition Partition => Feed.Partition;

    public int SourceIndex { get; } = sourceIndex;

    /// <summary>Records that the present task processed.</summary>
    public long Processed;

    public bool IsSeekPending => _seekPending;

    /// <summary>What the group holds beside the offset; null: not asked yet.</summary>
    public byte[]? CommittedMetadata { get; set; }

    /// <summary>The offset that the group holds, as far as this worker knows.</summary>
    public long? Committed
    {
        get => Interlocked.Read(ref _committed) is >= 0 and var offset ? offset : null;
        private set => Interlocked.Exchange(ref _committed, value ?? -1);
    }

    public bool HasRecords => _head < _count;

    public bool MayHaveRecords => HasRecords || Feed.Ready;

    public ref readonly FetchedRecord Head => ref _records[_head];

    public long HeadTimestamp => _headTimestamp;

    /// <summary>What to commit now: the next record's offset, or the position behind everything read.</summary>
    public long? NextOffset => HasRecords ? _records[_head].Offset : _seekPending ? _resumeAt : Feed.Position ?? _resumeAt;

    public bool PositionMoved => NextOffset is { } next && next != Committed;

    /// <summary>Reads ahead when nothing is left; true when there is a record.</summary>
    public bool Fill()
    {
        if (_head < _count) return true;
        _head = _count = 0;
        if (_seekPending || !Feed.Ready) return false;
        _count = Feed.Read(_records);
        if (_count == 0) return false;
        _headTimestamp = _records[0].Timestamp;
        return true;
    }

    /// <summary>The head record is processed, or is about to be: an abort goes back to it.</summary>
    public void MarkTaken() => _rewind ??= _records[_head].Offset;

    public void Advance()
    {
        _records[_head++].Free();
        Processed++;
        if (_head < _count) _headTimestamp = _records[_head].Timestamp;
    }

    public void CommitSucceeded(SourceOffset? offset)
    {
        if (offset is { } committed)
        {
            Committed = committed.Offset;
            CommittedMetadata = Encoding.ASCII.GetBytes(committed.Metadata);
        }
        _rewind = null;
    }

    /// <summary>Drops what was read ahead when part of it was taken since the last commit; <see cref="Seek"/> completes it.</summary>
    public void Rewind()
    {
        if (_rewind is not { } offset) return;
        FreeAll();
        (_rewind, _resumeAt, _seekPending) = (null, offset, true);
    }

    /// <summary>Drops what was read ahead and goes on at the group's offset, or where this owner began.</summary>
    public void RewindTo(long? committed)
    {
        var offset = committed ?? _rewind ?? _resumeAt;
        FreeAll();
        (Committed, CommittedMetadata, _rewind) = (committed, null, null);
        if (offset is not null) (_resumeAt, _seekPending) = (offset, true);
    }

    /// <summary>Nothing is read before the pending seek took place; true when none is pending any more.</summary>
    public bool Seek(Func<TopicPartition, long, bool> seek)
    {
        if (_seekPending && seek(Partition, _resumeAt!.Value)) _seekPending = false;
        return !_seekPending;
    }

    private void FreeAll()
    {
        while (_head < _count) _records[_head++].Free();
        _head = _count = 0;
    }

    public void Dispose()
    {
        FreeAll();
        Feed.Dispose();
    }
}
