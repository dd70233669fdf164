using System.Buffers.Binary;

namespace Streaming.Broker.Log.Durability;

/// <summary>
/// The journal's bytes, little-endian. A round begins at a block and is padded to the next one, so that no block is
/// written twice before the journal begins anew:
/// <code>
/// round   crc u32 | length i32, with this header, without the padding | salt u64 | entries
/// entry   crc u32 | length of the batch i32 | salt u64 | topic id, 16 bytes | partition i32 | batch
/// </code>
/// Every beginning of the journal draws another salt: what a round's place held before is not taken for a part of it.
/// An entry's checksum goes as far into the batch as the batch's own does not.
/// </summary>
internal static class JournalFormat
{
    public const int Block = DirectMemory.Block;

    /// <summary>The longest round. A longer one costs its files little more than it would cost the journal.</summary>
    public const int MaxRound = 4 << 20;

    public const int RoundHeader = 16;
    public const int EntryHeader = 36;

    private const int LengthAt = 4;
    private const int SaltAt = 8;
    private const int TopicAt = 16;
    private const int PartitionAt = 32;

    public static int Padded(int length) => (length + Block - 1) & -Block;

    /// <summary>Writes an entry's header; <see cref="Seal"/> adds salt and checksum.</summary>
    public static void WriteHeader(Span<byte> entry, Guid topic, int partition, int batchLength)
    {
        BinaryPrimitives.WriteInt32LittleEndian(entry[LengthAt..], batchLength);
        topic.TryWriteBytes(entry[TopicAt..]);
        BinaryPrimitives.WriteInt32LittleEndian(entry[PartitionAt..], partition);
    }

    /// <summary>Makes a round of the bytes, which hold room for its header and then its entries.</summary>
    public static void Seal(Span<byte> round, ulong salt)
    {
        for (var rest = round[RoundHeader..]; rest.Length > 0; rest = rest[EntrySize(rest)..])
        {
            BinaryPrimitives.WriteUInt64LittleEndian(rest[SaltAt..], salt);
            BinaryPrimitives.WriteUInt32LittleEndian(rest, EntryChecksum(rest));
        }

        BinaryPrimitives.WriteInt32LittleEndian(round[LengthAt..], round.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(round[SaltAt..], salt);
        BinaryPrimitives.WriteUInt32LittleEndian(round, RoundChecksum(round));
    }

    /// <summary>The length and salt that a round's header tells; false where none is.</summary>
    public static bool TryReadRound(ReadOnlySpan<byte> header, out int length, out ulong salt)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(header[LengthAt..]);
        salt = BinaryPrimitives.ReadUInt64LittleEndian(header[SaltAt..]);
        return length is > RoundHeader and <= MaxRound && BinaryPrimitives.ReadUInt32LittleEndian(header) == RoundChecksum(header);
    }

    /// <summary>Reads the entry at the beginning of the rest of a round; false if it is not whole.</summary>
    public static bool TryReadEntry(ReadOnlySpan<byte> rest, ulong salt, out Guid topic, out int partition, out ReadOnlySpan<byte> batch)
    {
        (topic, partition) = (default, 0);
        batch = default;
        if (rest.Length < EntryHeader + BatchHeader.Size)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[LengthAt..]);
        if (length < BatchHeader.Size || length > rest.Length - EntryHeader
            || BinaryPrimitives.ReadUInt64LittleEndian(rest[SaltAt..]) != salt
            || BinaryPrimitives.ReadUInt32LittleEndian(rest) != EntryChecksum(rest))
        {
            return false;
        }

        batch = rest.Slice(EntryHeader, length);
        topic = new Guid(rest.Slice(TopicAt, 16));
        partition = BinaryPrimitives.ReadInt32LittleEndian(rest[PartitionAt..]);
        var header = new BatchHeader(batch);
        return header.TotalSize == length && header.Crc == BatchHeader.ComputeCrc(batch);
    }

    private static int EntrySize(ReadOnlySpan<byte> entry) => EntryHeader + BinaryPrimitives.ReadInt32LittleEndian(entry[LengthAt..]);

    private static uint RoundChecksum(ReadOnlySpan<byte> round) => Crc32C.Compute(round[LengthAt..RoundHeader]);

    private static uint EntryChecksum(ReadOnlySpan<byte> entry) =>
        Crc32C.Compute(entry[LengthAt..(EntryHeader + BatchHeader.AttributesPosition)]);
}
