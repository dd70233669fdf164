namespace Streaming.Host.Queries;

/// <summary>An order as it stands.</summary>
/// <param name="Version">Number of its last event; what <c>If-Match</c> takes.</param>
/// <param name="CancelReason">Why it was cancelled; absent unless it is.</param>
internal sealed record OrderAnswer(
    string OrderId,
    string CustomerId,
    string Status,
    long Version,
    IReadOnlyList<OrderItemAnswer> Items,
    string Currency,
    long ItemsMinor,
    long ShippingMinor,
    long TotalMinor,
    long PaidMinor,
    long RefundedMinor,
    string? CancelReason);

internal sealed record OrderItemAnswer(int Line, string Sku, int Quantity, long UnitPriceMinor);

internal sealed record OrderHistoryAnswer(string OrderId, IReadOnlyList<OrderEventAnswer> Events);

/// <param name="Data">The event's own fields, beside its envelope.</param>
internal sealed record OrderEventAnswer(
    long Version, string Type, string EventId, DateTimeOffset OccurredAt, System.Text.Json.JsonElement Data);

internal sealed record StockAnswer(string Sku, long OnHand, long Reserved, long Available);

/// <summary>What became of a command: <c>pending</c>, <c>accepted</c> with the version, or <c>rejected</c> with its code.</summary>
internal sealed record CommandAnswer(
    string CommandId, string Status, long? Version = null, string? Code = null, string? Message = null,
    long? ExpectedVersion = null, long? ActualVersion = null);

/// <summary>Which partitions a list or total was made from; it is whole when none is missing.</summary>
internal sealed record PartitionsAnswer(IReadOnlyList<int> Answered, IReadOnlyList<int> Missing);
