using System.Buffers.Binary;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Log;

/// <summary>Builds the uncompressed batches that the broker itself writes: coordinator records and transaction markers.</summary>
internal sealed class BatchBuilder : IDisposable
{
    private readonly ProtocolWriter _batch = new(capacity: 512);
    private readonly long _timestamp;
    private int _count;

    public BatchBuilder(long timestamp, long producerId = -1, short producerEpoch = -1, bool transactional = false, bool control = false)
    {
        _timestamp = timestamp;
        _batch.Int64(0);
        _batch.Int32(0);
        _batch.Int32(0);
        _batch.Byte(BatchHeader.CurrentMagic);
        _batch.Int32(0);
        _batch.Int16((short)((transactional ? 0x10 : 0) | (control ? 0x20 : 0)));
        _batch.Int32(0);
        _batch.Int64(timestamp);
        _batch.Int64(timestamp);
        _batch.Int64(producerId);
        _batch.Int16(producerEpoch);
        _batch.Int32(-1);
        _batch.Int32(0);
    }

    public int Count => _count;

    public int Size => _batch.Length;

    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool nullValue = false)
    {
        using var body = new ProtocolWriter();
        body.Byte(0);
        body.Varlong(0);
        body.Varlong(_count);
        body.Varlong(key.Length);
        body.Raw(key);
        body.Varlong(nullValue ? -1 : value.Length);
        body.Raw(value);
        body.Varlong(0);
        _batch.Varlong(body.Length);
        _batch.Raw(body.WrittenSpan);
        _count++;
    }

    public byte[] Build()
    {
        var bytes = _batch.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(8), bytes.Length - BatchHeader.Prefix);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(23), _count - 1);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(57), _count);
        BatchHeader.SetCrc(bytes);
        return bytes;
    }

    /// <summary>The control batch that ends a transaction in one partition.</summary>
    public static byte[] Marker(long timestamp, long producerId, short epoch, bool commit, int coordinatorEpoch)
    {
        using var builder = new BatchBuilder(timestamp, producerId, epoch, transactional: true, control: true);
        Span<byte> key = stackalloc byte[4];
        BinaryPrimitives.WriteInt16BigEndian(key[2..], (short)(commit ? 1 : 0));
        Span<byte> value = stackalloc byte[6];
        BinaryPrimitives.WriteInt32BigEndian(value[2..], coordinatorEpoch);
        builder.Add(key, value);
        return builder.Build();
    }

    public void Dispose()
    {
        _batch.Dispose();
    }
}
