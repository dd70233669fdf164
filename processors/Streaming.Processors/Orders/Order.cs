using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Orders;

/// <summary>
/// The fold of an order's facts. The aggregate decides on it, and the read model shows it. Facts are folded as they come:
/// whether they may happen was decided where they were written.
/// </summary>
public static class Order
{
    /// <summary>The aggregate's type, in envelopes.</summary>
    public const string Type = "Order";

    /// <summary>The order after one more fact.</summary>
    public static OrderState Evolve(OrderState? order, IOrderEvent fact)
    {
        var state = Skip(order, fact.Envelope);
        return fact switch
        {
            OrderCreated e => state with
            {
                CustomerId = e.CustomerId,
                Fulfilment = e.Fulfilment,
                Status = OrderStatus.Draft,
                Currency = e.Currency,
                ShippingMinor = e.ShippingMinor,
                TotalMinor = e.ShippingMinor,
                PaymentAccountId = e.PaymentAccountId,
                SalesChannel = e.SalesChannel,
                CreatedAt = e.Envelope.OccurredAt,
            },
            OrderItemAdded e => WithItems(state,
                [.. state.Items.Where(item => item.Line != e.Line), new OrderLine
                {
                    Line = e.Line,
                    Sku = e.Sku,
                    Quantity = e.Quantity,
                    UnitPriceMinor = e.UnitPriceMinor,
                }]) with
            { LastLine = Math.Max(state.LastLine, e.Line) },
            OrderItemRemoved e => WithItems(state, [.. state.Items.Where(item => item.Line != e.Line)]),
            OrderSubmitted e => Advance(state, OrderStatus.Submitted) with
            {
                Items = e.Lines,
                LastLine = Math.Max(state.LastLine, e.Lines.Select(line => line.Line).DefaultIfEmpty().Max()),
                Currency = e.Currency,
                ItemsMinor = e.ItemsMinor,
                ShippingMinor = e.ShippingMinor,
                TotalMinor = e.TotalMinor,
                CustomerId = e.CustomerId,
                Fulfilment = e.Fulfilment,
                PaymentAccountId = e.PaymentAccountId,
            },
            OrderReserved => Advance(state, OrderStatus.Reserved),
            PaymentReceived e => Advance(state, OrderStatus.Paid) with { PaidMinor = state.PaidMinor + e.AmountMinor },
            OrderReadyForShipment => Advance(state, OrderStatus.ReadyForShipment),
            OrderShipped => Advance(state, OrderStatus.Shipped),
            OrderDelivered => Advance(state, OrderStatus.Delivered),
            OrderCancellationRequested => state with
            {
                Status = OrderStatus.CancellationRequested,
                ResumeStatus = state.Status == OrderStatus.CancellationRequested ? state.ResumeStatus : state.Status,
            },
            OrderCancellationDenied => state with
            {
                Status = state.ResumeStatus == OrderStatus.UNKNOWN ? state.Status : state.ResumeStatus,
                ResumeStatus = OrderStatus.UNKNOWN,
            },
            OrderCancelled e => state with
            {
                Status = OrderStatus.Cancelled,
                ResumeStatus = OrderStatus.UNKNOWN,
                RefundedMinor = e.RefundedMinor,
                CancelReason = e.Reason,
            },
            _ => state,
        };
    }

    /// <summary>The order after a fact of an unknown kind: only its version and time count.</summary>
    public static OrderState Skip(OrderState? order, Envelope envelope) =>
        (order ?? new OrderState { OrderId = envelope.AggregateId, CreatedAt = envelope.OccurredAt }) with
        {
            Version = envelope.EventVersion,
            UpdatedAt = envelope.OccurredAt,
        };

    /// <summary>Where the order stands, or would stand if its cancellation were denied.</summary>
    public static OrderStatus Progress(this OrderState order) =>
        order.Status == OrderStatus.CancellationRequested ? order.ResumeStatus : order.Status;

    /// <summary>
    /// While a cancellation is requested, the facts of an order of ours only say where a denial returns to;
    /// the last fact of an upstream system's order names its status.
    /// </summary>
    private static OrderState Advance(OrderState order, OrderStatus status) =>
        order is { Status: OrderStatus.CancellationRequested, Fulfilment: FulfilmentMode.INTERNAL }
            ? order with { ResumeStatus = status }
            : order with { Status = status, ResumeStatus = OrderStatus.UNKNOWN };

    private static OrderState WithItems(OrderState order, IReadOnlyList<OrderLine> items)
    {
        var itemsMinor = items.Sum(item => unchecked(item.Quantity * item.UnitPriceMinor));
        return order with { Items = items, ItemsMinor = itemsMinor, TotalMinor = itemsMinor + order.ShippingMinor };
    }
}
