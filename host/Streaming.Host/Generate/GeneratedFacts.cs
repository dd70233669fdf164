using System.Globalization;
using Streaming.Host.Import;
using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Host.Generate;

/// <summary>The whole life of a made-up external order as events.</summary>
internal static class GeneratedFacts
{
    public static string OrderId(string source, GeneratedOrder order) => 
        DeterministicId.From(source, "order", order.Ordinal.ToString(CultureInfo.InvariantCulture)).ToString();

    public static IReadOnlyList<IOrderEvent> Of(GeneratedOrder order, string source, string producer)
    {
        var orderId = OrderId(source, order);
        var facts = new FactSequence(source, orderId, producer);
        facts.Add(order.Created, envelope => new OrderCreated
        {
            Envelope = envelope,
            CustomerId = order.CustomerId,
            Fulfilment = FulfilmentMode.EXTERNAL,
            Currency = order.Currency,
            SalesChannel = order.SalesChannel,
            ShippingMinor = order.ShippingMinor,
        });
        IReadOnlyList<OrderLine> lines = [.. order.Items.Select((item, i) => new OrderLine
        {
            Line = i + 1,
            Sku = item.Sku,
            Quantity = item.Quantity,
            UnitPriceMinor = item.UnitPriceMinor,
        })];
        foreach (var line in lines)
        {
            facts.Add(order.Created, envelope => new OrderItemAdded
            {
                Envelope = envelope,
                Line = line.Line,
                Sku = line.Sku,
                Quantity = line.Quantity,
                UnitPriceMinor = line.UnitPriceMinor,
            });
        }

        facts.Add(order.Created, envelope => new OrderSubmitted
        {
            Envelope = envelope,
            Lines = lines,
            Currency = order.Currency,
            ItemsMinor = order.TotalMinor - order.ShippingMinor,
            ShippingMinor = order.ShippingMinor,
            TotalMinor = order.TotalMinor,
            CustomerId = order.CustomerId,
            Fulfilment = FulfilmentMode.EXTERNAL,
        });
        AddLife(facts, order, source, orderId);
        return facts.Events;
    }

    private static void AddLife(FactSequence facts, GeneratedOrder order, string source, string orderId)
    {
        if (order.Paid is { } paid)
        {
            facts.Add(paid, envelope => new PaymentReceived
            {
                Envelope = envelope,
                PaymentId = DeterministicId.From(source, orderId, "payment").ToString(),
                AmountMinor = order.TotalMinor,
                Currency = order.Currency,
            });
        }

        if (order.Shipped is { } shipped)
        {
            facts.Add(shipped, envelope => new OrderShipped
            {
                Envelope = envelope,
                ShipmentId = DeterministicId.From(source, orderId, "shipment").ToString(),
                Carrier = "parcel-post",
            });
        }

        if (order.Delivered is { } delivered)
        {
            facts.Add(delivered, envelope => new OrderDelivered { Envelope = envelope });
        }

        if (order.Cancelled is { } cancelled)
        {
            facts.Add(cancelled, envelope => new OrderCancelled
            {
                Envelope = envelope,
                Reason = CancelReason.CUSTOMER,
                RefundedMinor = order.Paid is null ? 0 : order.TotalMinor,
                Currency = order.Currency,
            });
        }
    }
}
