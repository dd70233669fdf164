using System.Globalization;
using Streaming.Processors.Inventory;
using Streaming.Processors.Orders;
using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Fulfilment;

/// <summary>
/// The commands that a saga sends. Their ids follow from order, step and line, so that whatever is sent again is the same command.
/// </summary>
internal sealed class FulfilmentCommands(FulfilmentState saga, Envelope cause)
{
    private static readonly string Producer = Processors.Producer.Of("fulfilment");

    /// <summary>The id of the reservation of a line.</summary>
    public static string ReservationId(string orderId, int line) =>
        CompositeKey.Join(orderId, line.ToString(CultureInfo.InvariantCulture));

    public ReserveStock Reserve(FulfilmentLine line) => new()
    {
        Envelope = ToStock("reserve", line),
        ReservationId = ReservationId(saga.OrderId, line.Line),
        OrderId = saga.OrderId,
        Line = line.Line,
        Quantity = line.Quantity,
    };

    public ReleaseStock Release(FulfilmentLine line) => new()
    {
        Envelope = ToStock("release", line),
        ReservationId = ReservationId(saga.OrderId, line.Line),
        OrderId = saga.OrderId,
        Line = line.Line,
    };

    public RecordReservation RecordReservation() => new() { Envelope = ToOrder("record-reservation") };

    public ConfirmCancellation ConfirmCancellation() => new()
    {
        Envelope = ToOrder("confirm-cancellation"),
        Reason = saga.Reason ?? CancelReason.UNKNOWN,
        RefundedMinor = saga.RefundedMinor,
    };

    private Envelope ToStock(string step, FulfilmentLine line) => To(line.Sku, Stock.Type,
        DeterministicId.From("fulfilment", saga.OrderId, step, line.Line.ToString(CultureInfo.InvariantCulture)));

    private Envelope ToOrder(string step) => To(saga.OrderId, Order.Type,
        DeterministicId.From("fulfilment", saga.OrderId, step));

    private Envelope To(string aggregateId, string aggregateType, Guid commandId) => new()
    {
        EventId = commandId,
        AggregateId = aggregateId,
        AggregateType = aggregateType,
        OccurredAt = cause.OccurredAt,
        CorrelationId = cause.CorrelationId,
        CausationId = cause.EventId,
        Producer = Producer,
    };
}
