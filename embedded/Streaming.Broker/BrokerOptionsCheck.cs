using Streaming.Broker.Topics;

namespace Streaming.Broker;

/// <summary>Finds options that no broker can run with, so that they are told at the start and not by odd behaviour.</summary>
internal static class BrokerOptionsCheck
{
    private const int SmallestRequest = 1024;
    private const int SmallestBuffer = 64 * 1024;
    private const int LargestBuffer = 1 << 30;

    /// <summary>What is wrong with the options, in one line; null when nothing is.</summary>
    public static string? FindWrong(BrokerOptions options) =>
        Ranges(options).FirstOrDefault(r => r.Value < r.Least || r.Value > r.Most) is { Name: { } name } wrong
            ? $"{name} is {wrong.Value} and must be from {wrong.Least} to {wrong.Most}"
            : options.MinSessionTimeout > options.MaxSessionTimeout
            ? $"{nameof(options.MinSessionTimeout)} ({options.MinSessionTimeout}) is longer than {nameof(options.MaxSessionTimeout)} ({options.MaxSessionTimeout})"
            : options.TopicDefaults.Select(d => TopicConfig.Validate(d.Key, d.Value)).FirstOrDefault(w => w is not null);

    private static IEnumerable<(string Name, long Value, long Least, long Most)> Ranges(BrokerOptions o) =>
    [
        (nameof(o.Port), o.Port, 0, 65535),
        (nameof(o.DefaultPartitions), o.DefaultPartitions, 1, o.MaxPartitions),
        (nameof(o.MaxPartitions), o.MaxPartitions, 1, int.MaxValue),
        (nameof(o.MaxGroups), o.MaxGroups, 1, int.MaxValue),
        (nameof(o.MaxGroupSize), o.MaxGroupSize, 1, int.MaxValue),
        (nameof(o.MaxTransactionalIds), o.MaxTransactionalIds, 1, int.MaxValue),
        (nameof(o.MaxOffsetMetadata), o.MaxOffsetMetadata, 0, 10_000), // the old encoding of strings holds no more
        (nameof(o.MaxConnections), o.MaxConnections, 1, int.MaxValue),
        (nameof(o.MaxConnectionsPerAddress), o.MaxConnectionsPerAddress, 1, int.MaxValue),
        (nameof(o.NetworkThreads), o.NetworkThreads, 0, BrokerOptions.MostNetworkThreads),
        (nameof(o.MaxRequestBytes), o.MaxRequestBytes, SmallestRequest, LargestBuffer),
        (nameof(o.MaxResponseBytes), o.MaxResponseBytes, SmallestBuffer, LargestBuffer),
        (nameof(o.MaxDecompressedBytes), o.MaxDecompressedBytes, SmallestBuffer, LargestBuffer),
        (nameof(o.JournalBytes), o.JournalBytes, 0, long.MaxValue),
        (nameof(o.MaxFetchBytes), o.MaxFetchBytes, 1, LargestBuffer),
        Positive(nameof(o.FsyncInterval), o.FsyncInterval),
        Positive(nameof(o.MaxFetchWait), o.MaxFetchWait),
        Positive(nameof(o.IdleTimeout), o.IdleTimeout),
        Positive(nameof(o.HandshakeTimeout), o.HandshakeTimeout),
        Positive(nameof(o.StallTimeout), o.StallTimeout),
        Positive(nameof(o.MinSessionTimeout), o.MinSessionTimeout),
        Positive(nameof(o.MaxTransactionTimeout), o.MaxTransactionTimeout),
        Positive(nameof(o.TransactionSweepInterval), o.TransactionSweepInterval),
        Positive(nameof(o.RetentionCheckInterval), o.RetentionCheckInterval),
        Positive(nameof(o.CompactionCheckInterval), o.CompactionCheckInterval),
    ];

    private static (string Name, long Value, long Least, long Most) Positive(string name, TimeSpan time) =>
        ($"{name} (in ms)", (long)Math.Min(time.TotalMilliseconds, long.MaxValue), 1, long.MaxValue);
}
