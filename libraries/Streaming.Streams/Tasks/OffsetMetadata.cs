using System.Buffers.Binary;
using System.Text;

namespace Streaming.Streams.Tasks;

/// <summary>
/// What a task commits beside an offset, in Java's encoding (KIP-251's partition time and the processors' times, Base64):
/// a version, the time of the partition, and for each processor that tells late records from others the time it has seen.
/// </summary>
internal static class OffsetMetadata
{
    private const byte Version = 2;
    private const byte VersionWithoutProcessors = 1;

    /// <summary>Brokers take 4096 characters (offset.metadata.max.bytes).</summary>
    private const int MaxBytes = 3000;

    public static string Encode(long partitionTime, IReadOnlyCollection<KeyValuePair<string, long>> processors)
    {
        var size = 9 + (processors.Count == 0 ? 0 : 4 + processors.Sum(p => 12 + Encoding.UTF8.GetByteCount(p.Key)));
        if (size > MaxBytes) (size, processors) = (9, []); // a restart then knows the time of the partition alone
        var bytes = new byte[size];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), partitionTime);
        if (processors.Count == 0) return Convert.ToBase64String(bytes);
        var rest = bytes.AsSpan(9);
        BinaryPrimitives.WriteInt32BigEndian(rest, processors.Count);
        rest = rest[4..];
        foreach (var (name, time) in processors)
        {
            var length = Encoding.UTF8.GetBytes(name, rest[4..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, length);
            BinaryPrimitives.WriteInt64BigEndian(rest[(4 + length)..], time);
            rest = rest[(12 + length)..];
        }
        return Convert.ToBase64String(bytes);
    }

    /// <summary>The time of the partition, -1 where there is none; the processors' times are merged into those given.</summary>
    public static long Decode(ReadOnlySpan<byte> metadata, IDictionary<string, long> processors)
    {
        var bytes = new byte[metadata.Length];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(metadata, bytes, out _, out var length) != System.Buffers.OperationStatus.Done || length < 9) return -1;
        if (bytes[0] is not (Version or VersionWithoutProcessors)) return -1;
        var time = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(1));
        if (bytes[0] == Version && length > 9) Merge(bytes.AsSpan(9, length - 9), processors);
        return time;
    }

    private static void Merge(ReadOnlySpan<byte> bytes, IDictionary<string, long> processors)
    {
        if (bytes.Length < 4) return;
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes);
        bytes = bytes[4..];
        for (var i = 0; i < count && bytes.Length >= 12; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (length < 0 || bytes.Length < 12 + length) return;
            var name = Encoding.UTF8.GetString(bytes.Slice(4, length));
            var time = BinaryPrimitives.ReadInt64BigEndian(bytes[(4 + length)..]);
            if (!processors.TryGetValue(name, out var known) || known < time) processors[name] = time;
            bytes = bytes[(12 + length)..];
        }
    }
}
