using System.CommandLine;
using System.Globalization;
using Streaming.Broker;

namespace Streaming.Host.Cli;

/// <summary>An option of the embedded broker and what it sets.</summary>
internal sealed record BrokerSetting(Option Option, Func<ParseResult, BrokerOptions, BrokerOptions> Apply);

/// <summary>
/// The embedded broker's settings, a row an option; after the description stands what Apache Kafka calls it. Times are
/// milliseconds, or carry a unit (500ms, 30s, 10m, 2h, 7d), sizes bytes or with a unit (64k, 32m, 1g).
/// </summary>
internal static class BrokerSettings
{
    private static readonly BrokerOptions Default = new() { DataDirectory = "" };

    public static IReadOnlyList<BrokerSetting> All { get; } =
    [
        Number("--port", "port; 0 takes any free one", o => o.Port, (o, v) => o with { Port = v }, 0, 65535),
        Text("--listen", "address to listen on; beyond loopback only with --insecure", o => o.Listen, (o, v) => o with { Listen = v }),
        Text("--advertised-host", "host that clients are told to connect to (advertised.listeners)", o => o.AdvertisedHost ?? "the --listen address", (o, v) => o with { AdvertisedHost = v }),
        Switch("--insecure", "listen beyond loopback although there is neither authentication nor encryption", o => o with { AllowInsecure = true }),
        Row<FsyncMode>("--fsync", "MODE", "when an acknowledged record is on disk: always, interval or os", o => o.Fsync, (o, v) => o with { Fsync = v }, "always, interval or os", Mode, v => Lower(v.ToString())),
        Time("--fsync-interval", "time between flushes with --fsync interval (log.flush.interval.ms)", o => o.FsyncInterval, (o, v) => o with { FsyncInterval = v }),
        Size("--journal-bytes", "size of the journal of --fsync always; 0 flushes each partition's file instead", o => o.JournalBytes, (o, v) => o with { JournalBytes = v }, 0),
        Number("--default-partitions", "partitions of topics that are created on request (num.partitions)", o => o.DefaultPartitions, (o, v) => o with { DefaultPartitions = v }),
        Switch("--no-auto-create-topics", "do not create topics on request (auto.create.topics.enable=false)", o => o with { AutoCreateTopics = false }),
        Switch("--lenient-replication-factor", "accept replication factors above one, and keep one replica", o => o with { LenientReplicationFactor = true }),
        Pairs("--topic-default", "a topic setting for topics without their own, as retention.ms=3600000; may be repeated", (o, v) => o with { TopicDefaults = v }),

        Number("--network-threads", "threads that read requests and append records (num.network.threads); 0 uses the runtime's", o => o.NetworkThreads, (o, v) => o with { NetworkThreads = v }, 0, BrokerOptions.MostNetworkThreads),
        Number("--max-connections", "connections at a time (max.connections)", o => o.MaxConnections, (o, v) => o with { MaxConnections = v }),
        Number("--max-connections-per-ip", "connections of one address at a time (max.connections.per.ip)", o => o.MaxConnectionsPerAddress, (o, v) => o with { MaxConnectionsPerAddress = v }),
        Time("--connections-max-idle", "a connection without requests for so long is closed (connections.max.idle.ms)", o => o.IdleTimeout, (o, v) => o with { IdleTimeout = v }),
        Time("--handshake-timeout", "time for a connection's first request", o => o.HandshakeTimeout, (o, v) => o with { HandshakeTimeout = v }),
        Time("--stall-timeout", "time to complete a begun request, and to take the next bytes of a response", o => o.StallTimeout, (o, v) => o with { StallTimeout = v }),

        Size("--max-request-bytes", "the largest request (socket.request.max.bytes)", o => o.MaxRequestBytes, (o, v) => o with { MaxRequestBytes = (int)v }, 1024, 1 << 30),
        Size("--queued-max-request-bytes", "all large requests being received together (queued.max.request.bytes)", o => o.MaxBufferedRequestBytes, (o, v) => o with { MaxBufferedRequestBytes = v }, 1024),
        Size("--max-response-bytes", "the largest response, records apart", o => o.MaxResponseBytes, (o, v) => o with { MaxResponseBytes = (int)v }, 65536, 1 << 30),
        Size("--max-decompressed-bytes", "what one batch may decompress to where the broker looks inside", o => o.MaxDecompressedBytes, (o, v) => o with { MaxDecompressedBytes = (int)v }, 65536, 1 << 30),
        Size("--fetch-max-bytes", "records in one fetch response (fetch.max.bytes)", o => o.MaxFetchBytes, (o, v) => o with { MaxFetchBytes = (int)v }, 1024, 1 << 30),
        Time("--max-fetch-wait", "the longest wait of a fetch for records", o => o.MaxFetchWait, (o, v) => o with { MaxFetchWait = v }),

        Number("--max-partitions", "partitions of all topics together", o => o.MaxPartitions, (o, v) => o with { MaxPartitions = v }),
        Number("--max-groups", "consumer groups", o => o.MaxGroups, (o, v) => o with { MaxGroups = v }),
        Number("--max-group-size", "members of a group (group.max.size)", o => o.MaxGroupSize, (o, v) => o with { MaxGroupSize = v }),
        Time("--min-session-timeout", "the shortest session timeout of a member (group.min.session.timeout.ms)", o => o.MinSessionTimeout, (o, v) => o with { MinSessionTimeout = v }),
        Time("--max-session-timeout", "the longest session timeout of a member (group.max.session.timeout.ms)", o => o.MaxSessionTimeout, (o, v) => o with { MaxSessionTimeout = v }),
        Time("--initial-rebalance-delay", "wait for more members of a new group (group.initial.rebalance.delay.ms)", o => o.InitialRebalanceDelay, (o, v) => o with { InitialRebalanceDelay = v }, least: 0),
        Number("--max-offset-metadata", "characters beside a committed offset (offset.metadata.max.bytes)", o => o.MaxOffsetMetadata, (o, v) => o with { MaxOffsetMetadata = v }, 0, 10_000),
        Time("--offsets-retention", "how long the offsets of an empty group are kept (offsets.retention.minutes)", o => o.OffsetsRetention, (o, v) => o with { OffsetsRetention = v }),
        Number("--max-transactional-ids", "transactional ids known at a time", o => o.MaxTransactionalIds, (o, v) => o with { MaxTransactionalIds = v }),
        Time("--max-transaction-timeout", "the longest timeout of a transaction (transaction.max.timeout.ms)", o => o.MaxTransactionTimeout, (o, v) => o with { MaxTransactionTimeout = v }),
        Time("--transactional-id-expiration", "how long an unused transactional id is known (transactional.id.expiration.ms)", o => o.TransactionalIdExpiration, (o, v) => o with { TransactionalIdExpiration = v }),
        Time("--producer-id-expiration", "how long a silent idempotent producer is known (producer.id.expiration.ms)", o => o.ProducerIdExpiration, (o, v) => o with { ProducerIdExpiration = v }),
    ];

