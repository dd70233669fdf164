namespace Streaming.Host.Lag;

/// <summary>Where a consumer group stands on a partition.</summary>
/// <param name="CurrentOffset">The committed offset, null before the first commit.</param>
/// <param name="Lag">Records between it (or the oldest offset) and the last stable offset; never negative.</param>
/// <param name="LagSeconds">Age of the first record not yet consumed; 0 when there is none.</param>
internal sealed record PartitionLag(
    string Group, string Topic, int Partition, long? CurrentOffset, long Lag, double LagSeconds);

/// <param name="Members">Members of the group now; 0 for a group that only has offsets.</param>
internal sealed record GroupMembers(string Group, int Members);

internal sealed record PartitionOffsets(string Topic, int Partition, long Oldest, long Current);

/// <summary>One consistent reading of all groups: offsets of the groups first, then the ends, so that no lag is negative.</summary>
internal sealed record LagSnapshot(
    IReadOnlyList<PartitionLag> Lags, IReadOnlyList<GroupMembers> Groups, IReadOnlyList<PartitionOffsets> Partitions)
{
    public static LagSnapshot Empty { get; } = new([], [], []);
}
