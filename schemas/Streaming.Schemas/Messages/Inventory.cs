namespace Streaming.Schemas.Inventory;

/// <summary>A command of <c>inventory.commands</c>.</summary>
public interface IInventoryCommand : ICommand;

/// <summary>A command about the reservation of a line of an order.</summary>
public interface IReservationCommand : IInventoryCommand
{
    /// <summary>Names the reservation: order and line.</summary>
    string ReservationId { get; }

    /// <summary>For which order.</summary>
    string OrderId { get; }

    /// <summary>For which of its lines.</summary>
    int Line { get; }
}

/// <summary>A fact of <c>inventory.events</c>; carries the stock after it.</summary>
public interface IInventoryEvent : IEvent
{
    /// <summary>The product.</summary>
    string Sku { get; }

    /// <summary>Pieces in the house.</summary>
    long OnHand { get; }

    /// <summary>Of these set aside.</summary>
    long Reserved { get; }

    /// <summary>The difference.</summary>
    long Available { get; }
}

/// <summary>A fact about a reservation; the answer to an <see cref="IReservationCommand"/>.</summary>
public interface IReservationEvent : IInventoryEvent
{
    /// <summary>Names the reservation: order and line.</summary>
    string ReservationId { get; }

    /// <summary>For which order.</summary>
    string OrderId { get; }

    /// <summary>For which of its lines.</summary>
    int Line { get; }
}

public sealed partial record ReceiveStock : IInventoryCommand;
public sealed partial record AdjustStock : IInventoryCommand;
public sealed partial record ReserveStock : IReservationCommand;
public sealed partial record ReleaseStock : IReservationCommand;
public sealed partial record CommitStock : IReservationCommand;

public sealed partial record StockReceived : IInventoryEvent;
public sealed partial record StockAdjusted : IInventoryEvent;
public sealed partial record StockReserved : IReservationEvent;
public sealed partial record StockReservationRejected : IReservationEvent;
public sealed partial record StockReleased : IReservationEvent;
public sealed partial record StockCommitted : IReservationEvent;
public sealed partial record ProductOutOfStock : IInventoryEvent;

public sealed partial record StockItem
{
    /// <summary>Pieces that can still be set aside.</summary>
    public long Available => OnHand - Reserved;
}
