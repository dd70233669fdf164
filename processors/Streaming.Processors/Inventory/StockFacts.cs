using Streaming.Processors.Commands;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;

namespace Streaming.Processors.Inventory;

/// <summary>Makes the facts of one command about a product, each with the stock after it.</summary>
internal sealed class StockFacts(StockItem item, IInventoryCommand command)
{
    private readonly Facts _facts = new(command.Envelope, Stock.Type, StockDecider.Producer, item.Version);

    public StockReceived Received(long quantity) => new()
    {
        Envelope = _facts.Next(),
        Sku = item.Sku,
        OnHand = item.OnHand + quantity,
        Reserved = item.Reserved,
        Available = item.Available + quantity,
        Quantity = quantity,
    };

    public StockAdjusted Adjusted(long quantity, string? reason) => new()
    {
        Envelope = _facts.Next(),
        Sku = item.Sku,
        OnHand = item.OnHand + quantity,
        Reserved = item.Reserved,
        Available = item.Available + quantity,
        Quantity = quantity,
        Reason = reason,
    };

    public StockReserved Reserved(ReserveStock reserve) => new()
    {
        Envelope = _facts.Next(),
        Sku = item.Sku,
        OnHand = item.OnHand,
        Reserved = item.Reserved + reserve.Quantity,
        Available = item.Available - reserve.Quantity,
        ReservationId = reserve.ReservationId,
        OrderId = reserve.OrderId,
        Line = reserve.Line,
        Quantity = reserve.Quantity,
    };

    public StockReservationRejected Rejected(ReserveStock reserve, string code) => new()
    {
        Envelope = _facts.Next(),
        Sku = item.Sku,
        OnHand = item.OnHand,
        Reserved = item.Reserved,
        Available = item.Available,
        ReservationId = reserve.ReservationId,
        OrderId = reserve.OrderId,
        Line = reserve.Line,
        Requested = reserve.Quantity,
        Code = code,
    };

    public StockReleased Released(ReleaseStock release, long quantity) => new()
    {
        Envelope = _facts.Next(),
        Sku = item.Sku,
        OnHand = item.OnHand,
        Reserved = item.Reserved - quantity,
        Available = item.Available + quantity,
        ReservationId = release.ReservationId,
        OrderId = release.OrderId,
        Line = release.Line,
        Quantity = quantity,
    };

    public StockCommitted Committed(CommitStock commit, long quantity) => new()
    {
        Envelope = _facts.Next(),
        Sku = item.Sku,
        OnHand = item.OnHand - quantity,
        Reserved = item.Reserved - quantity,
        Available = item.Available,
        ReservationId = commit.ReservationId,
        OrderId = commit.OrderId,
        Line = commit.Line,
        Quantity = quantity,
    };

    /// <summary>The fact, and beside it that the last available piece is gone, if it went with it.</summary>
    public IReadOnlyList<IEvent> OutOfStock(IInventoryEvent fact, string? orderId) => item.Available == 0 || fact.Available > 0
        ? [fact]
        : [fact, new ProductOutOfStock
        {
            Envelope = _facts.Next(),
            Sku = item.Sku,
            OnHand = fact.OnHand,
            Reserved = fact.Reserved,
            Available = fact.Available,
            OrderId = orderId,
        }];
}
