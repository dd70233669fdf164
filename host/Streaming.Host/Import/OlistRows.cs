namespace Streaming.Host.Import;

/// <summary>An order of the data set with all its rows, as read; what its facts are is <see cref="OlistFacts"/>' matter.</summary>
internal sealed record OlistOrder(
    string OrderId,
    string CustomerUniqueId,
    string Status,
    DateTimeOffset Purchased,
    DateTimeOffset? Approved,
    DateTimeOffset? HandedToCarrier,
    DateTimeOffset? Delivered,
    IReadOnlyList<OlistItem> Items,
    long PaidMinor);

internal sealed record OlistItem(int Line, string Sku, long PriceMinor, long FreightMinor);

/// <summary>A row, or an order, that was left out, and why. The line counts from 1, the header's.</summary>
internal sealed record OlistFault(string File, int Line, string Reason)
{
    public override string ToString() => $"{File}:{Line}: {Reason}";
}

/// <param name="Orders">The readable orders in order of purchase time.</param>
/// <param name="OrdersRead">Orders that orders.csv lists, readable or not.</param>
/// <param name="OrdersRejected">Orders left out because of a fault.</param>
/// <param name="RowsSkipped">Rows of orders that orders.csv does not list.</param>
internal sealed record OlistData(
    IReadOnlyList<OlistOrder> Orders, int OrdersRead, int OrdersRejected, int RowsSkipped, IReadOnlyList<OlistFault> Faults);
