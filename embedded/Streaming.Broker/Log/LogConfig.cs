namespace Streaming.Broker.Log;

/// <summary>The topic settings that the log acts on, parsed.</summary>
internal sealed record LogConfig
{
    public int SegmentBytes { get; init; } = 1 << 30;

    public long SegmentMs { get; init; } = 7L * 24 * 3600 * 1000;

    public long RetentionMs { get; init; } = 7L * 24 * 3600 * 1000;

    public long RetentionBytes { get; init; } = -1;

    public int MaxMessageBytes { get; init; } = 1048588;

    public bool LogAppendTime { get; init; }

    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    public long TimestampAfterMaxMs { get; init; } = 3600_000;

    public bool Delete { get; init; } = true;

    public bool Compact { get; init; }

    public long MinCompactionLagMs { get; init; }

    public long MaxCompactionLagMs { get; init; } = long.MaxValue;

    public double MinCleanableDirtyRatio { get; init; } = 0.5;

    public long DeleteRetentionMs { get; init; } = 24L * 3600 * 1000;

    public int IndexIntervalBytes { get; init; } = 4096;

    /// <summary>The broker's own limit on what a batch may decompress to: more is taken for an attack, not for data.</summary>
    public int MaxDecompressedBytes { get; init; } = 256 * 1024 * 1024;
}
