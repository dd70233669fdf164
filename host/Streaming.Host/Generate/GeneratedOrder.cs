namespace Streaming.Host.Generate;

/// <summary>A made-up order. An external one carries its whole life; an internal one is left to the pipeline.</summary>
internal sealed record GeneratedOrder(
    int Ordinal,
    bool External,
    string CustomerId,
    string Currency,
    string SalesChannel,
    long ShippingMinor,
    IReadOnlyList<GeneratedItem> Items,
    DateTimeOffset Created,
    DateTimeOffset? Paid,
    DateTimeOffset? Shipped,
    DateTimeOffset? Delivered,
    DateTimeOffset? Cancelled)
{
    public long TotalMinor => ShippingMinor + Items.Sum(i => i.Quantity * i.UnitPriceMinor);
}

internal sealed record GeneratedItem(string Sku, int Quantity, long UnitPriceMinor);
