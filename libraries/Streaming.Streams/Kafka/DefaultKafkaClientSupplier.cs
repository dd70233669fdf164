using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Kafka;

namespace Streamiz.Kafka.Net.Kafka;

/// <summary>Plain clients, whose log goes to the application's.</summary>
public sealed class DefaultKafkaClientSupplier : IKafkaSupplier
{
    private readonly ILogger _logger;

    /// <summary>With the application's log.</summary>
    public DefaultKafkaClientSupplier(ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _logger = loggerFactory.CreateLogger("Streaming.Streams.Clients");
    }

    /// <inheritdoc/>
    public IConsumer<byte[], byte[]> GetConsumer(ConsumerConfig config, IConsumerRebalanceListener rebalanceListener)
    {
        ArgumentNullException.ThrowIfNull(rebalanceListener);
        return new ConsumerBuilder<byte[], byte[]>(config)
            .SetPartitionsAssignedHandler(rebalanceListener.PartitionsAssigned)
            .SetPartitionsRevokedHandler(rebalanceListener.PartitionsRevoked)
            .SetPartitionsLostHandler(rebalanceListener.PartitionsLost)
            .SetErrorHandler((_, error) => _logger.Client(error))
            .SetLogHandler((_, message) => _logger.Client(message))
            .Build();
    }

    /// <inheritdoc/>
    public IProducer<byte[], byte[]> GetProducer(ProducerConfig config) =>
        new ProducerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => _logger.Client(error))
            .SetLogHandler((_, message) => _logger.Client(message))
            .Build();

    /// <inheritdoc/>
    public IConsumer<byte[], byte[]> GetRestoreConsumer(ConsumerConfig config) =>
        new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => _logger.Client(error))
            .SetLogHandler((_, message) => _logger.Client(message))
            .Build();

    /// <inheritdoc/>
    public IConsumer<byte[], byte[]> GetGlobalConsumer(ConsumerConfig config) => GetRestoreConsumer(config);

    /// <inheritdoc/>
    public IAdminClient GetAdmin(AdminClientConfig config) =>
        new AdminClientBuilder(config)
            .SetErrorHandler((_, error) => _logger.Client(error))
            .SetLogHandler((_, message) => _logger.Client(message))
            .Build();
}
