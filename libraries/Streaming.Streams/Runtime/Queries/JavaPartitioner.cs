using Streaming.Streams.Tasks;

namespace Streaming.Streams;

/// <summary>Java's default partitioning, by which every keyed record here is placed: murmur2 of the key's bytes.</summary>
public static class JavaPartitioner
{
    /// <summary>The partition of a key among so many.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitions) =>
        Partitioning.Of(key, keyIsNull: false, taskPartition: 0, partitions);
}
