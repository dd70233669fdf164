using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>
/// A view of the 61-byte header of a record batch (magic 2). Base offset and leader epoch lie before the checksummed
/// range, so the broker assigns them in place; the compression covers only what follows the header.
/// </summary>
internal readonly ref struct BatchHeader(ReadOnlySpan<byte> bytes)
{
    public const int Size = 61;

    /// <summary>Base offset and length: what is counted outside <see cref="Length"/>.</summary>
    public const int Prefix = 12;

    public const int AttributesPosition = 21;
    public const byte CurrentMagic = 2;

    private const int CodecMask = 0x07;
    private const int LogAppendTimeFlag = 0x08;
    private const int TransactionalFlag = 0x10;
    private const int ControlFlag = 0x20;
    private const int DeleteHorizonFlag = 0x40;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public long BaseOffset => BinaryPrimitives.ReadInt64BigEndian(_bytes);

    /// <summary>Bytes after the length field.</summary>
    public int Length => BinaryPrimitives.ReadInt32BigEndian(_bytes[8..]);

    /// <summary>The whole batch with its twelve-byte prefix.</summary>
    public int TotalSize => Length + Prefix;

    public int LeaderEpoch => BinaryPrimitives.ReadInt32BigEndian(_bytes[12..]);

    public byte Magic => _bytes[16];

    public uint Crc => BinaryPrimitives.ReadUInt32BigEndian(_bytes[17..]);

    public short Attributes => BinaryPrimitives.ReadInt16BigEndian(_bytes[AttributesPosition..]);

    public int LastOffsetDelta => BinaryPrimitives.ReadInt32BigEndian(_bytes[23..]);

    public long BaseTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[27..]);

    public long MaxTimestamp => BinaryPrimitives.ReadInt64BigEndian(_bytes[35..]);

    public long ProducerId => BinaryPrimitives.ReadInt64BigEndian(_bytes[43..]);

    public short ProducerEpoch => BinaryPrimitives.ReadInt16BigEndian(_bytes[51..]);

    public int BaseSequence => BinaryPrimitives.ReadInt32BigEndian(_bytes[53..]);

    public int RecordCount => BinaryPrimitives.ReadInt32BigEndian(_bytes[57..]);

    public long LastOffset => BaseOffset + LastOffsetDelta;

    public CompressionCodec Codec => (CompressionCodec)(Attributes & CodecMask);

    public bool IsLogAppendTime => (Attributes & LogAppendTimeFlag) != 0;

    public bool IsTransactional => (Attributes & TransactionalFlag) != 0;

    public bool IsControl => (Attributes & ControlFlag) != 0;

    public bool HasDeleteHorizon => (Attributes & DeleteHorizonFlag) != 0;

    public bool HasProducer => ProducerId >= 0;

    /// <summary>Sequence numbers wrap from the largest int to zero.</summary>
    public int LastSequence =>
        BaseSequence < 0 ? -1 : (int)(((long)BaseSequence + LastOffsetDelta) & int.MaxValue);

    public static uint ComputeCrc(ReadOnlySpan<byte> batch) => Crc32C.Compute(batch[AttributesPosition..]);

    public static void SetBaseOffset(Span<byte> batch, long offset) => BinaryPrimitives.WriteInt64BigEndian(batch, offset);

    public static void SetLeaderEpoch(Span<byte> batch, int epoch) => BinaryPrimitives.WriteInt32BigEndian(batch[12..], epoch);

    public static void SetMaxTimestamp(Span<byte> batch, long timestamp, bool logAppendTime)
    {
        var attributes = BinaryPrimitives.ReadInt16BigEndian(batch[AttributesPosition..]);
        attributes = (short)(logAppendTime ? attributes | LogAppendTimeFlag : attributes & ~LogAppendTimeFlag);
        BinaryPrimitives.WriteInt16BigEndian(batch[AttributesPosition..], attributes);
        BinaryPrimitives.WriteInt64BigEndian(batch[35..], timestamp);
        SetCrc(batch);
    }

    public static void SetCrc(Span<byte> batch) => BinaryPrimitives.WriteUInt32BigEndian(batch[17..], ComputeCrc(batch));
}

/// <summary>The codec bits of a batch's attributes.</summary>
internal enum CompressionCodec
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}
