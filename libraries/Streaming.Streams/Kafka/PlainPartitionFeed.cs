using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>
/// The feed where the batch calls are out of reach: the thread that polls the consumer fills it. It is bounded by
/// pausing its partition.
/// </summary>
internal sealed class PlainPartitionFeed(IConsumer<byte[], byte[]> consumer, TopicPartition partition, int bound) : PartitionFeed(partition)
{
    private readonly Queue<ConsumeResult<byte[], byte[]>> _records = new();
    private readonly Lock _lock = new();
    private long _position = -1;
    private long? _seekTo;
    private bool _paused, _disposed;

    public override long? Position
    {
        get { lock (_lock) return _position >= 0 ? _position : null; }
    }

    /// <summary>Takes a polled record, or the end of the partition; called by the polling thread alone.</summary>
    public void Add(ConsumeResult<byte[], byte[]> record)
    {
        lock (_lock)
        {
            if (_disposed || _seekTo is not null) return;
            _records.Enqueue(record);
            if (!_paused && _records.Count >= bound)
            {
                consumer.Pause([Partition]);
                _paused = true;
            }
        }
        Arrived();
    }

    /// <summary>
    /// Drops what was read ahead and takes nothing in before the polling thread's <see cref="Seek"/>. It cannot be done on
    /// another thread: the poller may have a record of before the seek in its hands, or already the first one after it.
    /// </summary>
    public void SeekTo(long offset)
    {
        lock (_lock)
        {
            _seekTo = offset;
            _records.Clear();
            _position = -1;
            AtEnd = false;
        }
    }

    /// <summary>Goes on reading where the last <see cref="SeekTo"/> said; called by the polling thread between two polls.</summary>
    /// <exception cref="KafkaException">the partition is in no state for it</exception>
    public void Seek()
    {
        lock (_lock)
        {
            if (_disposed || _seekTo is not { } offset) return;
            consumer.Seek(new(Partition, offset));
            _seekTo = null;
        }
    }

    protected override (int Count, bool Drained) ReadAvailable(Span<FetchedRecord> records)
    {
        lock (_lock)
        {
            var count = 0;
            while (count < records.Length && _records.TryDequeue(out var record))
            {
                _position = record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1;
                AtEnd = record.IsPartitionEOF;
                if (!record.IsPartitionEOF) records[count++] = new(record);
            }
            if (_paused && !_disposed && _records.Count < bound / 2)
            {
                consumer.Resume([Partition]);
                _paused = false;
            }
            return (count, _records.Count == 0);
        }
    }

    public override void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _records.Clear();
        }
    }
}
