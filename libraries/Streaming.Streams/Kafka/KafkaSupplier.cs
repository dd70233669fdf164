using Confluent.Kafka;

namespace Streamiz.Kafka.Net.Kafka;

/// <summary>Told when partitions come and go.</summary>
public interface IConsumerRebalanceListener
{
    /// <summary>Partitions come; called before they are read.</summary>
    void PartitionsAssigned(IConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions);

    /// <summary>Partitions go; what was processed can still be committed.</summary>
    void PartitionsRevoked(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions);

    /// <summary>Partitions are gone; nothing can be committed any more.</summary>
    void PartitionsLost(IConsumer<byte[], byte[]> consumer, List<TopicPartitionOffset> partitions) => PartitionsRevoked(consumer, partitions);
}

/// <summary>Makes the clients of an application.</summary>
public interface IKafkaSupplier
{
    /// <summary>The group's consumer; it calls the listener on its assignments.</summary>
    IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener);

    /// <summary>A worker's producer.</summary>
    IProducer<byte[], byte[]> GetProducer(ProducerConfig config);

    /// <summary>The consumer of changelogs.</summary>
    IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config);

    /// <summary>The consumer of global topics.</summary>
    IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config);

    /// <summary>The admin client.</summary>
    IAdminClient GetAdmin(AdminClientConfig config);
}
