using Confluent.Kafka;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;

namespace Streaming.Producers;

/// <summary>
/// Sends commands to the aggregates. A command's id (its envelope's event id) makes it harmless to send twice: the
/// aggregate answers a repeat with its first outcome.
/// </summary>
public sealed class CommandProducer(ProducerOptions options) : IDisposable
{
    private readonly RecordProducer _producer = new(options, gapless: false);

    /// <summary>Completes when the command is acknowledged by the brokers; what the aggregate makes of it is its outcome.</summary>
    /// <exception cref="DeliveryException">It was not, or is not known to be, written.</exception>
    public Task<TopicPartitionOffset> SendAsync(ICommand command) =>
        _producer.Send(TopicOf(command).Name, command);

    /// <summary>Waits until every command sent so far is acknowledged or has failed.</summary>
    public void Flush(CancellationToken cancellation = default) => _producer.Flush(cancellation);

    private static TopicDefinition TopicOf(ICommand command) => command switch
    {
        IOrderCommand => Topics.OrdersCommands,
        IInventoryCommand => Topics.InventoryCommands,
        _ => throw new ArgumentException($"{command.GetType().Name} is a command of no topic", nameof(command)),
    };

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
