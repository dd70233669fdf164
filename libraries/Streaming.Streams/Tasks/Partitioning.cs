using System.Buffers.Binary;

namespace Streaming.Streams.Tasks;

/// <summary>Java's default partitioning: murmur2 over the key bytes.</summary>
internal static class Partitioning
{
    /// <summary>The partition of a key; a null key stays on the task's own partition, so that a replay repeats it.</summary>
    public static int Of(ReadOnlySpan<byte> key, bool keyIsNull, int taskPartition, int partitionCount) =>
        partitionCount == 1 ? 0
        : keyIsNull ? taskPartition % partitionCount
        : (Murmur2(key) & 0x7fffffff) % partitionCount;

    /// <summary>MurmurHash2, 32 bit, with the seed of the Kafka clients.</summary>
    public static int Murmur2(ReadOnlySpan<byte> data)
    {
        const uint m = 0x5bd1e995;
        const int r = 24;
        var h = 0x9747b28cu ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * m;
            k ^= k >> r;
            h = (h * m) ^ (k * m);
            data = data[4..];
        }

        if (data.Length > 2)
        {
            h ^= (uint)data[2] << 16;
        }

        if (data.Length > 1)
        {
            h ^= (uint)data[1] << 8;
        }

        if (data.Length > 0)
        {
            h = (h ^ data[0]) * m;
        }

        h ^= h >> 13;
        h *= m;
        h ^= h >> 15;
        return (int)h;
    }
}
