namespace Streamiz.Kafka.Net;

/// <summary>Which client a property of librdkafka belongs to; one that is foreign to a client makes it complain.</summary>
internal static class ConfigKeys
{
    public static readonly IReadOnlySet<string> OfConsumer = new HashSet<string>
    {
        "auto.offset.reset", "auto.commit.interval.ms", "check.crcs", "coordinator.query.interval.ms", "enable.auto.commit",
        "enable.auto.offset.store", "enable.partition.eof", "fetch.error.backoff.ms", "fetch.max.bytes",
        "fetch.message.max.bytes", "fetch.min.bytes", "fetch.queue.backoff.ms", "fetch.wait.max.ms", "group.id",
        "group.instance.id", "group.protocol", "group.protocol.type", "group.remote.assignor", "heartbeat.interval.ms",
        "isolation.level", "max.partition.fetch.bytes", "max.poll.interval.ms", "partition.assignment.strategy",
        "queued.max.messages.kbytes", "queued.min.messages", "session.timeout.ms", "allow.auto.create.topics",
    };

    public static readonly IReadOnlySet<string> OfProducer = new HashSet<string>
    {
        "acks", "batch.num.messages", "batch.size", "compression.codec", "compression.level", "compression.type",
        "delivery.report.only.error", "delivery.timeout.ms", "enable.gapless.guarantee", "enable.idempotence", "linger.ms",
        "message.send.max.retries", "message.timeout.ms", "partitioner", "queue.buffering.backpressure.threshold",
        "queue.buffering.max.kbytes", "queue.buffering.max.messages", "queue.buffering.max.ms", "queuing.strategy",
        "request.required.acks", "request.timeout.ms", "retries", "sticky.partitioning.linger.ms",
        "transaction.timeout.ms", "transactional.id",
    };

    public static readonly IReadOnlySet<string> OfConsumerOrProducer =
        new HashSet<string>(OfConsumer.Concat(OfProducer));

    private static readonly HashSet<string> s_own =
    [
        "application.id", "num.stream.threads", "num.standby.replicas", "default.key.serdes", "default.value.serdes",
        "default.timestamp.extractor", "processing.guarantee", "commit.interval.ms", "transaction.timeout", "poll.ms",
        "max.poll.records", "max.poll.restoring.records", "max.task.idle.ms", "task.timeout.ms",
        "buffered.records.per.partition", "application.server", "state.dir", "state.cleanup.delay.ms", "replication.factor",
        "windowstore.changelog.additional.retention.ms", "inner.exception.handler", "deserialization.exception.handler",
        "production.exception.handler", "metrics.interval.ms", "metrics.recording.level", "metrics.reporter",
        "statestore.cache.max.bytes", "default.cache.enabled", "parallel.processing", "max.degree.of.parallelism",
        "expose.librdkafka.stats", "log.processing.summary", "query.watermark.offsets.timeout",
        "default.partitioner.reshuffle.every.key", "logger.factory", "topology.optimization",
    ];

    /// <summary>Properties of the engine, of serdes and of its extensions: no client sees them.</summary>
    public static bool IsOwn(string key) =>
        s_own.Contains(key)
        || key.StartsWith("schema.registry.", StringComparison.Ordinal)
        || key.StartsWith("avro.", StringComparison.Ordinal)
        || key.StartsWith("streaming.", StringComparison.Ordinal);
}
