using Streaming.Processors.Commands;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Orders;

/// <summary>Decides and folds over the store of orders.</summary>
public sealed class OrderHandler(IKeyValueStore<string, OrderState> orders, CommandLog log)
    : CommandHandler<IOrderCommand>(Order.Type, OrderDecider.Producer, log)
{
    /// <inheritdoc/>
    protected override Decision Decide(IOrderCommand command)
    {
        var id = command.Envelope.AggregateId;
        var order = orders.Get(id);
        var decision = OrderDecider.Decide(order, command);
        if (decision.Events.Count > 0)
            orders.Put(id, decision.Events.Cast<IOrderEvent>().Aggregate(order, Order.Evolve)!);
        return decision;
    }
}
