using System.Globalization;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streamiz.Kafka.Net.Metrics;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;

namespace Streamiz.Kafka.Net;

/// <summary>
/// Configuration of a streams application: properties of the engine, and those of librdkafka, which go to the clients.
/// </summary>
public class StreamConfig : IStreamConfig, ISchemaRegistryConfig
{
    private const string MainConsumer = "main.consumer.";
    private const string GlobalConsumer = "global.consumer.";
    private const string RestoreConsumer = "restore.consumer.";
    private const string ExternalConsumer = "external.main.consumer.";
    private const string Producer = "producer.";
    private const string ExternalProducer = "external.producer.";

    private readonly Dictionary<string, object?> _values;
    private readonly List<IStreamMiddleware> _middlewares = [];

    /// <summary>With the defaults.</summary>
    public StreamConfig()
        : this((IDictionary<string, dynamic>?)null)
    {
    }

    /// <summary>With properties by their keys.</summary>
    public StreamConfig(IDictionary<string, dynamic>? properties, ILoggerFactory? loggerFactory = null)
    {
        _values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (loggerFactory is not null)
        {
            Logger = loggerFactory;
        }

        foreach (var (key, value) in properties ?? new Dictionary<string, dynamic>())
        {
            AddConfig(key, value);
        }
    }

    /// <summary>A copy.</summary>
    protected StreamConfig(StreamConfig other)
    {
        _values = new Dictionary<string, object?>(other._values, StringComparer.Ordinal);
        _middlewares.AddRange(other._middlewares);
    }

    /// <inheritdoc/>
    public dynamic? this[string key]
    {
        get => Get(key);
        set => AddConfig(key, value!);
    }

    /// <summary>Names the application: its consumer group, and the prefix of its internal topics. Required.</summary>
    public string ApplicationId
    {
        get => Read<string?>("application.id") ?? throw new StreamConfigMissing("application.id");
        set => Set("application.id", value);
    }

    /// <summary>host:port, separated by commas. Required.</summary>
    public string BootstrapServers
    {
        get => Read<string?>("bootstrap.servers") ?? "";
        set => Set("bootstrap.servers", value);
    }

    /// <summary>Prefix of the clients' ids; null: application id and process id.</summary>
    public string? ClientId { get => Read<string?>("client.id"); set => Set("client.id", value); }

    /// <summary>Number of workers. Default 1.</summary>
    public int NumStreamThreads { get => Read("num.stream.threads", 1); set => Set("num.stream.threads", value); }

    /// <summary>Number of standby replicas of each store. Default 0.</summary>
    public int NumStandbyReplicas { get => Read("num.standby.replicas", 0); set => Set("num.standby.replicas", value); }

    /// <summary>Serdes of keys where none is given. Default: byte arrays.</summary>
    public ISerDes DefaultKeySerDes
    {
        get => Read<ISerDes?>("default.key.serdes") ?? Default("default.key.serdes", new ByteArraySerDes());
        set => Set("default.key.serdes", value);
    }

    /// <summary>Serdes of values where none is given. Default: byte arrays.</summary>
    public ISerDes DefaultValueSerDes
    {
        get => Read<ISerDes?>("default.value.serdes") ?? Default("default.value.serdes", new ByteArraySerDes());
        set => Set("default.value.serdes", value);
    }

    /// <summary>Tells a record's time. Default: its own timestamp, an invalid one fails.</summary>
    public ITimestampExtractor DefaultTimestampExtractor
    {
        get => Read<ITimestampExtractor?>("default.timestamp.extractor")
            ?? Default("default.timestamp.extractor", new FailOnInvalidTimestamp());
        set => Set("default.timestamp.extractor", value);
    }

    /// <summary>The delivery guarantee. Default: at least once. Setting it sets the commit interval to its default.</summary>
    public ProcessingGuarantee Guarantee
    {
        get => Read("processing.guarantee", ProcessingGuarantee.AT_LEAST_ONCE);
        set
        {
            Set("processing.guarantee", value);
            Set("commit.interval.ms", value == ProcessingGuarantee.EXACTLY_ONCE ? 100L : 30_000L);
        }
    }

    /// <summary>Longest time between commits, in milliseconds. Default 30000, exactly once 100.</summary>
    public long CommitIntervalMs { get => Read("commit.interval.ms", 30_000L); set => Set("commit.interval.ms", value); }

