using Streaming.Schemas.Orders;
using Streaming.Schemas.Sales;

namespace Streaming.Processors.Sales;

/// <summary>What is counted.</summary>
public readonly record struct SalesFigures(long Orders = 0, long Units = 0, long GrossMinor = 0, long RefundedMinor = 0);

/// <summary>What a fact adds to a cell.</summary>
public readonly record struct SalesChange(SalesCell Cell, SalesFigures Figures);

/// <summary>What a fact of an order does to the sales. Pure; counts by when it happened.</summary>
public static class SalesLedger
{
    /// <summary>The order after the fact, and the cells that the fact changes.</summary>
    public static SalesOrder Count(SalesOrder order, IOrderEvent fact, List<SalesChange> changes)
    {
        order = order with { Version = fact.Envelope.EventVersion };
        switch (fact)
        {
            case OrderItemAdded e when !order.Paid:
                return order with
                {
                    Lines = [.. order.Lines.Where(line => line.Line != e.Line), Line(e.Line, e.Sku, e.Quantity, e.UnitPriceMinor)],
                };
            case OrderItemRemoved e when !order.Paid:
                return order with { Lines = [.. order.Lines.Where(line => line.Line != e.Line)] };
            case OrderSubmitted e when !order.Paid:
                return order with
                {
                    Lines = [.. e.Lines.Select(line => Line(line.Line, line.Sku, line.Quantity, line.UnitPriceMinor))],
                };
            case PaymentReceived e:
                return Paid(order, e, changes);
            case OrderCancelled e:
                return Cancelled(order, e, changes);
            default:
                return order;
        }
    }

    /// <summary>The first payment counts the order, its pieces and its products; every one counts its amount.</summary>
    private static SalesOrder Paid(SalesOrder order, PaymentReceived payment, List<SalesChange> changes)
    {
        var time = payment.Envelope.OccurredAt;
        var units = order.Lines.Sum(line => (long)line.Quantity);
        Add(changes, time, payment.Currency, order.Paid
            ? new SalesFigures(GrossMinor: payment.AmountMinor)
            : new SalesFigures(1, units, payment.AmountMinor));
        if (!order.Paid)
            foreach (var product in order.Lines.GroupBy(line => line.Sku, StringComparer.Ordinal))
                changes.Add(new SalesChange(
                    new SalesCell(SalesCellKind.Product, SalesCell.DayOf(time), payment.Currency, product.Key),
                    new SalesFigures(
                        1,
                        product.Sum(line => (long)line.Quantity),
                        product.Sum(line => unchecked(line.Quantity * line.UnitPriceMinor)))));
        return order with { Paid = true, Lines = [], ReceivedMinor = order.ReceivedMinor + payment.AmountMinor };
    }

    /// <summary>A cancellation gives back at most what was received; counts are never taken back.</summary>
    private static SalesOrder Cancelled(SalesOrder order, OrderCancelled cancellation, List<SalesChange> changes)
    {
        var refunded = Math.Min(cancellation.RefundedMinor, order.ReceivedMinor - order.RefundedMinor);
        if (refunded <= 0)
            return order;
        Add(changes, cancellation.Envelope.OccurredAt, cancellation.Currency, new SalesFigures(RefundedMinor: refunded));
        return order with { RefundedMinor = order.RefundedMinor + refunded };
    }

    private static void Add(List<SalesChange> changes, DateTimeOffset time, string currency, SalesFigures figures)
    {
        changes.Add(new SalesChange(new SalesCell(SalesCellKind.Day, SalesCell.DayOf(time), currency), figures));
        changes.Add(new SalesChange(new SalesCell(SalesCellKind.Minute, SalesCell.MinuteOf(time), currency), figures));
    }

    private static SalesLine Line(int line, string sku, int quantity, long unitPriceMinor) =>
        new() { Line = line, Sku = sku, Quantity = quantity, UnitPriceMinor = unitPriceMinor };
}
