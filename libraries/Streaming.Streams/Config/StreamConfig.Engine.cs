using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streamiz.Kafka.Net.Metrics;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;

namespace Streamiz.Kafka.Net;

/// <content>Properties of the engine.</content>
public partial class StreamConfig
{
    /// <summary>A value of <see cref="TopologyOptimization"/>: the topology as it was built.</summary>
    public const string NO_OPTIMIZATION = "none";

    /// <summary>A value of <see cref="TopologyOptimization"/>: all optimizations.</summary>
    public const string OPTIMIZE = "all";

    /// <summary>
    /// A value of <see cref="TopologyOptimization"/>: the table of a topic is restored from the topic, and has no changelog of
    /// its own, if table and topic have the same serdes. The topic should be compacted. Restored is what the topic holds up to
    /// the committed offset, with the records' own timestamps: records whose processing failed and was skipped appear again;
    /// those that the table's serdes cannot read do not.
    /// </summary>
    public const string REUSE_KTABLE_SOURCE_TOPICS = "reuse.ktable.source.topics";

    /// <summary>
    /// A value of <see cref="TopologyOptimization"/>: what is grouped and joined by one new key goes through one repartition
    /// topic, right behind the operator that changed the key, as long as none in between changes values.
    /// </summary>
    public const string MERGE_REPARTITION_TOPICS = "merge.repartition.topics";

    /// <summary>A value of <see cref="TopologyOptimization"/>: a stream that is joined with itself is kept in one store.</summary>
    public const string SINGLE_STORE_SELF_JOIN = "single.store.self.join";

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

    /// <summary>
    /// What of a topology is optimized: <see cref="NO_OPTIMIZATION"/>, the default, <see cref="OPTIMIZE"/>, or a list of
    /// <see cref="REUSE_KTABLE_SOURCE_TOPICS"/>, <see cref="MERGE_REPARTITION_TOPICS"/> and
    /// <see cref="SINGLE_STORE_SELF_JOIN"/>, separated by commas. It decides which internal topics there are: who changes it
    /// for an application that ran before resets the application. Not in Streamiz.
    /// </summary>
    public string TopologyOptimization
    {
        get => Read<string?>("topology.optimization") ?? NO_OPTIMIZATION;
        set
        {
            Streaming.Streams.Topologies.TopologyOptimizationConfig.Parse(value);
            Set("topology.optimization", value);
        }
    }

    /// <summary>Logger factory of engine and clients. Default: none.</summary>
    public ILoggerFactory Logger
    {
        get => Read<ILoggerFactory?>("logger.factory") ?? NullLoggerFactory.Instance;
        set => Set("logger.factory", value);
    }

    /// <summary>Called around start and stop.</summary>
    public IEnumerable<IStreamMiddleware> Middlewares => _middlewares;
}