    /// <summary>Timeout of a transaction at the broker. Default 10 s.</summary>
    public TimeSpan TransactionTimeout
    {
        get => Read("transaction.timeout", TimeSpan.FromSeconds(10));
        set => Set("transaction.timeout", value);
    }

    /// <summary>How long a poll waits, in milliseconds. Default 100.</summary>
    public long PollMs { get => Read("poll.ms", 100L); set => Set("poll.ms", value); }

    /// <summary>Records taken per poll at most. Default 500.</summary>
    public long MaxPollRecords { get => Read("max.poll.records", 500L); set => Set("max.poll.records", value); }

    /// <summary>Records taken per poll of a restore at most. Default 1000.</summary>
    public long MaxPollRestoringRecords
    {
        get => Read("max.poll.restoring.records", 1000L);
        set => Set("max.poll.restoring.records", value);
    }

    /// <summary>How long a task waits for records of its empty partitions, in milliseconds. Default 0.</summary>
    public long MaxTaskIdleMs { get => Read("max.task.idle.ms", 0L); set => Set("max.task.idle.ms", value); }

    /// <summary>How long a task retries against a broker that does not answer, in milliseconds. Default 5 minutes.</summary>
    public long TaskTimeoutMs { get => Read("task.timeout.ms", 300_000L); set => Set("task.timeout.ms", value); }

    /// <summary>Records buffered per partition before it is paused. Default 1000.</summary>
    public int BufferedRecordsPerPartition
    {
        get => Read("buffered.records.per.partition", 1000);
        set => Set("buffered.records.per.partition", value);
    }

    /// <summary>host:port under which other instances reach this one; null: none.</summary>
    public string? ApplicationServer { get => Read<string?>("application.server"); set => Set("application.server", value); }

    /// <summary>Directory of persistent state.</summary>
    public string StateDir
    {
        get => Read<string?>("state.dir") ?? Path.Combine(Path.GetTempPath(), "streamiz-kafka-net");
        set => Set("state.dir", value);
    }

    /// <summary>
    /// How long the files of a task stay here after it went elsewhere, in milliseconds. Default 10 minutes.
    /// </summary>
    public long StateCleanupDelayMs { get => Read("state.cleanup.delay.ms", 600_000L); set => Set("state.cleanup.delay.ms", value); }

    /// <summary>Replication factor of internal topics; -1: the broker's default.</summary>
    public int ReplicationFactor { get => Read("replication.factor", -1); set => Set("replication.factor", value); }

    /// <summary>Added to the retention of windowed changelogs, in milliseconds. Default one day.</summary>
    public long WindowStoreChangelogAdditionalRetentionMs
    {
        get => Read("windowstore.changelog.additional.retention.ms", 86_400_000L);
        set => Set("windowstore.changelog.additional.retention.ms", value);
    }

    /// <summary>
    /// Decides about a record whose processing threw. Default null: fail, or a dead letter where those are on.
    /// CONTINUE skips the record and takes back what it wrote.
    /// </summary>
    public Func<Exception, ExceptionHandlerResponse>? InnerExceptionHandler
    {
        get => Read<Func<Exception, ExceptionHandlerResponse>?>("inner.exception.handler");
        set => Set("inner.exception.handler", value);
    }

    /// <summary>Decides about a record that cannot be read. Default null: as <see cref="InnerExceptionHandler"/>.</summary>
    public Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse>? DeserializationExceptionHandler
    {
        get => Read<Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse>?>(
            "deserialization.exception.handler");
        set => Set("deserialization.exception.handler", value);
    }

    /// <summary>Decides about a record that cannot be written. Default null: fail.</summary>
    public Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse>? ProductionExceptionHandler
    {
        get => Read<Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse>?>(
            "production.exception.handler");
        set => Set("production.exception.handler", value);
    }

    /// <summary>How often metrics are reported, in milliseconds. Default 30000.</summary>
    public long MetricsIntervalMs { get => Read("metrics.interval.ms", 30_000L); set => Set("metrics.interval.ms", value); }

    /// <summary>How much is measured. Default INFO.</summary>
    public MetricsRecordingLevel MetricsRecording
    {
        get => Read("metrics.recording.level", MetricsRecordingLevel.INFO);
        set => Set("metrics.recording.level", value);
    }

