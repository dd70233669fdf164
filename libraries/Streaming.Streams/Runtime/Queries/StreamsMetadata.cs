namespace Streaming.Streams;

/// <summary>What a local partition of a store is up to.</summary>
public enum StorePartitionState
{
    /// <summary>Its stores are read from their changelogs; it holds what was restored so far.</summary>
    Restoring,

    /// <summary>Its task runs: it holds everything up to the task's last commit.</summary>
    Running,

    /// <summary>The group is moving tasks; it holds everything up to its last commit here.</summary>
    Suspended,

    /// <summary>A copy that follows the changelog of another instance's store.</summary>
    Standby,
}

/// <summary>A partition of a store in this process.</summary>
/// <param name="StoreName">The store.</param>
/// <param name="Partition">Its partition: that of the task's source topics, and of the changelog.</param>
/// <param name="State">What it is up to.</param>
/// <param name="Entries">Entries that it holds; an estimate for stores on disk.</param>
/// <param name="RemainingRecords">Changelog records (markers counted) behind the end that was known last; -1: not known yet.</param>
public sealed record LocalStorePartition(string StoreName, int Partition, StorePartitionState State, long Entries, long RemainingRecords);

/// <summary>How far a task is behind on one of its source partitions.</summary>
/// <param name="Task">The task, in Java's form: sub-topology, underscore, partition.</param>
/// <param name="Topic">The source topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="CommittedOffset">The offset committed last; null before the first commit here.</param>
/// <param name="EndOffset">The end as of the last fetch; null before the first.</param>
public sealed record LocalTaskLag(string Task, string Topic, int Partition, long? CommittedOffset, long? EndOffset)
{
    /// <summary>Records (markers counted) between the two; null while one is not known.</summary>
    public long? Lag => EndOffset is { } end && CommittedOffset is { } committed ? Math.Max(0, end - committed) : null;
}

/// <summary>An instance of the application, here or elsewhere.</summary>
/// <param name="InstanceId">Its own name in the group, which outlives a restart.</param>
/// <param name="ClientId">Its client id.</param>
/// <param name="ApplicationServer">The host:port it was configured with; null: none.</param>
/// <param name="IsThisInstance">It is this one.</param>
/// <param name="ActivePartitions">For each store the partitions whose tasks it runs.</param>
/// <param name="StandbyPartitions">For each store the partitions it keeps a standby of.</param>
public sealed record StreamsMetadata(
    string InstanceId, string ClientId, string? ApplicationServer, bool IsThisInstance,
    IReadOnlyDictionary<string, IReadOnlyList<int>> ActivePartitions, IReadOnlyDictionary<string, IReadOnlyList<int>> StandbyPartitions);

/// <summary>Where a key's entry is.</summary>
/// <param name="Partition">Its partition.</param>
/// <param name="Active">The instance whose task owns it; null while nobody does.</param>
/// <param name="Standbys">Instances with a copy, which may be behind.</param>
public sealed record KeyQueryMetadata(int Partition, StreamsMetadata? Active, IReadOnlyList<StreamsMetadata> Standbys);
