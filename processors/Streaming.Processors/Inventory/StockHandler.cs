using Streaming.Processors.Commands;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Inventory;

/// <summary>Decides and folds over the stores of stock and of reservations.</summary>
public sealed class StockHandler(
    IKeyValueStore<string, StockItem> stock, IKeyValueStore<string, Reservation> reservations, CommandLog log)
    : CommandHandler<IInventoryCommand>(Stock.Type, StockDecider.Producer, log)
{
    /// <summary>The key of a reservation in its store.</summary>
    public static string Key(string sku, string reservationId) => CompositeKey.Join(sku, reservationId);

    /// <inheritdoc/>
    protected override Decision Decide(IInventoryCommand command)
    {
        var sku = command.Envelope.AggregateId;
        var item = stock.Get(sku) ?? Stock.Unknown(sku);
        var reservation = command is IReservationCommand named ? reservations.Get(Key(sku, named.ReservationId)) : null;

        var decision = StockDecider.Decide(item, reservation, command);
        if (decision.Events.Count == 0)
            return decision;
        stock.Put(sku, decision.Events.Cast<IInventoryEvent>().Aggregate(item, Stock.Evolve));
        foreach (var fact in decision.Events.OfType<IReservationEvent>())
            reservations.Put(Key(sku, fact.ReservationId), Stock.Evolve(reservation, fact));
        return decision;
    }
}