    /// <summary>Takes the metrics. Default: nobody.</summary>
    public Action<IEnumerable<Sensor>> MetricsReporter
    {
        get => Read<Action<IEnumerable<Sensor>>?>("metrics.reporter") ?? (static _ => { });
        set => Set("metrics.reporter", value);
    }

    /// <summary>Bound of the record caches of an instance, in bytes. Default 5 MiB.</summary>
    public long DefaultStateStoreCacheMaxBytes
    {
        get => Read("statestore.cache.max.bytes", 5L * 1024 * 1024);
        set => Set("statestore.cache.max.bytes", value);
    }

    /// <summary>Whether stores of the DSL cache by default, and so forward once per key and commit. Default false.</summary>
    public bool DefaultCacheEnabled { get => Read("default.cache.enabled", false); set => Set("default.cache.enabled", value); }

    /// <summary>Taken for compatibility; workers are parallel as it is.</summary>
    public bool ParallelProcessing { get => Read("parallel.processing", false); set => Set("parallel.processing", value); }

    /// <summary>Taken for compatibility.</summary>
    public int MaxDegreeOfParallelism
    {
        get => Read("max.degree.of.parallelism", 8);
        set => Set("max.degree.of.parallelism", value);
    }

    /// <summary>Whether statistics of librdkafka become metrics. Default false.</summary>
    public bool ExposeLibrdKafkaStats
    {
        get => Read("expose.librdkafka.stats", false);
        set => Set("expose.librdkafka.stats", value);
    }

    /// <summary>How often the log tells what was processed. Default one minute.</summary>
    public TimeSpan LogProcessingSummary
    {
        get => Read("log.processing.summary", TimeSpan.FromMinutes(1));
        set => Set("log.processing.summary", value);
    }

    /// <summary>Timeout of queries for a topic's bounds. Default 5 s.</summary>
    public TimeSpan QueryWatermarkOffsetsTimeout
    {
        get => Read("query.watermark.offsets.timeout", TimeSpan.FromSeconds(5));
        set => Set("query.watermark.offsets.timeout", value);
    }

    /// <summary>
    /// Taken for compatibility: a record always goes to the partition of its key, whether the key changed or not.
    /// </summary>
    public bool DefaultPartitionerReshuffleEveryKey
    {
        get => Read("default.partitioner.reshuffle.every.key", true);
        set => Set("default.partitioner.reshuffle.every.key", value);
    }

    /// <summary>Logger factory of engine and clients. Default: none.</summary>
    public ILoggerFactory Logger
    {
        get => Read<ILoggerFactory?>("logger.factory") ?? NullLoggerFactory.Instance;
        set => Set("logger.factory", value);
    }

    /// <summary>Called around start and stop.</summary>
    public IEnumerable<IStreamMiddleware> Middlewares => _middlewares;

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

    /// <inheritdoc/>
    public string? SchemaRegistryUrl { get => Read<string?>("schema.registry.url"); set => Set("schema.registry.url", value); }

    /// <inheritdoc/>
    public int? SchemaRegistryRequestTimeoutMs
    {
        get => Read<int?>("schema.registry.request.timeout.ms");
        set => Set("schema.registry.request.timeout.ms", value);
    }

    /// <inheritdoc/>
    public int? SchemaRegistryMaxCachedSchemas
    {
        get => Read<int?>("schema.registry.max.cached.schemas");
        set => Set("schema.registry.max.cached.schemas", value);
    }

    /// <inheritdoc/>
    public string? BasicAuthUserInfo
    {
        get => Read<string?>("schema.registry.basic.auth.user.info");
        set => Set("schema.registry.basic.auth.user.info", value);
    }

    /// <inheritdoc/>
    public bool? AutoRegisterSchemas
    {
        get => Read<bool?>("avro.serializer.auto.register.schemas");
        set => Set("avro.serializer.auto.register.schemas", value);
    }

    /// <inheritdoc/>
    public bool? UseLatestVersion
    {
        get => Read<bool?>("avro.serializer.use.latest.version");
        set => Set("avro.serializer.use.latest.version", value);
    }

    /// <inheritdoc/>
    public SubjectNameStrategy? SubjectNameStrategy
    {
        get => ReadEnum<SubjectNameStrategy>("avro.serializer.subject.name.strategy");
        set => Set("avro.serializer.subject.name.strategy", value);
    }

