using System.Globalization;
using Streaming.Broker.Log;

namespace Streaming.Broker.Topics;

/// <summary>The value types of the DescribeConfigs answer.</summary>
internal enum ConfigType : sbyte
{
    Boolean = 1,
    String = 2,
    Int = 3,
    Long = 5,
    Double = 6,
    List = 7,
}

/// <summary>One topic setting: its default and what values it takes.</summary>
internal sealed record ConfigDefinition(string Name, ConfigType Type, string Default, Func<string, bool> IsValid);

/// <summary>The topic settings that exist. Some are accepted for the sake of tools and clients and have no effect on one node.</summary>
internal static class TopicConfig
{
    /// <summary>A value must fit into the old encoding of strings too, or clients that use it could never be told of it.</summary>
    private const int MaxValueLength = 10_000;

    private static readonly ConfigDefinition[] List =
    [
        new("cleanup.policy", ConfigType.List, "delete", IsCleanupPolicy),
        new("compression.type", ConfigType.String, "producer", v => v == "producer"),
        new("delete.retention.ms", ConfigType.Long, "86400000", AtLeast(0)),
        new("file.delete.delay.ms", ConfigType.Long, "60000", AtLeast(0)),
        new("flush.messages", ConfigType.Long, "9223372036854775807", AtLeast(1)),
        new("flush.ms", ConfigType.Long, "9223372036854775807", AtLeast(0)),
        new("follower.replication.throttled.replicas", ConfigType.List, "", _ => true),
        new("index.interval.bytes", ConfigType.Int, "4096", Between(0, int.MaxValue)),
        new("leader.replication.throttled.replicas", ConfigType.List, "", _ => true),
        new("local.retention.bytes", ConfigType.Long, "-2", AtLeast(-2)),
        new("local.retention.ms", ConfigType.Long, "-2", AtLeast(-2)),
        new("max.compaction.lag.ms", ConfigType.Long, "9223372036854775807", AtLeast(1)),
        new("max.message.bytes", ConfigType.Int, "1048588", Between(0, int.MaxValue)),
        new("message.timestamp.after.max.ms", ConfigType.Long, "3600000", AtLeast(0)),
        new("message.timestamp.before.max.ms", ConfigType.Long, "9223372036854775807", AtLeast(0)),
        new("message.timestamp.type", ConfigType.String, "CreateTime", v => v is "CreateTime" or "LogAppendTime"),
        new("min.cleanable.dirty.ratio", ConfigType.Double, "0.5", IsRatio),
        new("min.compaction.lag.ms", ConfigType.Long, "0", AtLeast(0)),
        new("min.insync.replicas", ConfigType.Int, "1", Between(1, int.MaxValue)),
        new("preallocate", ConfigType.Boolean, "false", IsBoolean),
        new("remote.storage.enable", ConfigType.Boolean, "false", v => v == "false"),
        new("retention.bytes", ConfigType.Long, "-1", AtLeast(-1)),
        new("retention.ms", ConfigType.Long, "604800000", AtLeast(-1)),
        new("segment.bytes", ConfigType.Int, "1073741824", Between(1024, int.MaxValue)),
        new("segment.index.bytes", ConfigType.Int, "10485760", Between(4, int.MaxValue)),
        new("segment.jitter.ms", ConfigType.Long, "0", AtLeast(0)),
        new("segment.ms", ConfigType.Long, "604800000", AtLeast(1)),
        new("unclean.leader.election.enable", ConfigType.Boolean, "false", IsBoolean),
    ];

    public static IReadOnlyDictionary<string, ConfigDefinition> All { get; } = List.ToDictionary(d => d.Name);

    /// <summary>Null when the setting may have the value, else what is wrong with it.</summary>
    public static string? Validate(string name, string? value)
    {
        if (!All.TryGetValue(name, out var definition))
        {
            return $"Unknown topic config name: {name}";
        }

        if (value is null)
        {
            return $"Null value not supported for topic configs: {name}";
        }

        return value.Length <= MaxValueLength && definition.IsValid(value) ? null : $"Invalid value {(value.Length <= 100 ? value : value[..100] + "…")} for configuration {name}";
    }

    /// <summary>The log's settings of a topic with these overrides on top of the broker's defaults.</summary>
    public static LogConfig ToLogConfig(IReadOnlyDictionary<string, string> brokerDefaults, IReadOnlyDictionary<string, string> overrides)
    {
        string Get(string name) =>
            overrides.TryGetValue(name, out var own) ? own : brokerDefaults.TryGetValue(name, out var given) ? given : All[name].Default;
        long Number(string name) => long.Parse(Get(name), CultureInfo.InvariantCulture);

        var policies = Policies(Get("cleanup.policy"));
        return new LogConfig
        {
            SegmentBytes = (int)Number("segment.bytes"),
            SegmentMs = Number("segment.ms"),
            RetentionMs = Number("retention.ms"),
            RetentionBytes = Number("retention.bytes"),
            MaxMessageBytes = (int)Number("max.message.bytes"),
            LogAppendTime = Get("message.timestamp.type") == "LogAppendTime",
            TimestampBeforeMaxMs = Number("message.timestamp.before.max.ms"),
            TimestampAfterMaxMs = Number("message.timestamp.after.max.ms"),
            Delete = policies.Contains("delete"),
            Compact = policies.Contains("compact"),
            MinCompactionLagMs = Number("min.compaction.lag.ms"),
            MaxCompactionLagMs = Number("max.compaction.lag.ms"),
            MinCleanableDirtyRatio = double.Parse(Get("min.cleanable.dirty.ratio"), CultureInfo.InvariantCulture),
            DeleteRetentionMs = Number("delete.retention.ms"),
            IndexIntervalBytes = (int)Number("index.interval.bytes"),
        };
    }

    private static string[] Policies(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool IsCleanupPolicy(string value) =>
        Policies(value) is { Length: > 0 } policies && policies.All(p => p is "delete" or "compact");

    private static bool IsBoolean(string value) => value is "true" or "false";

    private static bool IsRatio(string value) =>
        double.TryParse(value, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1;

    private static Func<string, bool> AtLeast(long minimum) => Between(minimum, long.MaxValue);

    private static Func<string, bool> Between(long minimum, long maximum) =>
        value => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum;
}
