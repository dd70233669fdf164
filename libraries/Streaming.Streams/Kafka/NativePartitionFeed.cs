using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>
/// The client's own queue of a partition, taken out of the consumer's common queue. It must be made before the partition
/// is assigned, which then leaves the forwarding alone.
/// </summary>
internal sealed unsafe class NativePartitionFeed : PartitionFeed
{
    private readonly NativeHandle _client;
    private readonly nint _queue;
    private readonly Librdkafka.Message** _messages;
    private readonly Librdkafka.TopicPartitionList* _position;
    private readonly int _capacity;
    private GCHandle _self;
    private ConsumeFault? _fault;
    private readonly Lock _alive = new();
    private bool _disposed;

    public NativePartitionFeed(NativeHandle client, TopicPartition partition, int capacity) : base(partition)
    {
        _client = client;
        _capacity = capacity;
        _messages = (Librdkafka.Message**)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(Librdkafka.Message*));
        _position = Librdkafka.PartitionListNew(1);
        Librdkafka.PartitionListAdd(_position, partition.Topic, partition.Partition.Value);
        _queue = Librdkafka.PartitionQueue(client.Pointer, partition.Topic, partition.Partition.Value);
        _self = GCHandle.Alloc(this);
        Librdkafka.QueueForward(_queue, 0);
        Librdkafka.QueueOnEvent(_queue, &QueueEvent, GCHandle.ToIntPtr(_self));
    }

    public override long? Position
    {
        get
        {
            if (_disposed || Librdkafka.Position(_client.Pointer, _position) != 0) return null;
            return _position->Items[0].Offset is >= 0 and var offset ? offset : null;
        }
    }

    public override long? KnownEnd
    {
        get
        {
            lock (_alive)
            {
                long low, high;
                if (_disposed || Librdkafka.CachedWatermarks(_client.Pointer, Partition.Topic, Partition.Partition.Value, &low, &high) != 0) return null;
                return high >= 0 ? high : null;
            }
        }
    }

    // The client calls this from its own threads, with the queue locked.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void QueueEvent(nint client, nint state) => ((NativePartitionFeed)GCHandle.FromIntPtr(state).Target!).Arrived();

    protected override (int Count, bool Drained) ReadAvailable(Span<FetchedRecord> records)
    {
        if (_disposed) return (0, true);
        if (_fault is { } pending)
        {
            _fault = null;
            throw pending;
        }
        var size = Math.Min(records.Length, _capacity);
        var read = (int)Librdkafka.ConsumeBatch(_queue, 0, _messages, (nuint)size);
        var count = 0;
        for (var i = 0; i < read; i++)
        {
            var message = _messages[i];
            if (message->Error == 0)
            {
                records[count++] = new(message);
                AtEnd = false;
                continue;
            }
            if (message->Error == Librdkafka.ErrorPartitionEof) AtEnd = true;
            else _fault = new(Partition, (ErrorCode)message->Error);
            Librdkafka.MessageDestroy(message);
        }
        return (count, read < size && _fault is null); // the records read with a fault come first
    }

    public override void Dispose()
    {
        lock (_alive)
        {
            if (_disposed) return;
            _disposed = true;
        }
        Librdkafka.QueueOnEvent(_queue, null, 0); // takes the queue's lock: no callback runs afterwards
        Librdkafka.QueueDestroy(_queue);
        Librdkafka.PartitionListDestroy(_position);
        NativeMemory.Free(_messages);
        _self.Free();
    }
}