    private static BrokerSetting Number(
        string name, string what, Func<BrokerOptions, int> get, Func<BrokerOptions, int, BrokerOptions> set, int least = 1, int most = int.MaxValue) =>
        Row(name, "N", what, get, set, most == int.MaxValue ? $"a number from {least}" : $"a number from {least} to {most}",
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null,
            v => v.ToString(CultureInfo.InvariantCulture));

    private static BrokerSetting Size(
        string name, string what, Func<BrokerOptions, long> get, Func<BrokerOptions, long, BrokerOptions> set, long least, long most = 1L << 40) =>
        Row(name, "SIZE", what, get, set, $"a size from {Units.Show(least, Units.Bytes)} to {Units.Show(most, Units.Bytes)} (bytes, or as 64k, 32m, 1g)",
            text => Units.Read(text, Units.Bytes) is { } n && n >= least && n <= most ? n : null,
            v => Units.Show(v, Units.Bytes));

    private static BrokerSetting Time(
        string name, string what, Func<BrokerOptions, TimeSpan> get, Func<BrokerOptions, TimeSpan, BrokerOptions> set, long least = 1) =>
        Row(name, "TIME", what, get, set, "a time of up to 3650d (milliseconds, or as 500ms, 30s, 10m, 2h, 7d)",
            text => Units.Read(text, Units.Milliseconds) is { } ms && ms >= least && ms <= 3650L * 86_400_000 ? TimeSpan.FromMilliseconds(ms) : null,
            v => Units.Show((long)v.TotalMilliseconds, Units.Milliseconds));

