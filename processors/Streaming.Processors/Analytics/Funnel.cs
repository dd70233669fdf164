using Streaming.Schemas.Analytics;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Analytics;

/// <summary>The stages of the funnel; an order is counted once in each that it reaches.</summary>
[Flags]
public enum FunnelStages
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Opened.</summary>
    Created = 1,

    /// <summary>Submitted.</summary>
    Submitted = 2,

    /// <summary>Reserved.</summary>
    Reserved = 4,

    /// <summary>Paid.</summary>
    Paid = 8,

    /// <summary>Ready for shipment.</summary>
    ReadyForShipment = 16,

    /// <summary>Shipped.</summary>
    Shipped = 32,

    /// <summary>Delivered.</summary>
    Delivered = 64,

    /// <summary>Cancelled.</summary>
    Cancelled = 128,
}

/// <summary>The funnel of an hour.</summary>
public static class Funnel
{
    /// <summary>The stage that an order reaches by a fact.</summary>
    public static FunnelStages Stage(IOrderEvent fact) => fact switch
    {
        OrderCreated => FunnelStages.Created,
        OrderSubmitted => FunnelStages.Submitted,
        OrderReserved => FunnelStages.Reserved,
        PaymentReceived => FunnelStages.Paid,
        OrderReadyForShipment => FunnelStages.ReadyForShipment,
        OrderShipped => FunnelStages.Shipped,
        OrderDelivered => FunnelStages.Delivered,
        OrderCancelled => FunnelStages.Cancelled,
        _ => FunnelStages.None,
    };

    /// <summary>The hour with one more order in a stage.</summary>
    public static FunnelHour Count(FunnelHour hour, FunnelStages stage) => stage switch
    {
        FunnelStages.Created => hour with { Created = hour.Created + 1 },
        FunnelStages.Submitted => hour with { Submitted = hour.Submitted + 1 },
        FunnelStages.Reserved => hour with { Reserved = hour.Reserved + 1 },
        FunnelStages.Paid => hour with { Paid = hour.Paid + 1 },
        FunnelStages.ReadyForShipment => hour with { ReadyForShipment = hour.ReadyForShipment + 1 },
        FunnelStages.Shipped => hour with { Shipped = hour.Shipped + 1 },
        FunnelStages.Delivered => hour with { Delivered = hour.Delivered + 1 },
        FunnelStages.Cancelled => hour with { Cancelled = hour.Cancelled + 1 },
        _ => hour,
    };

    /// <summary>The shares of several partitions put together.</summary>
    public static FunnelHour Sum(FunnelHour a, FunnelHour b) => new()
    {
        Created = a.Created + b.Created,
        Submitted = a.Submitted + b.Submitted,
        Reserved = a.Reserved + b.Reserved,
        Paid = a.Paid + b.Paid,
        ReadyForShipment = a.ReadyForShipment + b.ReadyForShipment,
        Shipped = a.Shipped + b.Shipped,
        Delivered = a.Delivered + b.Delivered,
        Cancelled = a.Cancelled + b.Cancelled,
    };
}
