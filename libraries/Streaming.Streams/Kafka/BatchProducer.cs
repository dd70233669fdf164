using System.Diagnostics;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Kafka;

/// <summary>
/// Sends spans through a producer that Confluent.Kafka built. A full queue makes the caller wait: that is the
/// back-pressure. A record that the broker refuses later shows at the commit (transactions) or at the flush
/// (gapless idempotence), not here.
/// </summary>
internal sealed unsafe class BatchProducer : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly NativeHandle? _handle;
    private readonly Dictionary<string, nint> _topics = [];

    public BatchProducer(IProducer<byte[], byte[]> producer)
    {
        _producer = producer;
        if (NativeHandle.Supports(producer.Handle)) _handle = new(producer.Handle);
    }

    public IProducer<byte[], byte[]> Client => _producer;

    /// <summary>Null through the plain API.</summary>
    public NativeHandle? Native => _handle;

    /// <summary>Called again and again while a record waits for a place in the queue, with the time so far; may throw.</summary>
    public Action<TimeSpan>? WhileFull { get; init; }

    /// <summary>The client is beyond use: every call on it fails from now on.</summary>
    public bool HasFailed => _handle is not null && Librdkafka.FatalError(_handle.Pointer) is not null;

    /// <summary>The client's handle of a topic; 0 through the plain API.</summary>
    public nint Resolve(string topic)
    {
        if (_handle is null) return 0;
        if (_topics.TryGetValue(topic, out var handle)) return handle;
        handle = Librdkafka.TopicNew(_handle.Pointer, topic, 0);
        if (handle == 0) throw new ProduceFault(topic, ErrorCode.Local_UnknownTopic);
        return _topics[topic] = handle;
    }

    /// <summary>Sends a record; the bytes are copied.</summary>
    /// <exception cref="ProduceFault">the client refuses the record: too large, no such partition, transaction broken</exception>
    public void Send(nint handle, string topic, int partition, in OutgoingRecord record)
    {
        if (_handle is null)
        {
            SendPlain(topic, partition, record);
            return;
        }
        byte none; // an empty key or value needs an address, for none means null
        fixed (byte* key = record.Key, value = record.Value)
        {
            var values = stackalloc Librdkafka.TaggedValue[7];
            var count = 0;
            Set(ref values[count++], Librdkafka.ValueTag.TopicHandle, handle, 0);
            values[count].Tag = Librdkafka.ValueTag.Partition;
            values[count++].Int32 = partition;
            if (!record.KeyIsNull) Set(ref values[count++], Librdkafka.ValueTag.Key, (nint)(key != null ? key : &none), record.Key.Length);
            if (!record.ValueIsNull) Set(ref values[count++], Librdkafka.ValueTag.Value, (nint)(value != null ? value : &none), record.Value.Length);
            values[count].Tag = Librdkafka.ValueTag.MessageFlags;
            values[count++].Int32 = Librdkafka.FlagCopy;
            if (record.Timestamp >= 0)
            {
                values[count].Tag = Librdkafka.ValueTag.Timestamp;
                values[count++].Int64 = record.Timestamp;
            }
            var headers = NativeHeaders.Copy(record.Headers);
            if (headers != 0) Set(ref values[count++], Librdkafka.ValueTag.Headers, headers, 0);
            var full = 0L;
            try
            {
                while (Librdkafka.Produce(_handle.Pointer, values, (nuint)count) is var error && error != 0)
                {
                    var code = Librdkafka.ErrorCode(error);
                    Librdkafka.ErrorDestroy(error);
                    if (code != Librdkafka.ErrorQueueFull) throw new ProduceFault(topic, (ErrorCode)code);
                    Wait(ref full);
                    _ = Librdkafka.Poll(_handle.Pointer, 5);
                }
            }
            catch
            {
                if (headers != 0) Librdkafka.HeadersDestroy(headers); // the client owns them only once it took the record
                throw;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(ref Librdkafka.TaggedValue value, Librdkafka.ValueTag tag, nint pointer, int size)
    {
        value.Tag = tag;
        value.Pointer = pointer;
        value.Size = (nuint)size;
    }

    private void Wait(ref long since)
    {
        if (since == 0) since = Stopwatch.GetTimestamp();
        WhileFull?.Invoke(Stopwatch.GetElapsedTime(since));
    }

    private void SendPlain(string topic, int partition, in OutgoingRecord record)
    {
        var message = new Message<byte[], byte[]>
        {
            Key = record.KeyIsNull ? null! : record.Key.ToArray(),
            Value = record.ValueIsNull ? null! : record.Value.ToArray(),
            Timestamp = record.Timestamp >= 0 ? new(record.Timestamp, TimestampType.CreateTime) : Timestamp.Default,
            Headers = record.Headers.Materialize(),
        };
        for (var full = 0L; ;)
        {
            try
            {
                _producer.Produce(new TopicPartition(topic, partition), message);
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                Wait(ref full);
                _producer.Poll(TimeSpan.FromMilliseconds(5));
            }
            catch (ProduceException<byte[], byte[]> e)
            {
                throw new ProduceFault(topic, e.Error.Code);
            }
        }
    }

    /// <summary>Closes the client without waiting for what it still holds.</summary>
    public void Dispose()
    {
        foreach (var handle in _topics.Values) Librdkafka.TopicDestroy(handle);
        _topics.Clear();
        _handle?.Dispose();
        _producer.Dispose();
    }
}

/// <summary>The client refused a record before sending it.</summary>
internal sealed class ProduceFault(string topic, ErrorCode code) : ClientFault($"{topic}: {new Error(code).Reason}")
{
    public string Topic { get; } = topic;

    public ErrorCode Code { get; } = code;

    /// <summary>The record itself is refused, whatever the state of the client.</summary>
    public bool IsOfRecord => Code is ErrorCode.MsgSizeTooLarge or ErrorCode.Local_InvalidArg or ErrorCode.Local_UnknownPartition or ErrorCode.InvalidMsg or ErrorCode.InvalidRecord;
}
