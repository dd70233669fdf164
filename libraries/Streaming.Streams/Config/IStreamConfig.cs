using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net.Metrics;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;

namespace Streamiz.Kafka.Net;

/// <summary>Strength of the delivery guarantee.</summary>
public enum ProcessingGuarantee
{
    /// <summary>A record may be processed again after a failure.</summary>
    AT_LEAST_ONCE,

    /// <summary>Results, stores and consumed offsets change together or not at all.</summary>
    EXACTLY_ONCE,
}

/// <summary>Configuration of a streams application. See <see cref="StreamConfig"/> for what the properties mean.</summary>
public interface IStreamConfig : ICloneable
{
    /// <summary>Any property by its key; null if it is not set.</summary>
    dynamic? this[string key] { get; set; }

    /// <inheritdoc cref="StreamConfig.ApplicationId"/>
    string ApplicationId { get; set; }

    /// <inheritdoc cref="StreamConfig.BootstrapServers"/>
    string BootstrapServers { get; set; }

    /// <inheritdoc cref="StreamConfig.ClientId"/>
    string? ClientId { get; set; }

    /// <inheritdoc cref="StreamConfig.NumStreamThreads"/>
    int NumStreamThreads { get; set; }

    /// <inheritdoc cref="StreamConfig.DefaultKeySerDes"/>
    ISerDes DefaultKeySerDes { get; set; }

    /// <inheritdoc cref="StreamConfig.DefaultValueSerDes"/>
    ISerDes DefaultValueSerDes { get; set; }

    /// <inheritdoc cref="StreamConfig.DefaultTimestampExtractor"/>
    ITimestampExtractor DefaultTimestampExtractor { get; set; }

    /// <inheritdoc cref="StreamConfig.Guarantee"/>
    ProcessingGuarantee Guarantee { get; set; }

    /// <inheritdoc cref="StreamConfig.CommitIntervalMs"/>
    long CommitIntervalMs { get; set; }

    /// <inheritdoc cref="StreamConfig.TransactionTimeout"/>
    TimeSpan TransactionTimeout { get; set; }

    /// <inheritdoc cref="StreamConfig.PollMs"/>
    long PollMs { get; set; }

    /// <inheritdoc cref="StreamConfig.MaxPollRecords"/>
    long MaxPollRecords { get; set; }

    /// <inheritdoc cref="StreamConfig.MaxPollRestoringRecords"/>
    long MaxPollRestoringRecords { get; set; }

    /// <inheritdoc cref="StreamConfig.MaxTaskIdleMs"/>
    long MaxTaskIdleMs { get; set; }

    /// <inheritdoc cref="StreamConfig.StateDir"/>
    string StateDir { get; set; }

    /// <inheritdoc cref="StreamConfig.ReplicationFactor"/>
    int ReplicationFactor { get; set; }

    /// <inheritdoc cref="StreamConfig.WindowStoreChangelogAdditionalRetentionMs"/>
    long WindowStoreChangelogAdditionalRetentionMs { get; set; }

    /// <inheritdoc cref="StreamConfig.InnerExceptionHandler"/>
    Func<Exception, ExceptionHandlerResponse>? InnerExceptionHandler { get; set; }

    /// <inheritdoc cref="StreamConfig.DeserializationExceptionHandler"/>
    Func<ProcessorContext, ConsumeResult<byte[], byte[]>, Exception, ExceptionHandlerResponse>? DeserializationExceptionHandler { get; set; }

    /// <inheritdoc cref="StreamConfig.ProductionExceptionHandler"/>
    Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse>? ProductionExceptionHandler { get; set; }

    /// <inheritdoc cref="StreamConfig.MetricsIntervalMs"/>
    long MetricsIntervalMs { get; set; }

    /// <inheritdoc cref="StreamConfig.MetricsRecording"/>
    MetricsRecordingLevel MetricsRecording { get; set; }

