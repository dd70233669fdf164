using System.Globalization;
using Streaming.Processors.Events;
using Streaming.Processors.Orders;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.OrderViews;

/// <summary>Folds the facts of orders into the read model, and keeps each fact.</summary>
public sealed class OrderViewHandler(
    IKeyValueStore<string, OrderState> orders, IKeyValueStore<string, IMessage> history)
{
    /// <summary>The key of a fact in the history: facts of an order are neighbours, in order.</summary>
    public static string HistoryKey(string orderId, long version) =>
        CompositeKey.Join(orderId, version.ToString("D10", CultureInfo.InvariantCulture));

    /// <summary>The order after the fact; null: the fact was seen before.</summary>
    /// <exception cref="VersionGapException">Facts are missing before it.</exception>
    public OrderState? Handle(string orderId, IMessage fact)
    {
        var order = orders.Get(orderId);
        if (!Versions.IsNew(order?.Version ?? 0, fact.Envelope))
            return null;
        var state = fact is IOrderEvent known ? Order.Evolve(order, known) : Order.Skip(order, fact.Envelope);
        orders.Put(orderId, state);
        if (fact is IOrderEvent)
            history.Put(HistoryKey(orderId, state.Version), fact);
        return state;
    }
}
