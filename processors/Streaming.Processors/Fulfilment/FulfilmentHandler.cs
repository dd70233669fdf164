using Streaming.Processors.Events;
using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Fulfilment;

/// <summary>Runs the sagas over their store.</summary>
public sealed class FulfilmentHandler(IKeyValueStore<string, FulfilmentState> sagas)
{
    /// <summary>Takes a fact of an order, or one of the stock's about a reservation of it; answers the commands to send.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="message">The fact, of a known kind or not.</param>
    /// <exception cref="VersionGapException">Facts of the order are missing.</exception>
    public IReadOnlyList<ICommand> Handle(string orderId, IMessage message)
    {
        var saga = sagas.Get(orderId);
        if (message is not IReservationEvent)
        {
            // A saga starts with the order's submission, which holds all that it needs: orders that it does not
            // serve, and drafts, leave no trace here. From then on no fact of the order may be missing.
            if (saga is not null && !Versions.IsNew(saga.OrderVersion, message.Envelope))
                return [];
            saga = saga is null ? null : saga with { OrderVersion = message.Envelope.EventVersion };
        }

        var step = message is IEvent fact ? FulfilmentDecider.Decide(saga, fact) : null;
        if ((step?.State ?? saga) is { } state)
            sagas.Put(orderId, state);
        return step?.Commands ?? [];
    }
}
