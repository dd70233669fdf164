using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>What the engine sets on its clients where the user set nothing, and what it sets in any case.</summary>
internal static class ClientDefaults
{
    /// <summary>Settings of every consumer: it reads ahead without the client's pause of a second once it is full.</summary>
    public static ConsumerConfig Reading(ConsumerConfig config)
    {
        config.FetchQueueBackoffMs ??= 5; // 1000 by default: a full prefetch queue then stops fetching for a second
        config.FetchWaitMaxMs ??= 50;
        config.QueuedMinMessages ??= 50_000;
        config.QueuedMaxMessagesKbytes ??= 16 * 1024; // of each partition: the bound of what waits unread
        config.CheckCrcs ??= false;
        config.EnablePartitionEof = true; // the only sign that the lag is 0 when a partition ends in markers
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        return config;
    }

    public static ConsumerConfig Member(ConsumerConfig config, bool exactlyOnce)
    {
        Reading(config);
        config.SessionTimeoutMs ??= 10_000;
        config.HeartbeatIntervalMs ??= 1_000; // members learn of a rebalance from it
        config.AutoOffsetReset ??= AutoOffsetReset.Earliest;
        config.IsolationLevel = exactlyOnce ? IsolationLevel.ReadCommitted : config.IsolationLevel ?? IsolationLevel.ReadCommitted;
        config.AllowAutoCreateTopics ??= false;
        return config;
    }

    /// <summary>Changelogs and global topics, read with assigned partitions and no group of their own.</summary>
    public static ConsumerConfig Restoring(ConsumerConfig config)
    {
        Reading(config);
        config.GroupInstanceId = null;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.AllowAutoCreateTopics = false;
        return config;
    }

    public static ProducerConfig Producing(ProducerConfig config, string? transactionalId, int transactionTimeoutMs)
    {
        config.LingerMs ??= 5;
        config.BatchSize ??= 512 * 1024;
        config.BatchNumMessages ??= 100_000;
        config.CompressionType ??= CompressionType.Lz4;
        config.QueueBufferingMaxMessages ??= 200_000;
        config.QueueBufferingMaxKbytes ??= 64 * 1024;
        config.Partitioner ??= Partitioner.Murmur2Random; // Java's
        config.EnableIdempotence = true;
        config.EnableDeliveryReports = false; // the commit, or the flush, tells of lost records
        config.DeliveryReportFields = "none";
        if (transactionalId is not null)
        {
            config.TransactionalId = transactionalId;
            config.TransactionTimeoutMs = transactionTimeoutMs;
        }
        else
        {
            // A record that cannot be delivered makes the producer fail as a whole: nothing after it is acknowledged.
            config.EnableGaplessGuarantee = true;
            config.MessageTimeoutMs ??= 0;
        }
        return config;
    }
}
