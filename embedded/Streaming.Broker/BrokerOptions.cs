namespace Streaming.Broker;

/// <summary>When an acknowledged record is on disk.</summary>
public enum FsyncMode
{
    /// <summary>Before it is acknowledged and before any consumer sees it. Many appends share one flush.</summary>
    Always,

    /// <summary>Within <see cref="BrokerOptions.FsyncInterval"/>: a crash of the machine may lose that much.</summary>
    Interval,

    /// <summary>When the operating system writes it: survives the end of the process, not of the machine.</summary>
    Os,
}

/// <summary>How a <see cref="KafkaBroker"/> listens, stores and limits. The defaults suit a laptop.</summary>
public sealed record BrokerOptions
{
    /// <summary>The most <see cref="NetworkThreads"/>: they need Linux's epoll(7).</summary>
    public static readonly int MostNetworkThreads = OperatingSystem.IsLinux() ? 1000 : 0;

    /// <summary>The address to listen on: an IP literal. Anything but loopback needs <see cref="AllowInsecure"/>.</summary>
    public string Listen { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 takes any free one.</summary>
    public int Port { get; init; } = 9092;

    /// <summary>The host that clients are told to connect to; null for <see cref="Listen"/>.</summary>
    public string? AdvertisedHost { get; init; }

    /// <summary>Permits listening beyond loopback although there is neither authentication nor encryption.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Where everything is kept. Created if missing; one broker at a time.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>When an acknowledged record is on disk.</summary>
    public FsyncMode Fsync { get; init; } = FsyncMode.Always;

    /// <summary>Time between flushes with <see cref="FsyncMode.Interval"/>.</summary>
    public TimeSpan FsyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Size of the journal that makes acknowledged records durable with <see cref="FsyncMode.Always"/>, whatever number of
    /// partitions they belong to. It is also the most that a start after a crash reads of it. 0 goes without: then each
    /// partition's own file is forced to disk.
    /// </summary>
    public long JournalBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Partitions of a topic whose creator did not say.</summary>
    public int DefaultPartitions { get; init; } = 4;

    /// <summary>Whether asking for an unknown topic creates it, if the client allows that.</summary>
    public bool AutoCreateTopics { get; init; } = true;

    /// <summary>Accepts replication factors above one, and reports one; without it they are refused, as a single Kafka node does.</summary>
    public bool LenientReplicationFactor { get; init; }

    /// <summary>Topic settings that differ from Kafka's defaults, by their Kafka names (<c>retention.ms</c>, …).</summary>
    public IReadOnlyDictionary<string, string> TopicDefaults { get; init; } = new Dictionary<string, string>();

    /// <summary>The most partitions, of all topics together.</summary>
    public int MaxPartitions { get; init; } = 20_000;

    /// <summary>The most groups; members and offsets of further ones are refused.</summary>
    public int MaxGroups { get; init; } = 10_000;

    /// <summary>The most transactional ids that are remembered at a time; further ones are refused.</summary>
    public int MaxTransactionalIds { get; init; } = 10_000;

    /// <summary>The largest request in bytes; a longer one closes the connection.</summary>
    public int MaxRequestBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Bytes that all requests being received may take together.</summary>
    public long MaxBufferedRequestBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>The largest response in bytes, records apart; a request that asks for more closes its connection.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most bytes that one batch may decompress to where the broker looks inside.</summary>
    public int MaxDecompressedBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>The most bytes in one fetch response, whatever the client asks for.</summary>
    public int MaxFetchBytes { get; init; } = 55 * 1024 * 1024;

    /// <summary>Longest wait of a fetch for data.</summary>
    public TimeSpan MaxFetchWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most connections at a time.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>The most connections from one address at a time.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 10_000;

    /// <summary>
    /// Threads that read requests and append what they produce. 0 leaves it to the runtime's sockets and its thread pool, as
    /// on systems other than Linux.
    /// </summary>
    public int NetworkThreads { get; init; } = Math.Min(MostNetworkThreads, Math.Min(Environment.ProcessorCount, 8));

    /// <summary>A connection that sends nothing for so long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time that a client has for its first request.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A client that takes no byte of its response, or completes no begun request, for so long is disconnected.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the first members of a new group wait for others to join.</summary>
    public TimeSpan InitialRebalanceDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Shortest session timeout a group member may ask for.</summary>
    public TimeSpan MinSessionTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest session timeout a group member may ask for.</summary>
    public TimeSpan MaxSessionTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The most members of a group.</summary>
    public int MaxGroupSize { get; init; } = 1000;

    /// <summary>Longest metadata string of a committed offset, in characters.</summary>
    public int MaxOffsetMetadata { get; init; } = 4096;

    /// <summary>How long the offsets of an empty group are kept.</summary>
    public TimeSpan OffsetsRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Longest transaction timeout a producer may ask for.</summary>
    public TimeSpan MaxTransactionTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often transactions that outlived their timeout are looked for.</summary>
    public TimeSpan TransactionSweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an unused transactional id is remembered.</summary>
    public TimeSpan TransactionalIdExpiration { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long an idempotent producer that writes nothing is remembered by a partition.</summary>
    public TimeSpan ProducerIdExpiration { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How often retention and expiry are looked at.</summary>
    public TimeSpan RetentionCheckInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often compaction looks for work.</summary>
    public TimeSpan CompactionCheckInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest wait for requests in flight when the broker stops.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The node's id in the protocol.</summary>
    public int NodeId { get; init; } = 1;
}
