using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;

namespace Streaming.Topology.Tests;

/// <summary>Commands and facts for tests.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static Envelope Envelope(string aggregateId, string name, long? version = null, DateTimeOffset? at = null) => new()
    {
        EventId = DeterministicId.From("test", aggregateId, name),
        AggregateId = aggregateId,
        AggregateType = "Test",
        Version = version,
        OccurredAt = at ?? Start,
        CorrelationId = name,
        Producer = "test/1",
    };

    public static CreateOrder Order(string orderId, params (string Sku, int Quantity)[] items) => new()
    {
        Envelope = Envelope(orderId, "create"),
        CustomerId = "c1",
        Currency = "EUR",
        Items = [.. items.Select(item => new NewOrderLine { Sku = item.Sku, Quantity = item.Quantity, UnitPriceMinor = 100 })],
        Submit = true,
    };

    public static ReceiveStock Receive(string sku, long quantity) =>
        new() { Envelope = Envelope(sku, $"receive {quantity}"), Quantity = quantity };

    public static CancelOrder Cancel(string orderId) => new() { Envelope = Envelope(orderId, "cancel") };

    /// <summary>The whole life of an order that an upstream system owns.</summary>
    public static IMessage[] External(string orderId, string customerId, DateTimeOffset at, bool cancelled = false)
    {
        var version = 0;
        Envelope Next() => Envelope(orderId, $"fact {version + 1}", ++version, at.AddHours(version));
        List<IMessage> facts =
        [
            new OrderCreated { Envelope = Next(), CustomerId = customerId, Fulfilment = FulfilmentMode.EXTERNAL, Currency = "BRL" },
            new OrderItemAdded { Envelope = Next(), Line = 1, Sku = "X", Quantity = 1, UnitPriceMinor = 1000 },
            new OrderItemAdded { Envelope = Next(), Line = 2, Sku = "Y", Quantity = 2, UnitPriceMinor = 300 },
            new OrderSubmitted
            {
                Envelope = Next(),
                Lines =
                [
                    new OrderLine { Line = 1, Sku = "X", Quantity = 1, UnitPriceMinor = 1000 },
                    new OrderLine { Line = 2, Sku = "Y", Quantity = 2, UnitPriceMinor = 300 },
                ],
                Currency = "BRL",
                ItemsMinor = 1600,
                ShippingMinor = 200,
                TotalMinor = 1800,
                CustomerId = customerId,
                Fulfilment = FulfilmentMode.EXTERNAL,
            },
            new PaymentReceived { Envelope = Next(), PaymentId = "p", AmountMinor = 1800, Currency = "BRL" },
        ];
        facts.Add(cancelled
            ? new OrderCancelled { Envelope = Next(), Reason = CancelReason.CUSTOMER, RefundedMinor = 1800, Currency = "BRL" }
            : new OrderDelivered { Envelope = Next() });
        return [.. facts];
    }
}
