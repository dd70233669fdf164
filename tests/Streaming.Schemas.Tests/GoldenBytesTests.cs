using System.Globalization;
using System.Text;
using Streaming.Avro;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;

namespace Streaming.Schemas.Tests;

/// <summary>What is in topics and stores for ever must be written alike for ever.</summary>
public sealed class GoldenBytesTests
{
    public static readonly Envelope Envelope = new()
    {
        EventId = new Guid("2ed6657d-e942-568b-95e1-2665a8aea6a2"),
        AggregateId = "o1",
        AggregateType = "Order",
        Version = 3,
        OccurredAt = new DateTimeOffset(2018, 1, 31, 10, 5, 7, 250, TimeSpan.Zero),
        CorrelationId = "c-1",
        CausationId = new Guid("886313e1-3b8a-5372-9b90-0c9aee199e5d"),
        Producer = "orders/0.1.0",
    };

    [Fact]
    public void Messages_and_states_are_written_byte_by_byte_as_agreed()
    {
        var line = new OrderLine { Line = 1, Sku = "PROD-101", Quantity = 2, UnitPriceMinor = 1999 };
        var text = new StringBuilder();
        Add(text, new OrderCreated { Envelope = Envelope, CustomerId = "c1", Fulfilment = FulfilmentMode.INTERNAL, Currency = "EUR", ShippingMinor = 500 });
        Add(text, new OrderSubmitted
        {
            Envelope = Envelope,
            Lines = [line],
            Currency = "EUR",
            ItemsMinor = 3998,
            ShippingMinor = 500,
            TotalMinor = 4498,
            CustomerId = "c1",
            Fulfilment = FulfilmentMode.INTERNAL,
        });
        Add(text, new OrderCancelled { Envelope = Envelope, Reason = CancelReason.INVENTORY_ISSUE, RefundedMinor = 0, Currency = "EUR" });
        Add(text, new StockReserved
        {
            Envelope = Envelope,
            Sku = "PROD-101",
            OnHand = 50,
            Reserved = 2,
            Available = 48,
            ReservationId = "o1/1",
            OrderId = "o1",
            Line = 1,
            Quantity = 2,
        });
        Add(text, new CommandRejected { Envelope = Envelope, CommandId = Envelope.EventId, Code = "UNKNOWN_ORDER", Message = "no", ActualVersion = 7 });
        Add(text, new OrderState
        {
            OrderId = "o1",
            CustomerId = "c1",
            Fulfilment = FulfilmentMode.INTERNAL,
            Status = OrderStatus.CancellationRequested,
            ResumeStatus = OrderStatus.Reserved,
            Version = 4,
            Items = [line],
            LastLine = 1,
            Currency = "EUR",
            CancelReason = CancelReason.CUSTOMER,
            CreatedAt = Envelope.OccurredAt,
            UpdatedAt = Envelope.OccurredAt,
        });
        Folder.Compare("bytes.txt", text.ToString());
    }

    private static void Add<T>(StringBuilder text, T record) where T : class, IAvroRecord<T>
    {
        var bytes = SingleObject.Write(record);
        Assert.Equal(record, SingleObject.Read<T>(bytes));
        text.Append(CultureInfo.InvariantCulture, $"{T.RecordSchema.Fullname} {Convert.ToHexStringLower(bytes)}\n");
    }
}
