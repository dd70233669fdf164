using Streaming.Processors.Commands;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;

namespace Streaming.Processors.Inventory;

/// <summary>What a product's stock answers to a command. Pure: command, stock and the reservation named decide.</summary>
public static class StockDecider
{
    /// <summary>Who writes the facts of stock.</summary>
    public static readonly string Producer = Processors.Producer.Of("inventory");

    /// <summary>The facts of the command, or why it is refused.</summary>
    /// <param name="item">The stock of the product.</param>
    /// <param name="reservation">What is known of the reservation that the command names, if it names one.</param>
    /// <param name="command">The command.</param>
    public static Decision Decide(StockItem item, Reservation? reservation, IInventoryCommand command)
    {
        if (command.Envelope.Version is { } expected && expected != item.Version)
            return Decision.RefuseVersion(expected, item.Version);
        var facts = new StockFacts(item, command);
        return command switch
        {
            ReceiveStock c => Receive(item, c, facts),
            AdjustStock c => Adjust(item, c, facts),
            ReserveStock c => Reserve(item, reservation, c, facts),
            ReleaseStock c => Release(reservation, c, facts),
            CommitStock c => Commit(reservation, c, facts),
            _ => Decision.Refuse(RefusalCodes.UnknownCommand, $"StockItem does not know {command.GetType().Name}."),
        };
    }

    private static Decision Receive(StockItem item, ReceiveStock command, StockFacts facts)
    {
        if (command.Quantity <= 0)
            return Decision.Refuse(RefusalCodes.InvalidCommand, "quantity must be above 0.");
        if (item.OnHand > long.MaxValue - command.Quantity)
            return Decision.Refuse(RefusalCodes.InvalidCommand, "quantity is too large.");
        return Decision.Accept(facts.Received(command.Quantity));
    }

    private static Decision Adjust(StockItem item, AdjustStock command, StockFacts facts)
    {
        if (!item.Known)
            return Decision.Refuse(RefusalCodes.UnknownSku, $"No goods of {item.Sku} have ever come in.");
        if (command.Quantity == 0)
            return Decision.Refuse(RefusalCodes.InvalidCommand, "quantity must not be 0.");
        var onHand = (Int128)item.OnHand + command.Quantity;
        if (onHand > long.MaxValue)
            return Decision.Refuse(RefusalCodes.InvalidCommand, "quantity is too large.");
        if (onHand < item.Reserved)
            return Decision.Refuse(RefusalCodes.InsufficientStock,
                $"{item.Sku}: {item.OnHand} on hand, {item.Reserved} of them reserved; {-command.Quantity} cannot be taken away.");
        return Decision.Accept(facts.OutOfStock(facts.Adjusted(command.Quantity, command.Reason), orderId: null));
    }

    private static Decision Reserve(StockItem item, Reservation? reservation, ReserveStock command, StockFacts facts)
    {
        // An id that was answered has that answer for good, however the stock stands now.
        if (reservation is { Version: > 0, Code: null })
            return Decision.Repeat(reservation.Version);
        if (reservation is { Version: > 0, Code: { } code })
            return Decision.Refuse(code, $"Reservation {reservation.ReservationId} was refused before.");

        var refusal = reservation is not null
            ? (RefusalCodes.ReservationBlocked, $"Reservation {command.ReservationId} was given back before it was asked for.")
            : command.Quantity <= 0
                ? (RefusalCodes.InvalidCommand, "quantity must be above 0.")
                : !item.Known
                    ? (RefusalCodes.UnknownSku, $"No goods of {item.Sku} have ever come in.")
                    : item.Available < command.Quantity
                        ? (RefusalCodes.InsufficientStock, $"{item.Sku}: {item.Available} available, {command.Quantity} asked for.")
                        : ((string Code, string Message)?)null;
        return refusal is { } why
            ? Decision.Refuse(why.Code, why.Message, facts.Rejected(command, why.Code))
            : Decision.Accept(facts.OutOfStock(facts.Reserved(command), command.OrderId));
    }

    /// <summary>Giving back what was never granted is answered too, with nothing, and keeps a late grant from happening.</summary>
    private static Decision Release(Reservation? reservation, ReleaseStock command, StockFacts facts) =>
        reservation?.ReleasedVersion is { } version
            ? Decision.Repeat(version)
            : Decision.Accept(facts.Released(command, Held(reservation)));

    private static Decision Commit(Reservation? reservation, CommitStock command, StockFacts facts) =>
        reservation?.CommittedVersion is { } version
            ? Decision.Repeat(version)
            : Decision.Accept(facts.Committed(command, Held(reservation)));

    private static long Held(Reservation? reservation) =>
        reservation is { Status: ReservationStatus.GRANTED } ? reservation.Quantity : 0;
}
