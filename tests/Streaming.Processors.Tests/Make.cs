using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Tests;

/// <summary>Commands and facts for tests.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The envelope of a command; its id follows from the name.</summary>
    public static Envelope Command(string aggregateId, string name, long? expected = null, DateTimeOffset? at = null) => new()
    {
        EventId = DeterministicId.From("test", aggregateId, name),
        AggregateId = aggregateId,
        AggregateType = "Test",
        Version = expected,
        OccurredAt = at ?? Start,
        CorrelationId = $"correlation of {name}",
        UserId = "u1",
        Producer = "test/1",
    };

    /// <summary>The envelope of a fact.</summary>
    public static Envelope Fact(string aggregateId, long version, DateTimeOffset? at = null) => new()
    {
        EventId = DeterministicId.From("fact", aggregateId, $"{version}"),
        AggregateId = aggregateId,
        AggregateType = "Test",
        Version = version,
        OccurredAt = at ?? Start,
        CorrelationId = aggregateId,
        Producer = "test/1",
    };

    public static CreateOrder Create(string orderId, bool submit, params (string Sku, int Quantity, long Price)[] items) => new()
    {
        Envelope = Command(orderId, "create"),
        CustomerId = "c1",
        Currency = "EUR",
        ShippingMinor = 500,
        Items = [.. items.Select(item => new NewOrderLine { Sku = item.Sku, Quantity = item.Quantity, UnitPriceMinor = item.Price })],
        Submit = submit,
    };

    public static OrderSubmitted Submitted(string orderId, long version, params (string Sku, int Quantity)[] lines) => new()
    {
        Envelope = Fact(orderId, version),
        CustomerId = "c1",
        Currency = "EUR",
        Fulfilment = FulfilmentMode.INTERNAL,
        Lines = [.. lines.Select((line, i) => new OrderLine
        {
            Line = i + 1,
            Sku = line.Sku,
            Quantity = line.Quantity,
            UnitPriceMinor = 100,
        })],
        ItemsMinor = lines.Sum(line => line.Quantity * 100),
        TotalMinor = lines.Sum(line => line.Quantity * 100),
    };

    public static ReceiveStock Receive(string sku, string name, long quantity) =>
        new() { Envelope = Command(sku, name), Quantity = quantity };

    public static AdjustStock Adjust(string sku, string name, long quantity) =>
        new() { Envelope = Command(sku, name), Quantity = quantity };

    public static ReserveStock Reserve(string sku, string name, string orderId, int line, long quantity) => new()
    {
        Envelope = Command(sku, name),
        ReservationId = $"{orderId}/{line}",
        OrderId = orderId,
        Line = line,
        Quantity = quantity,
    };

    public static ReleaseStock Release(string sku, string name, string orderId, int line) => new()
    {
        Envelope = Command(sku, name),
        ReservationId = $"{orderId}/{line}",
        OrderId = orderId,
        Line = line,
    };

    public static CommitStock Commit(string sku, string name, string orderId, int line) => new()
    {
        Envelope = Command(sku, name),
        ReservationId = $"{orderId}/{line}",
        OrderId = orderId,
        Line = line,
    };
}