    private static BrokerSetting Row<T>(
        string name, string placeholder, string what, Func<BrokerOptions, T> get, Func<BrokerOptions, T, BrokerOptions> set, string expected, Func<string, T?> parse, Func<T, string> show)
        where T : struct
    {
        var option = new Option<T>(name)
        {
            HelpName = placeholder,
            Description = $"{what} [{show(get(Default))}]",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (parse(text) is { } value)
                {
                    return value;
                }

                result.AddError($"{name}: '{text}' is not {expected}");
                return default;
            },
        };
        return new BrokerSetting(option, (given, o) => given.GetResult(option) is null ? o : set(o, given.GetValue(option)));
    }

    private static BrokerSetting Text(string name, string what, Func<BrokerOptions, string> get, Func<BrokerOptions, string, BrokerOptions> set)
    {
        var option = new Option<string>(name) { HelpName = "ADDRESS", Description = $"{what} [{get(Default)}]" };
        return new BrokerSetting(option, (given, o) => given.GetValue(option) is { } value ? set(o, value) : o);
    }

    private static BrokerSetting Switch(string name, string what, Func<BrokerOptions, BrokerOptions> set)
    {
        var option = new Option<bool>(name) { Description = what };
        return new BrokerSetting(option, (given, o) => given.GetValue(option) ? set(o) : o);
    }

    private static BrokerSetting Pairs(string name, string what, Func<BrokerOptions, IReadOnlyDictionary<string, string>, BrokerOptions> set)
    {
        var option = new Option<string[]>(name) { HelpName = "NAME=VALUE", Description = what };
        return new BrokerSetting(option, (given, o) => set(o, (given.GetValue(option) ?? [])
            .Select(pair => pair.Split('=', 2) is [{ Length: > 0 } key, var value] ? (key, value) : throw new UsageException($"{name}: '{pair}' is not name=value"))
            .GroupBy(p => p.key, p => p.value)
            .ToDictionary(p => p.Key, p => p.Last())));
    }

    private static FsyncMode? Mode(string text) =>
        Enum.GetValues<FsyncMode>().Cast<FsyncMode?>().FirstOrDefault(m => string.Equals(m.ToString(), text, StringComparison.OrdinalIgnoreCase));

    private static string Lower(string text) => text.ToLowerInvariant();
}

/// <summary>Whole numbers with a unit behind them.</summary>
internal static class Units
{
    public static readonly (string Name, long Factor)[] Bytes = [("k", 1L << 10), ("m", 1L << 20), ("g", 1L << 30), ("t", 1L << 40)];

    public static readonly (string Name, long Factor)[] Milliseconds = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Null if it is no such number.</summary>
    public static long? Read(string text, (string Name, long Factor)[] units)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var (name, factor) = digits == text.Length ? ("", 1) : units.FirstOrDefault(u => string.Equals(u.Name, text[digits..], StringComparison.OrdinalIgnoreCase));
        return name is not null && long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue / factor
            ? number * factor
            : null;
    }

    /// <summary>In the largest unit that it is a whole number of.</summary>
    public static string Show(long value, (string Name, long Factor)[] units)
    {
        var (name, factor) = value == 0 ? ("", 1) : units.LastOrDefault(u => value % u.Factor == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{value / Math.Max(1, factor)}{name}");
    }
}