    /// <summary>A key for the main consumer alone.</summary>
    public static string MainConsumerPrefix(string key) => MainConsumer + key;

    /// <summary>A key for the global consumer alone.</summary>
    public static string GlobalConsumerPrefix(string key) => GlobalConsumer + key;

    /// <summary>A key for the restore consumers alone.</summary>
    public static string RestoreConsumerPrefix(string key) => RestoreConsumer + key;

    /// <summary>A key for the consumer of external calls alone.</summary>
    public static string ExternalConsumerPrefix(string key) => ExternalConsumer + key;

    /// <summary>A key for the producers alone.</summary>
    public static string ProducerPrefix(string key) => Producer + key;

    /// <summary>A key for the producer of external calls alone.</summary>
    public static string ExternalProducerPrefix(string key) => ExternalProducer + key;

    /// <inheritdoc/>
    public void AddConfig(string key, dynamic value)
    {
        object? plain = value;
        if (key == "processing.guarantee" && plain is not null)
        {
            // As with the property: the guarantee brings its commit interval.
            Guarantee = plain as ProcessingGuarantee? ?? Enum.Parse<ProcessingGuarantee>($"{plain}", ignoreCase: true);
            return;
        }

        Set(key, plain);
    }

    /// <inheritdoc/>
    public dynamic? Get(string key) => _values.GetValueOrDefault(key);

    /// <inheritdoc/>
    public virtual object Clone() => new StreamConfig(this);

    /// <inheritdoc/>
    public void AddMiddleware(IStreamMiddleware item) => _middlewares.Add(item);

    /// <inheritdoc/>
    public bool RemoveMiddleware(IStreamMiddleware item) => _middlewares.Remove(item);

    /// <inheritdoc/>
    public void ClearMiddleware() => _middlewares.Clear();

    /// <inheritdoc/>
    public ProducerConfig ToProducerConfig() => ToProducerConfig(ClientId);

    /// <inheritdoc/>
    public ProducerConfig ToProducerConfig(string? clientId) =>
        new(ClientProperties(clientId, ConfigKeys.OfConsumer, Producer));

    /// <inheritdoc/>
    public ConsumerConfig ToConsumerConfig() => ToConsumerConfig(ClientId);

    /// <inheritdoc/>
    public ConsumerConfig ToConsumerConfig(string? clientId, bool @override = true) =>
        Consumer(clientId, @override ? MainConsumer : null);

    /// <inheritdoc/>
    public ConsumerConfig ToRestoreConsumerConfig(string? clientId)
    {
        var config = Consumer(clientId, RestoreConsumer);
        config.GroupId = $"{ApplicationId}-restore";
        config.GroupInstanceId = null;
        config.EnablePartitionEof = true;
        config.AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest;
        return config;
    }

    /// <inheritdoc/>
    public ConsumerConfig ToGlobalConsumerConfig(string? clientId)
    {
        var config = Consumer(clientId, GlobalConsumer);
        config.GroupId = $"{ApplicationId}-global";
        config.GroupInstanceId = null;
        config.AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest;
        return config;
    }

    /// <inheritdoc/>
    public AdminClientConfig ToAdminConfig(string? clientId) =>
        new(ClientProperties(clientId, ConfigKeys.OfConsumerOrProducer, null));

    private ConsumerConfig Consumer(string? clientId, string? prefix)
    {
        var config = new ConsumerConfig(ClientProperties(clientId, ConfigKeys.OfProducer, prefix))
        {
            GroupId = ApplicationId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
        };
        config.AutoOffsetReset ??= Confluent.Kafka.AutoOffsetReset.Earliest;
        config.PartitionAssignmentStrategy ??= Confluent.Kafka.PartitionAssignmentStrategy.Range;
        config.AllowAutoCreateTopics ??= false;
        config.IsolationLevel ??= Guarantee == ProcessingGuarantee.EXACTLY_ONCE
            ? IsolationLevel.ReadCommitted
            : null;
        return config;
    }

