using System.Collections.Frozen;

namespace Streaming.Broker.Protocol;

/// <summary>One row of the version table: what is advertised, and from which version on the encoding is flexible.</summary>
internal sealed record ApiVersionRange(ApiKey Key, short Min, short Max, short FirstFlexible)
{
    public bool IsFlexible(short version) => version >= FirstFlexible;
}

/// <summary>
/// The versions offered to clients. The minima matter as much as the maxima: librdkafka 2.0 enables its compression
/// codecs and its group consumer only if the exact old versions it was written against lie inside the ranges.
/// </summary>
internal static class ApiTable
{
    private const short Never = short.MaxValue;

    /// <summary>Produce is advertised from 0 for librdkafka's sake, but formats before record batch v2 are not served.</summary>
    public const short LowestServedProduceVersion = 3;

    public static readonly ApiVersionRange[] Ranges =
    [
        new(ApiKey.Produce, 0, 11, 9),
        new(ApiKey.Fetch, 4, 12, 12),
        new(ApiKey.ListOffsets, 1, 7, 6),
        new(ApiKey.Metadata, 0, 12, 9),
        new(ApiKey.OffsetCommit, 2, 8, 8),
        new(ApiKey.OffsetFetch, 1, 8, 6),
        new(ApiKey.FindCoordinator, 0, 4, 3),
        new(ApiKey.JoinGroup, 0, 9, 6),
        new(ApiKey.Heartbeat, 0, 4, 4),
        new(ApiKey.LeaveGroup, 0, 5, 4),
        new(ApiKey.SyncGroup, 0, 5, 4),
        new(ApiKey.DescribeGroups, 0, 5, 5),
        new(ApiKey.ListGroups, 0, 5, 3),
        new(ApiKey.ApiVersions, 0, 4, 3),
        new(ApiKey.CreateTopics, 2, 7, 5),
        new(ApiKey.DeleteTopics, 1, 6, 4),
        new(ApiKey.DeleteRecords, 0, 2, 2),
        new(ApiKey.InitProducerId, 0, 4, 2),
        new(ApiKey.OffsetForLeaderEpoch, 2, 4, 4),
        new(ApiKey.AddPartitionsToTxn, 0, 3, 3),
        new(ApiKey.AddOffsetsToTxn, 0, 3, 3),
        new(ApiKey.EndTxn, 0, 3, 3),
        new(ApiKey.TxnOffsetCommit, 0, 3, 3),
        new(ApiKey.DescribeConfigs, 1, 4, 4),
        new(ApiKey.AlterConfigs, 0, 2, 2),
        new(ApiKey.DescribeLogDirs, 1, 4, 2),
        new(ApiKey.CreatePartitions, 0, 3, 2),
        new(ApiKey.DeleteGroups, 0, 2, 2),
        new(ApiKey.IncrementalAlterConfigs, 0, 1, 1),
        new(ApiKey.OffsetDelete, 0, 0, Never),
        new(ApiKey.DescribeCluster, 0, 1, 0),
        new(ApiKey.DescribeProducers, 0, 0, 0),
        new(ApiKey.DescribeTransactions, 0, 0, 0),
        new(ApiKey.ListTransactions, 0, 1, 0),
    ];

    private static readonly FrozenDictionary<ApiKey, ApiVersionRange> ByKey = Ranges.ToFrozenDictionary(r => r.Key);

    public static ApiVersionRange? Find(ApiKey key) => ByKey.GetValueOrDefault(key);

    /// <summary>Whether a request of this version is answered; Produce 0-2 is advertised but refused, as Kafka 4 does.</summary>
    public static bool IsServed(ApiVersionRange range, short version) =>
        version <= range.Max && version >= (range.Key == ApiKey.Produce ? LowestServedProduceVersion : range.Min);
}