    /// <inheritdoc cref="StreamConfig.MetricsReporter"/>
    Action<IEnumerable<Sensor>> MetricsReporter { get; set; }

    /// <inheritdoc cref="StreamConfig.DefaultStateStoreCacheMaxBytes"/>
    long DefaultStateStoreCacheMaxBytes { get; set; }

    /// <inheritdoc cref="StreamConfig.DefaultCacheEnabled"/>
    bool DefaultCacheEnabled { get; set; }

    /// <inheritdoc cref="StreamConfig.Logger"/>
    ILoggerFactory Logger { get; set; }

    /// <inheritdoc cref="StreamConfig.Middlewares"/>
    IEnumerable<IStreamMiddleware> Middlewares { get; }

    /// <summary>Sets any property by its key: the engine's, or librdkafka's with or without a client's prefix.</summary>
    void AddConfig(string key, dynamic value);

    /// <summary>Any property by its key; null if it is not set.</summary>
    dynamic? Get(string key);

    /// <summary>Adds a middleware.</summary>
    void AddMiddleware(IStreamMiddleware item);

    /// <summary>Removes a middleware; false if it was not there.</summary>
    bool RemoveMiddleware(IStreamMiddleware item);

    /// <summary>Removes all middlewares.</summary>
    void ClearMiddleware();

    /// <summary>Configuration of a producer.</summary>
    ProducerConfig ToProducerConfig();

    /// <summary>Configuration of a producer with the given client id.</summary>
    ProducerConfig ToProducerConfig(string? clientId);

    /// <summary>Configuration of the main consumer.</summary>
    ConsumerConfig ToConsumerConfig();

    /// <summary>Configuration of the main consumer with the given client id.</summary>
    ConsumerConfig ToConsumerConfig(string? clientId, bool @override = true);

    /// <summary>Configuration of a restore consumer.</summary>
    ConsumerConfig ToRestoreConsumerConfig(string? clientId);

    /// <summary>Configuration of the global consumer.</summary>
    ConsumerConfig ToGlobalConsumerConfig(string? clientId);

    /// <summary>Configuration of an admin client.</summary>
    AdminClientConfig ToAdminConfig(string? clientId);
}

/// <summary>Called around start and stop of the application.</summary>
public interface IStreamMiddleware
{
    /// <summary>Before the clients start.</summary>
    void BeforeStart(IStreamConfig config, CancellationToken token);

    /// <summary>After the workers started.</summary>
    void AfterStart(IStreamConfig config, CancellationToken token);

    /// <summary>Before the workers stop.</summary>
    void BeforeStop(IStreamConfig config, CancellationToken token);

    /// <summary>After the clients closed.</summary>
    void AfterStop(IStreamConfig config, CancellationToken token);
}

/// <summary>How a subject is named after topic and record.</summary>
public enum SubjectNameStrategy
{
    /// <summary>topic-key, topic-value.</summary>
    Topic,

    /// <summary>The record's full name.</summary>
    Record,

    /// <summary>topic-record.</summary>
    TopicRecord,
}

/// <summary>Configuration of the schema registry's client and of the serdes on it.</summary>
public interface ISchemaRegistryConfig
{
    /// <summary>URL of the registry; <c>mock://scope</c> for one in memory.</summary>
    string? SchemaRegistryUrl { get; set; }

    /// <summary>Timeout of a request, in milliseconds.</summary>
    int? SchemaRegistryRequestTimeoutMs { get; set; }

    /// <summary>How many schemas the client remembers.</summary>
    int? SchemaRegistryMaxCachedSchemas { get; set; }

    /// <summary>user:password.</summary>
    string? BasicAuthUserInfo { get; set; }

    /// <summary>Whether serializers register their schemas.</summary>
    bool? AutoRegisterSchemas { get; set; }

    /// <summary>Whether serializers use the subject's latest version.</summary>
    bool? UseLatestVersion { get; set; }

    /// <summary>How subjects are named.</summary>
    SubjectNameStrategy? SubjectNameStrategy { get; set; }
}
