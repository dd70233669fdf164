using Streaming.Schemas.Orders;

namespace Streaming.Processors.OrderViews;

/// <summary>What is shown of an order.</summary>
public static class OrderProjection
{
    /// <summary>The order as it is shown.</summary>
    public static OrderView View(OrderState order) => new()
    {
        OrderId = order.OrderId,
        CustomerId = order.CustomerId,
        Status = order.Status,
        Version = order.Version,
        Items = order.Items,
        Currency = order.Currency,
        ItemsMinor = order.ItemsMinor,
        ShippingMinor = order.ShippingMinor,
        TotalMinor = order.TotalMinor,
        PaidMinor = order.PaidMinor,
        RefundedMinor = order.RefundedMinor,
        CancelReason = order.CancelReason,
        Fulfilment = order.Fulfilment,
        SalesChannel = order.SalesChannel,
        CreatedAt = order.CreatedAt,
        UpdatedAt = order.UpdatedAt,
    };

    /// <summary>The order in its customer's list.</summary>
    public static CustomerOrder Entry(OrderState order) => new()
    {
        CustomerId = order.CustomerId,
        OrderId = order.OrderId,
        Status = order.Status,
        Version = order.Version,
        Currency = order.Currency,
        TotalMinor = order.TotalMinor,
        CreatedAt = order.CreatedAt,
    };

    /// <summary>
    /// True if a customer's list shows this change: items come and go only in a draft, and the list takes their sum
    /// from the submission.
    /// </summary>
    public static bool ChangesList(OrderState order) =>
        order.CustomerId.Length > 0 && (order.Version == 1 || order.Status != OrderStatus.Draft);
}
