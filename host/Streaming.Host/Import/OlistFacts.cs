using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Host.Import;

/// <summary>
/// The facts of an Olist order in the order of its life, whatever its clocks say; ids follow from the order alone, so
/// that a second import writes what readers have seen.
/// </summary>
internal static class OlistFacts
{
    private const string Currency = "BRL";

    public static IReadOnlyList<IOrderEvent> Of(OlistOrder order)
    {
        var facts = new FactSequence("olist", order.OrderId, "olist-import");
        facts.Add(order.Purchased, envelope => new OrderCreated
        {
            Envelope = envelope,
            CustomerId = order.CustomerUniqueId,
            Fulfilment = FulfilmentMode.EXTERNAL,
            Currency = Currency,
            SalesChannel = "olist",
            ShippingMinor = order.Items.Sum(i => i.FreightMinor),
        });
        foreach (var item in order.Items)
        {
            facts.Add(order.Purchased, envelope => new OrderItemAdded
            {
                Envelope = envelope,
                Line = item.Line,
                Sku = item.Sku,
                Quantity = 1,
                UnitPriceMinor = item.PriceMinor,
            });
        }

        if (order.Items.Count > 0)
        {
            facts.Add(order.Purchased, envelope => Submitted(order, envelope));
        }

        if (order.Approved is { } approved)
        {
            facts.Add(approved, envelope => new PaymentReceived
            {
                Envelope = envelope,
                PaymentId = DeterministicId.From("olist", order.OrderId, "payment").ToString(),
                AmountMinor = order.PaidMinor,
                Currency = Currency,
            });
        }

        if (order.HandedToCarrier is { } shipped)
        {
            facts.Add(shipped, envelope => new OrderShipped
            {
                Envelope = envelope,
                ShipmentId = DeterministicId.From("olist", order.OrderId, "shipment").ToString(),
                Carrier = "olist",
            });
        }

        if (order.Delivered is { } delivered)
        {
            facts.Add(delivered, envelope => new OrderDelivered { Envelope = envelope });
        }

        if (CancelReasonOf(order) is { } reason)
        {
            facts.Add(Last(order), envelope => new OrderCancelled
            {
                Envelope = envelope,
                Reason = reason,
                RefundedMinor = order.Approved is null ? 0 : order.PaidMinor,
                Currency = Currency,
            });
        }

        return facts.Events;
    }

    private static OrderSubmitted Submitted(OlistOrder order, Envelope envelope)
    {
        var items = order.Items.Sum(i => i.PriceMinor);
        var shipping = order.Items.Sum(i => i.FreightMinor);
        return new OrderSubmitted
        {
            Envelope = envelope,
            Lines = [.. order.Items.Select(i => new OrderLine { Line = i.Line, Sku = i.Sku, Quantity = 1, UnitPriceMinor = i.PriceMinor })],
            Currency = Currency,
            ItemsMinor = items,
            ShippingMinor = shipping,
            TotalMinor = items + shipping,
            CustomerId = order.CustomerUniqueId,
            Fulfilment = FulfilmentMode.EXTERNAL,
        };
    }

    private static CancelReason? CancelReasonOf(OlistOrder order) => order.Status switch
    {
        "canceled" => CancelReason.CUSTOMER,
        "unavailable" => CancelReason.INVENTORY_ISSUE,
        _ => null,
    };

    /// <summary>The data set has no time of cancellation: the latest thing known of the order stands for it.</summary>
    private static DateTimeOffset Last(OlistOrder order) =>
        new[] { order.Purchased, order.Approved, order.HandedToCarrier, order.Delivered }.Max()!.Value;
}
