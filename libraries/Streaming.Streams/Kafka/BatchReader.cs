using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>Takes the records of one partition out of a batch.</summary>
internal interface IBatchSink
{
    /// <summary>Successive records of one partition; freed by the reader.</summary>
    void Take(TopicPartition partition, ReadOnlySpan<FetchedRecord> records);

    /// <summary>The end of a partition: no committed record follows before this offset.</summary>
    void TakeEnd(TopicPartition partition, long offset);

    void TakeFault(TopicPartition partition, ErrorCode code);
}

/// <summary>Reads the assigned partitions of a consumer without a group, in batches.</summary>
internal sealed unsafe class BatchReader : IDisposable
{
    /// <summary>Records handed out by one read at most.</summary>
    public const int Size = 2000;

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly NativeHandle? _handle;
    private readonly nint _queue;
    private readonly Librdkafka.Message** _messages;
    private readonly FetchedRecord[] _records = new FetchedRecord[Size];
    private readonly Dictionary<(nint, int), TopicPartition> _partitions = [];

    public BatchReader(IConsumer<byte[], byte[]> consumer)
    {
        _consumer = consumer;
        if (!NativeHandle.Supports(consumer.Handle)) return;
        _handle = new(consumer.Handle);
        _queue = Librdkafka.ConsumerQueue(_handle.Pointer);
        _messages = (Librdkafka.Message**)NativeMemory.Alloc(Size, (nuint)sizeof(Librdkafka.Message*));
    }

    public void Assign(IReadOnlyCollection<TopicPartitionOffset> partitions)
    {
        if (_handle is not null) Learn(partitions.Select(p => p.TopicPartition).DistinctBy(p => p.Topic));
        _consumer.IncrementalAssign(partitions);
    }

    /// <summary>
    /// Has the client learn where topics are. It would find out by itself, but looks for the leaders of new topics only now
    /// and then: half a second that a short restoration does not have.
    /// </summary>
    private void Learn(IEnumerable<TopicPartition> topics)
    {
        try
        {
            foreach (var topic in topics) _consumer.QueryWatermarkOffsets(topic, TimeSpan.FromSeconds(5));
        }
        catch (KafkaException)
        {
            // the client goes on asking
        }
    }

    public void Unassign(IEnumerable<TopicPartition> partitions)
    {
        _consumer.IncrementalUnassign(partitions);
        _partitions.Clear(); // a topic's handle may end with its last partition, and its address be used again
    }

    /// <summary>The offset after everything read of a partition, markers included; null before the first.</summary>
    public long? PositionOf(TopicPartition partition) => _consumer.Position(partition) is { Value: >= 0 } position ? position.Value : null;

    /// <summary>Hands out what is there, waiting up to the given time for the first record; the number of records.</summary>
    public int Read(int timeoutMs, IBatchSink sink)
    {
        if (_handle is null) return ReadPlain(timeoutMs, sink);
        // The call waits until it has all it asked for: one record first, then what is there.
        var read = (int)Librdkafka.ConsumeBatch(_queue, timeoutMs, _messages, 1);
        if (read == 1) read += Math.Max(0, (int)Librdkafka.ConsumeBatch(_queue, 0, _messages + 1, Size - 1));
        var count = 0;
        for (var i = 0; i < read;)
        {
            var (topic, partition) = (_messages[i]->Topic, _messages[i]->Partition);
            var name = Name(topic, partition);
            var run = 0;
            try
            {
                for (; i < read && _messages[i]->Topic == topic && _messages[i]->Partition == partition && _messages[i]->Error == 0; i++)
                    _records[run++] = new(_messages[i]);
                if (run > 0) sink.Take(name, _records.AsSpan(0, run));
            }
            finally
            {
                for (var r = 0; r < run; r++) _records[r].Free();
            }
            count += run;
            if (i == read || _messages[i]->Error == 0 || _messages[i]->Topic != topic || _messages[i]->Partition != partition) continue;
            var (error, offset) = (_messages[i]->Error, _messages[i]->Offset);
            Librdkafka.MessageDestroy(_messages[i++]);
            if (error == Librdkafka.ErrorPartitionEof) sink.TakeEnd(name, offset);
            else sink.TakeFault(name, (ErrorCode)error);
        }
        return count;
    }

    private TopicPartition Name(nint topic, int partition)
    {
        if (!_partitions.TryGetValue((topic, partition), out var name))
        {
            var text = topic == 0 ? "" : Marshal.PtrToStringUTF8((nint)Librdkafka.TopicName(topic))!;
            _partitions[(topic, partition)] = name = new(text, partition);
        }
        return name;
    }

    private int ReadPlain(int timeoutMs, IBatchSink sink)
    {
        var count = 0;
        try
        {
            while (count < Size && _consumer.Consume(count == 0 ? timeoutMs : 0) is { } record)
            {
                if (record.IsPartitionEOF)
                {
                    sink.TakeEnd(record.TopicPartition, record.Offset.Value);
                    continue;
                }
                _records[0] = new(record);
                sink.Take(record.TopicPartition, _records.AsSpan(0, 1));
                count++;
            }
        }
        catch (ConsumeException e) when (e.ConsumerRecord is { } at)
        {
            sink.TakeFault(at.TopicPartition, e.Error.Code);
        }
        return count;
    }

    public void Dispose()
    {
        if (_queue != 0) Librdkafka.QueueDestroy(_queue);
        NativeMemory.Free(_messages);
        _handle?.Dispose();
        _consumer.Close();
        _consumer.Dispose();
    }
}