    private Dictionary<string, string> ClientProperties(string? clientId, IReadOnlySet<string> foreign, string? prefix)
    {
        var properties = new Dictionary<string, string>();
        foreach (var (key, value) in _values)
        {
            if (value is not null && !ConfigKeys.IsOwn(key) && !foreign.Contains(key) && !IsPrefixed(key))
            {
                properties[key] = Format(key, value);
            }
        }

        foreach (var (key, value) in _values)
        {
            if (prefix is not null && value is not null && key.StartsWith(prefix, StringComparison.Ordinal))
            {
                properties[key[prefix.Length..]] = Format(key[prefix.Length..], value);
            }
        }

        if (clientId is not null)
        {
            properties["client.id"] = clientId;
        }

        return properties;
    }

    private static bool IsPrefixed(string key) =>
        key.StartsWith(MainConsumer, StringComparison.Ordinal) || key.StartsWith(GlobalConsumer, StringComparison.Ordinal)
        || key.StartsWith(RestoreConsumer, StringComparison.Ordinal)
        || key.StartsWith(ExternalConsumer, StringComparison.Ordinal)
        || key.StartsWith(Producer, StringComparison.Ordinal) || key.StartsWith(ExternalProducer, StringComparison.Ordinal);

    private static string Format(string key, object value) => value switch
    {
        // Confluent's enums name librdkafka's values, in their own spelling.
        Enum when key == "acks" => ((int)value).ToString(CultureInfo.InvariantCulture),
        Confluent.Kafka.PartitionAssignmentStrategy.CooperativeSticky => "cooperative-sticky",
        Confluent.Kafka.SecurityProtocol.SaslPlaintext => "sasl_plaintext",
        Confluent.Kafka.SecurityProtocol.SaslSsl => "sasl_ssl",
        Confluent.Kafka.SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        Confluent.Kafka.SaslMechanism.ScramSha512 => "SCRAM-SHA-512",
        Confluent.Kafka.SaslMechanism => value.ToString()!.ToUpperInvariant(),
        IsolationLevel.ReadCommitted => "read_committed",
        IsolationLevel.ReadUncommitted => "read_uncommitted",
        Enum => value.ToString()!.ToLowerInvariant(),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private void Set(string key, object? value)
    {
        if (value is null)
        {
            _values.Remove(key);
        }
        else
        {
            _values[key] = value;
        }
    }

    private T Default<T>(string key, T value)
    {
        _values[key] = value;
        return value;
    }

    private T Read<T>(string key, T fallback) => _values.TryGetValue(key, out var value) ? Convert<T>(key, value) : fallback;

    private T? Read<T>(string key) => _values.TryGetValue(key, out var value) ? Convert<T>(key, value) : default;

    private T? ReadEnum<T>(string key)
        where T : struct, Enum =>
        _values.GetValueOrDefault(key) switch
        {
            null => null,
            T value => value,
            var other => Enum.TryParse<T>(
                $"{other}".Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal),
                ignoreCase: true, out var parsed)
                ? parsed
                : throw new Errors.StreamConfigException($"{key}: {other} is not one of {string.Join(", ", Enum.GetNames<T>())}"),
        };

    private static T Convert<T>(string key, object? value)
    {
        if (value is T typed)
        {
            return typed;
        }

        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        try
        {
            return type.IsEnum
                ? (T)Enum.Parse(type, $"{value}", ignoreCase: true)
                : (T)System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture)!;
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException or ArgumentException)
        {
            throw new Errors.StreamConfigException($"{key}: {value} is no {type.Name}");
        }
    }

    private sealed class StreamConfigMissing(string key)
        : Errors.StreamConfigException($"{key} is required and not set");
}

/// <summary>Configuration with default serdes by type.</summary>
public class StreamConfig<KS, VS> : StreamConfig
    where KS : ISerDes, new()
    where VS : ISerDes, new()
{
    /// <summary>With the defaults.</summary>
    public StreamConfig()
        : this((IDictionary<string, dynamic>?)null)
    {
    }

    /// <summary>With properties by their keys.</summary>
    public StreamConfig(IDictionary<string, dynamic>? properties, ILoggerFactory? loggerFactory = null)
        : base(properties, loggerFactory)
    {
        DefaultKeySerDes = new KS();
        DefaultValueSerDes = new VS();
    }

    private StreamConfig(StreamConfig<KS, VS> other)
        : base(other)
    {
    }

    /// <inheritdoc/>
    public override object Clone() => new StreamConfig<KS, VS>(this);
}
