using System.Buffers.Binary;

namespace Streaming.Streams.Runtime.RocksDb;

/// <summary>The form of a value on disk: its timestamp in eight bytes, big-endian, then the value.</summary>
internal static class StoredValue
{
    private const int TimestampSize = 8;

    /// <summary>Puts a value into its form, in a buffer that grows as needed.</summary>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> value, long timestamp, ref byte[] buffer)
    {
        var length = TimestampSize + value.Length;
        if (buffer.Length < length) buffer = new byte[length * 2];
        BinaryPrimitives.WriteInt64BigEndian(buffer, timestamp);
        value.CopyTo(buffer.AsSpan(TimestampSize));
        return buffer.AsSpan(0, length);
    }

    /// <summary>Takes the timestamp off; -1 if there is none.</summary>
    public static long Split(ref ReadOnlySpan<byte> stored)
    {
        if (stored.Length < TimestampSize) return -1;
        var timestamp = BinaryPrimitives.ReadInt64BigEndian(stored);
        stored = stored[TimestampSize..];
        return timestamp;
    }
}
