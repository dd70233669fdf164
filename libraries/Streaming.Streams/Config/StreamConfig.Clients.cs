using Confluent.Kafka;

namespace Streamiz.Kafka.Net;

/// <content>Properties of the clients.</content>
public partial class StreamConfig
{
    /// <summary>Where to start without a committed offset. Default earliest.</summary>
    public AutoOffsetReset? AutoOffsetReset
    {
        get => ReadEnum<AutoOffsetReset>("auto.offset.reset");
        set => Set("auto.offset.reset", value);
    }

    /// <summary>Time after which a member that does not poll leaves the group, in milliseconds. Default 300000.</summary>
    public int? MaxPollIntervalMs { get => Read<int?>("max.poll.interval.ms"); set => Set("max.poll.interval.ms", value); }

    /// <summary>Time after which a silent member leaves the group, in milliseconds. Default 45000.</summary>
    public int? SessionTimeoutMs { get => Read<int?>("session.timeout.ms"); set => Set("session.timeout.ms", value); }

    /// <summary>Heartbeats of the consumer, in milliseconds.</summary>
    public int? HeartbeatIntervalMs { get => Read<int?>("heartbeat.interval.ms"); set => Set("heartbeat.interval.ms", value); }

    /// <summary>Static membership: the member's own name.</summary>
    public string? GroupInstanceId { get => Read<string?>("group.instance.id"); set => Set("group.instance.id", value); }

    /// <summary>How partitions are assigned. Default range.</summary>
    public PartitionAssignmentStrategy? PartitionAssignmentStrategy
    {
        get => ReadEnum<PartitionAssignmentStrategy>("partition.assignment.strategy");
        set => Set("partition.assignment.strategy", value);
    }

    /// <summary>Acknowledgements a producer waits for.</summary>
    public Acks? Acks { get => ReadEnum<Acks>("acks"); set => Set("acks", value); }

    /// <summary>How long a producer waits to fill a batch, in milliseconds.</summary>
    public double? LingerMs { get => Read<double?>("linger.ms"); set => Set("linger.ms", value); }

    /// <summary>Largest batch of a producer, in bytes.</summary>
    public int? BatchSize { get => Read<int?>("batch.size"); set => Set("batch.size", value); }

    /// <summary>Compression of a producer's batches.</summary>
    public CompressionType? CompressionType
    {
        get => ReadEnum<CompressionType>("compression.type");
        set => Set("compression.type", value);
    }

    /// <summary>Whether the producer is idempotent.</summary>
    public bool? EnableIdempotence { get => Read<bool?>("enable.idempotence"); set => Set("enable.idempotence", value); }

    /// <summary>Time within which a record must be delivered, in milliseconds.</summary>
    public int? MessageTimeoutMs { get => Read<int?>("message.timeout.ms"); set => Set("message.timeout.ms", value); }

    /// <summary>Largest message of a client, in bytes.</summary>
    public int? MessageMaxBytes { get => Read<int?>("message.max.bytes"); set => Set("message.max.bytes", value); }

    /// <summary>Messages in the producer's queue at most.</summary>
    public int? QueueBufferingMaxMessages
    {
        get => Read<int?>("queue.buffering.max.messages");
        set => Set("queue.buffering.max.messages", value);
    }

    /// <summary>Kilobytes in the producer's queue at most.</summary>
    public int? QueueBufferingMaxKbytes
    {
        get => Read<int?>("queue.buffering.max.kbytes");
        set => Set("queue.buffering.max.kbytes", value);
    }

    /// <summary>Least bytes of a fetch.</summary>
    public int? FetchMinBytes { get => Read<int?>("fetch.min.bytes"); set => Set("fetch.min.bytes", value); }

    /// <summary>Longest wait of a fetch, in milliseconds.</summary>
    public int? FetchWaitMaxMs { get => Read<int?>("fetch.wait.max.ms"); set => Set("fetch.wait.max.ms", value); }

    /// <summary>Largest fetch, in bytes.</summary>
    public int? FetchMaxBytes { get => Read<int?>("fetch.max.bytes"); set => Set("fetch.max.bytes", value); }

    /// <summary>Largest fetch of a partition, in bytes.</summary>
    public int? MaxPartitionFetchBytes
    {
        get => Read<int?>("max.partition.fetch.bytes");
        set => Set("max.partition.fetch.bytes", value);
    }

    /// <summary>Messages prefetched per partition.</summary>
    public int? QueuedMinMessages { get => Read<int?>("queued.min.messages"); set => Set("queued.min.messages", value); }

    /// <summary>Kilobytes prefetched at most.</summary>
    public int? QueuedMaxMessagesKbytes
    {
        get => Read<int?>("queued.max.messages.kbytes");
        set => Set("queued.max.messages.kbytes", value);
    }

    /// <summary>Whether clients may let the broker create topics. Default false.</summary>
    public bool? AllowAutoCreateTopics
    {
        get => Read<bool?>("allow.auto.create.topics");
        set => Set("allow.auto.create.topics", value);
    }

    /// <summary>Interval of librdkafka's statistics, in milliseconds.</summary>
    public int? StatisticsIntervalMs
    {
        get => Read<int?>("statistics.interval.ms");
        set => Set("statistics.interval.ms", value);
    }

    /// <summary>Contexts that librdkafka logs in detail.</summary>
    public string? Debug { get => Read<string?>("debug"); set => Set("debug", value); }

    /// <summary>Protocol of the connections.</summary>
    public SecurityProtocol? SecurityProtocol
    {
        get => ReadEnum<SecurityProtocol>("security.protocol");
        set => Set("security.protocol", value);
    }

    /// <summary>SASL mechanism.</summary>
    public SaslMechanism? SaslMechanism { get => ReadEnum<SaslMechanism>("sasl.mechanism"); set => Set("sasl.mechanism", value); }

    /// <summary>SASL user.</summary>
    public string? SaslUsername { get => Read<string?>("sasl.username"); set => Set("sasl.username", value); }

    /// <summary>SASL password.</summary>
    public string? SaslPassword { get => Read<string?>("sasl.password"); set => Set("sasl.password", value); }

    /// <summary>File of the CA certificates.</summary>
    public string? SslCaLocation { get => Read<string?>("ssl.ca.location"); set => Set("ssl.ca.location", value); }

    /// <summary>File of the client's certificate.</summary>
    public string? SslCertificateLocation
    {
        get => Read<string?>("ssl.certificate.location");
        set => Set("ssl.certificate.location", value);
    }

    /// <summary>File of the client's key.</summary>
    public string? SslKeyLocation { get => Read<string?>("ssl.key.location"); set => Set("ssl.key.location", value); }

    /// <summary>Password of the client's key.</summary>
    public string? SslKeyPassword { get => Read<string?>("ssl.key.password"); set => Set("ssl.key.password", value); }
}
