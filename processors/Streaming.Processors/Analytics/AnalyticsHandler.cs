using System.Globalization;
using Streaming.Processors.Events;
using Streaming.Schemas;
using Streaming.Schemas.Analytics;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Analytics;

/// <summary>
/// Counts each fact of the orders of one partition once: into that partition's share of the funnel, and into what the order
/// adds to its customer's figures.
/// </summary>
public sealed class AnalyticsHandler(
    IKeyValueStore<string, AnalysedOrder> orders, IKeyValueStore<string, FunnelHour> funnel)
{
    /// <summary>The key of an hour, UTC.</summary>
    public static string HourOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH", CultureInfo.InvariantCulture);

    /// <summary>What the order now adds to its customer's figures; null: the fact changes nothing there.</summary>
    /// <exception cref="VersionGapException">Facts are missing before it.</exception>
    public CustomerOrderFacts? Handle(string orderId, IMessage message)
    {
        var order = orders.Get(orderId) ?? new AnalysedOrder();
        if (!Versions.IsNew(order.Version, message.Envelope))
            return null;
        var state = order with { Version = message.Envelope.EventVersion };
        if (message is IOrderEvent fact)
            state = Count(state, fact);
        orders.Put(orderId, state);

        return message is OrderCreated or PaymentReceived or OrderCancelled && state is { CustomerId: { } customer, CreatedAt: { } createdAt }
            ? new CustomerOrderFacts
            {
                CustomerId = customer,
                OrderId = orderId,
                Version = state.Version,
                CreatedAt = createdAt,
                Currency = state.Currency,
                Paid = state.Paid,
                PaidMinor = state.PaidMinor,
                RefundedMinor = state.RefundedMinor,
                Cancelled = state.Cancelled,
            }
            : null;
    }

    private AnalysedOrder Count(AnalysedOrder order, IOrderEvent fact)
    {
        var stage = Funnel.Stage(fact);
        if (stage != FunnelStages.None && (order.Stages & (int)stage) == 0)
        {
            var hour = HourOf(fact.Envelope.OccurredAt);
            funnel.Put(hour, Funnel.Count(funnel.Get(hour) ?? new FunnelHour(), stage));
            order = order with { Stages = order.Stages | (int)stage };
        }
        return fact switch
        {
            OrderCreated e => order with { CustomerId = e.CustomerId, CreatedAt = e.Envelope.OccurredAt, Currency = e.Currency },
            PaymentReceived e => order with { Paid = true, PaidMinor = order.PaidMinor + e.AmountMinor, Currency = e.Currency },
            OrderCancelled e => order with
            {
                Cancelled = true,
                RefundedMinor = Math.Max(order.RefundedMinor, Math.Min(e.RefundedMinor, order.PaidMinor)),
            },
            _ => order,
        };
    }
}
