namespace Streaming.EndToEnd.Tests.Oracle;

internal sealed record OlistLine(int Line, string Sku, long PriceMinor, long FreightMinor);

internal sealed record OlistFact(string Type, DateTimeOffset OccurredAt);

/// <summary>What the pipeline must say of an imported order.</summary>
internal sealed record OlistOrder(
    string OrderId, string CustomerId, IReadOnlyList<OlistLine> Lines, long ReceivedMinor, string? CancelReason,
    IReadOnlyList<OlistFact> Facts)
{
    public int Version => Facts.Count;

    public bool Paid => Facts.Any(fact => fact.Type == "PaymentReceived");

    public long ItemsMinor => Lines.Sum(line => line.PriceMinor);

    public long ShippingMinor => Lines.Sum(line => line.FreightMinor);

    public long PaidMinor => Paid ? ReceivedMinor : 0;

    public long RefundedMinor => CancelReason is null ? 0 : PaidMinor;

    /// <summary>The last fact names it.</summary>
    public string Status => Facts[^1].Type switch
    {
        "OrderSubmitted" => "Submitted",
        "PaymentReceived" => "Paid",
        "OrderShipped" => "Shipped",
        "OrderDelivered" => "Delivered",
        "OrderCancelled" => "Cancelled",
        _ => "Draft",
    };

    public DateTimeOffset At(string type) => Facts.First(fact => fact.Type == type).OccurredAt;
}
