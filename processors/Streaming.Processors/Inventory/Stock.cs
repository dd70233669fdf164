using Streaming.Schemas;
using Streaming.Schemas.Inventory;

namespace Streaming.Processors.Inventory;

/// <summary>The fold of a product's facts. Invariant: 0 ≤ reserved ≤ onHand.</summary>
public static class Stock
{
    /// <summary>The aggregate's type, in envelopes.</summary>
    public const string Type = "StockItem";

    /// <summary>A product of which nothing was ever heard.</summary>
    public static StockItem Unknown(string sku) => new() { Sku = sku };

    /// <summary>The stock after one more fact: every fact carries it.</summary>
    public static StockItem Evolve(StockItem item, IInventoryEvent fact) => item with
    {
        Known = item.Known || fact is StockReceived,
        Version = fact.Envelope.EventVersion,
        OnHand = fact.OnHand,
        Reserved = fact.Reserved,
    };

    /// <summary>What is known of a reservation after one more fact about it.</summary>
    public static Reservation Evolve(Reservation? reservation, IReservationEvent fact)
    {
        var version = fact.Envelope.EventVersion;
        var state = reservation ?? new Reservation
        {
            ReservationId = fact.ReservationId,
            OrderId = fact.OrderId,
            Line = fact.Line,
            Status = ReservationStatus.BLOCKED,
        };
        return fact switch
        {
            StockReserved e => state with { Status = ReservationStatus.GRANTED, Quantity = e.Quantity, Version = version },
            StockReservationRejected e => state with
            {
                Status = state.Status == ReservationStatus.BLOCKED && reservation is not null
                    ? ReservationStatus.BLOCKED
                    : ReservationStatus.REJECTED,
                Quantity = e.Requested,
                Version = version,
                Code = e.Code,
            },
            StockReleased => state with
            {
                Status = state.Status == ReservationStatus.GRANTED ? ReservationStatus.RELEASED : state.Status,
                ReleasedVersion = version,
            },
            StockCommitted => state with
            {
                Status = state.Status == ReservationStatus.GRANTED ? ReservationStatus.COMMITTED : state.Status,
                CommittedVersion = version,
            },
            _ => state,
        };
    }
}
