using System.Collections.Concurrent;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Runtime;

/// <summary>Told, on the polling thread, what the group gives and takes; the group waits for the answer.</summary>
internal interface IAssignmentListener
{
    /// <summary>Partitions come, each with its feed and, where none was committed and the reset policy asks for it, its start.</summary>
    void OnAssigned(IReadOnlyList<(PartitionFeed Feed, long? Start)> partitions);

    /// <summary>Partitions go; what is in process can still be committed.</summary>
    void OnRevoked(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>Partitions are gone: others may own them already, nothing can be committed.</summary>
    void OnLost(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>The consumer cannot go on.</summary>
    void OnFailed(Exception reason);
}

/// <summary>
/// The process's one member of the consumer group. Its thread serves rebalances and, through the plain API, hands out
/// records; with the batch calls each partition has a queue of its own and this thread never sees a record.
/// </summary>
internal sealed partial class GroupMember : IOffsetStore, IConsumerRebalanceListener
{
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly NativeHandle? _handle;
    private readonly IAssignmentListener _listener;
    private readonly Func<string, AutoOffsetReset?> _resetPolicy;
    private readonly int _readAhead;
    private readonly Func<CallPatience> _patience;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<TopicPartition, PlainPartitionFeed> _plain = new();
    private readonly ConcurrentQueue<PlainPartitionFeed> _seeking = new();
    private readonly Thread _thread;
    private volatile bool _closing;
    private bool _closed;

    public GroupMember(Func<IConsumerRebalanceListener, IConsumer<byte[], byte[]>> build, IAssignmentListener listener, Func<string, AutoOffsetReset?> resetPolicy, int readAhead, Func<CallPatience> patience, ILogger logger)
    {
        (_listener, _resetPolicy, _readAhead, _patience, _logger) = (listener, resetPolicy, readAhead, patience, logger);
        _consumer = build(this);
        if (NativeHandle.Supports(_consumer.Handle)) _handle = new(_consumer.Handle);
        else LogPlain(NativeHandle.Unusable ?? "this client has no native handle");
        _thread = new(Poll) { IsBackground = true, Name = "streams-poll" };
    }

    public string MemberId => _consumer.MemberId;

    public void Start(IEnumerable<string> topics)
    {
        _consumer.Subscribe(topics);
        _thread.Start();
    }

    private void Poll()
    {
        while (!_closing)
        {
            try
            {
                if (_handle is not null && Librdkafka.FatalError(_handle.Pointer) is { } fatal) throw new KafkaException(fatal);
                SeekPending();
                if (_consumer.Consume(100) is { } record && _plain.TryGetValue(record.TopicPartition, out var feed)) feed.Add(record);
            }
            catch (ConsumeException e) when (!e.Error.IsFatal)
            {
                LogConsumeError(e.Error.Reason);
            }
            catch (Exception e)
            {
                var fatal = _handle is null ? null : Librdkafka.FatalError(_handle.Pointer); // names the cause
                _listener.OnFailed(fatal is null ? e : new KafkaException(fatal, e));
                break;
            }
        }
        // Closing hands the partitions back through the revocation handler, on this thread.
        try
        {
            _consumer.Close();
        }
        catch (KafkaException e)
        {
            LogConsumeError(e.Message);
        }
    }

    private void SeekPending()
    {
        for (var waiting = _seeking.Count; waiting > 0 && _seeking.TryDequeue(out var feed); waiting--)
        {
            try
            {
                feed.Seek();
            }
            catch (KafkaException e)
            {
                LogConsumeError(e.Message);
                _seeking.Enqueue(feed);
            }
        }
    }

    void IConsumerRebalanceListener.PartitionsAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions)
    {
        var starts = Starts(partitions);
        var feeds = new List<(PartitionFeed, long?)>(partitions.Count);
        foreach (var partition in partitions)
        {
            PartitionFeed feed = _handle is not null
                ? new NativePartitionFeed(_handle, partition, _readAhead)
                : _plain[partition] = new PlainPartitionFeed(_consumer, partition, 10 * _readAhead);
            feeds.Add((feed, starts.TryGetValue(partition, out var start) ? start : null));
        }
        _listener.OnAssigned(feeds);
    }

    /// <summary>
    /// Explicit starts of the partitions whose topic has a reset policy of its own and that have no committed offset.
    /// They are committed here: the assignment then begins there, and so does a restart before the first commit.
    /// </summary>
    private Dictionary<TopicPartition, long> Starts(List<TopicPartition> partitions)
    {
        var own = partitions.FindAll(p => _resetPolicy(p.Topic) is not null);
        var starts = new Dictionary<TopicPartition, long>();
        var patience = _patience();
        while (own.Count > 0 && !_closing)
        {
            try
            {
                foreach (var committed in _consumer.Committed(own, TimeSpan.FromSeconds(10)))
                {
                    if (committed.Offset.Value >= 0) continue;
                    var ends = _consumer.QueryWatermarkOffsets(committed.TopicPartition, TimeSpan.FromSeconds(10));
                    starts[committed.TopicPartition] = _resetPolicy(committed.Topic) == AutoOffsetReset.Latest ? ends.High.Value : ends.Low.Value;
                }
                if (starts.Count > 0) _consumer.Commit(starts.Select(s => new TopicPartitionOffset(s.Key, s.Value)));
                break;
            }
            catch (KafkaException e)
            {
                patience.TimedOut("reading committed offsets", e);
                LogConsumeError(e.Message); // asked again: an assignment cannot be refused
            }
        }
        return starts;
    }

    void IConsumerRebalanceListener.PartitionsRevoked(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions) => Gone(partitions, lost: false);

    void IConsumerRebalanceListener.PartitionsLost(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions) => Gone(partitions, lost: true);

    private void Gone(List<TopicPartitionOffset> offsets, bool lost)
    {
        var partitions = offsets.ConvertAll(o => o.TopicPartition);
        if (lost) _listener.OnLost(partitions);
        else _listener.OnRevoked(partitions);
        foreach (var partition in partitions) _plain.TryRemove(partition, out _);
    }

    /// <summary>Goes on reading at an offset; false when the partition is in no state for it.</summary>
    public bool Seek(TopicPartition partition, long offset)
    {
        if (_plain.TryGetValue(partition, out var feed))
        {
            feed.SeekTo(offset);
            _seeking.Enqueue(feed);
            return true;
        }
        try
        {
            _consumer.Seek(new(partition, offset));
        }
        catch (KafkaException e)
        {
            LogConsumeError(e.Message);
            return false;
        }
        return true;
    }

    public IReadOnlyDictionary<TopicPartition, long?> Committed(IEnumerable<TopicPartition> partitions, TimeSpan timeout) =>
        _consumer.Committed(partitions, timeout).ToDictionary(p => p.TopicPartition, p => p.Offset.Value >= 0 ? p.Offset.Value : (long?)null);

    /// <summary>What was committed beside the offsets; nothing through the plain API, which does not carry it.</summary>
    public Dictionary<TopicPartition, byte[]> CommittedMetadata(IReadOnlyCollection<TopicPartition> partitions, TimeSpan timeout) =>
        _handle is null ? [] : GroupOffsets.Metadata(_handle, partitions, timeout);

    public void Commit(IReadOnlyCollection<SourceOffset> offsets)
    {
        if (_handle is not null) GroupOffsets.Commit(_handle, offsets);
        else _consumer.Commit(offsets.Select(o => o.WithoutMetadata()));
    }

    public void SendTo(BatchProducer producer, IReadOnlyCollection<SourceOffset> offsets, TimeSpan timeout)
    {
        if (_handle is not null && producer.Native is { } native) GroupOffsets.Send(native, _handle, offsets, timeout);
        else producer.Client.SendOffsetsToTransaction(offsets.Select(o => o.WithoutMetadata()), _consumer.ConsumerGroupMetadata, timeout);
    }

    /// <summary>Leaves the group: the partitions go back through the listener. Static members keep their place.</summary>
    public void Close()
    {
        if (_closed) return;
        _closed = true;
        _closing = true;
        if (_thread.IsAlive) _thread.Join();
        _handle?.Dispose();
        _consumer.Dispose();
    }

    [LoggerMessage(LogLevel.Warning, "The batch calls of librdkafka are out of reach, records come one at a time: {Reason}")]
    private partial void LogPlain(string reason);

    [LoggerMessage(LogLevel.Warning, "Consumer: {Reason}")]
    private partial void LogConsumeError(string reason);
}
