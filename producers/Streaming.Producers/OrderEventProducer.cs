using Confluent.Kafka;
using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Producers;

/// <summary>
/// Writes the facts of orders that an upstream system owns (<c>fulfilment: EXTERNAL</c>). The caller numbers an order's
/// events 1, 2, 3 … and gives each an id of its own; a repeat after a failure uses the same numbers and ids, so that
/// every reader knows what it has seen.
/// </summary>
/// <remarks>
/// Within the producer's lifetime a gap, a step back or a reuse in an order's numbering is refused before anything is
/// written. If the client gives up on a record, everything after it fails too (no order ever has a hole): make a new
/// producer and go on from the last event that was acknowledged.
/// </remarks>
public sealed class OrderEventProducer(ProducerOptions options) : IDisposable
{
    private readonly RecordProducer _producer = new(options, gapless: true);
    private readonly OrderVersions _versions = new();
    private readonly Lock _order = new();

    /// <summary>Hands the event over, after its predecessors, and completes when it is acknowledged.</summary>
    /// <exception cref="OrderVersionException">Its version or id does not continue the order.</exception>
    /// <exception cref="DeliveryException">It was not, or is not known to be, written.</exception>
    public Task<TopicPartitionOffset> SendAsync(IOrderEvent orderEvent)
    {
        lock (_order)
        {
            _versions.Check(orderEvent.Envelope);
            var sent = _producer.Send(Topics.OrdersEvents.Name, orderEvent);
            _versions.Record(orderEvent.Envelope);
            return sent;
        }
    }

    /// <summary>Waits until every event sent so far is acknowledged or has failed.</summary>
    public void Flush(CancellationToken cancellation = default) => _producer.Flush(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _producer.Dispose();
}
