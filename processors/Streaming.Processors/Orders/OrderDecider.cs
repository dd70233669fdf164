using Streaming.Processors.Commands;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using static Streaming.Schemas.Orders.OrderStatus;

namespace Streaming.Processors.Orders;

/// <summary>What an order answers to a command. Pure: the command and the order's state decide.</summary>
public static class OrderDecider
{
    /// <summary>Who writes the facts of the orders that the pipeline owns.</summary>
    public static readonly string Producer = Processors.Producer.Of("orders");

    /// <summary>The facts of the command, or why it is refused.</summary>
    public static Decision Decide(OrderState? order, IOrderCommand command)
    {
        var expected = command.Envelope.Version;
        if (command is CreateOrder create)
            return order is not null
                ? Decision.Refuse(RefusalCodes.OrderExists, $"Order {order.OrderId} exists already.")
                : expected is { } number and not 0 ? Decision.RefuseVersion(number, 0) : Create(create);
        if (order is null)
            return Decision.Refuse(RefusalCodes.UnknownOrder, $"There is no order {command.Envelope.AggregateId}.");
        if (expected is { } version && version != order.Version)
            return Decision.RefuseVersion(version, order.Version);

        var facts = new Facts(command.Envelope, Order.Type, Producer, order.Version);
        return command switch
        {
            AddOrderItem c => AddItem(order, c, facts),
            RemoveOrderItem c => RemoveItem(order, c, facts),
            SubmitOrder c => Submit(order, c, facts),
            CancelOrder c => Cancel(order, c, facts),
            RecordReservation c => When(order, c, order.Progress() == Submitted,
                () => new OrderReserved { Envelope = facts.Next() }),
            RecordPayment c => When(order, c, order.Progress() == Reserved,
                () => new PaymentReceived
                {
                    Envelope = facts.Next(),
                    PaymentId = c.PaymentId,
                    AmountMinor = c.AmountMinor,
                    Currency = c.Currency,
                }),
            MarkReadyForShipment c => When(order, c, order.Progress() == Paid,
                () => new OrderReadyForShipment { Envelope = facts.Next(), ShipmentId = c.ShipmentId }),
            MarkShipped c => When(order, c, order.Progress() == ReadyForShipment,
                () => new OrderShipped
                {
                    Envelope = facts.Next(),
                    ShipmentId = c.ShipmentId,
                    Carrier = c.Carrier,
                    TrackingNumber = c.TrackingNumber,
                }),
            MarkDelivered c => When(order, c, order.Progress() == Shipped,
                () => new OrderDelivered { Envelope = facts.Next() }),
            ConfirmCancellation c => When(order, c,
                order.Status is Submitted or Reserved or Paid or ReadyForShipment or CancellationRequested,
                () => Cancelled(order, facts, c.Reason, c.RefundedMinor)),
            DenyCancellation c => When(order, c, order.Status == CancellationRequested,
                () => new OrderCancellationDenied { Envelope = facts.Next(), Reason = c.Reason }),
            _ => Decision.Refuse(RefusalCodes.UnknownCommand, $"Order does not know {command.GetType().Name}."),
        };
    }

    private static Decision Create(CreateOrder command)
    {
        if (command.CustomerId.Length == 0)
            return Invalid("customerId must not be empty.");
        if (command.ShippingMinor < 0)
            return Invalid("shippingMinor must not be negative.");
        if (command.Currency.Length != 3)
            return Invalid("currency must be an ISO 4217 code.");
        if (command.Submit && command.Items.Count == 0)
            return Decision.Refuse(RefusalCodes.NoItems, "An order without items cannot be submitted.");
        foreach (var item in command.Items)
            if (Fault(item.Sku, item.Quantity, item.UnitPriceMinor) is { } fault)
                return Invalid(fault);
        if (Overflows(command.ShippingMinor, command.Items.Select(item => (item.Quantity, item.UnitPriceMinor))))
            return Invalid("The order's total is too large.");

        var facts = new Facts(command.Envelope, Order.Type, Producer, 0);
        var events = new List<IOrderEvent>(command.Items.Count + 2)
        {
            new OrderCreated
            {
                Envelope = facts.Next(),
                CustomerId = command.CustomerId,
                Fulfilment = FulfilmentMode.INTERNAL,
                PaymentAccountId = command.PaymentAccountId,
                ShippingAddress = command.ShippingAddress,
                Currency = command.Currency,
                SalesChannel = command.SalesChannel,
                ShippingMinor = command.ShippingMinor,
            },
        };
        for (var i = 0; i < command.Items.Count; i++)
            events.Add(new OrderItemAdded
            {
                Envelope = facts.Next(),
                Line = i + 1,
                Sku = command.Items[i].Sku,
                Quantity = command.Items[i].Quantity,
                UnitPriceMinor = command.Items[i].UnitPriceMinor,
            });
        if (command.Submit)
            events.Add(Submission(events.Aggregate((OrderState?)null, Order.Evolve)!, facts));
        return Decision.Accept(events);
    }

    private static Decision AddItem(OrderState order, AddOrderItem command, Facts facts)
    {
        if (order.Status != Draft)
            return Illegal(order, command);
        if (Fault(command.Sku, command.Quantity, command.UnitPriceMinor) is { } fault)
            return Invalid(fault);
        var lines = order.Items.Select(item => (item.Quantity, item.UnitPriceMinor));
        if (order.LastLine == int.MaxValue
            || Overflows(order.ShippingMinor, lines.Append((command.Quantity, command.UnitPriceMinor))))
            return Invalid("The order's total is too large.");
        return Decision.Accept(new OrderItemAdded
        {
            Envelope = facts.Next(),
            Line = order.LastLine + 1,
            Sku = command.Sku,
            Quantity = command.Quantity,
            UnitPriceMinor = command.UnitPriceMinor,
        });
    }

    private static Decision RemoveItem(OrderState order, RemoveOrderItem command, Facts facts)
    {
        if (order.Status != Draft)
            return Illegal(order, command);
        if (order.Items.All(item => item.Line != command.Line))
            return Decision.Refuse(RefusalCodes.UnknownLine, $"Order {order.OrderId} has no line {command.Line}.");
        return Decision.Accept(new OrderItemRemoved { Envelope = facts.Next(), Line = command.Line });
    }

    private static Decision Submit(OrderState order, SubmitOrder command, Facts facts)
    {
        if (order.Status != Draft)
            return Illegal(order, command);
        if (order.Items.Count == 0)
            return Decision.Refuse(RefusalCodes.NoItems, "An order without items cannot be submitted.");
        return Decision.Accept(Submission(order, facts));
    }

    private static Decision Cancel(OrderState order, CancelOrder command, Facts facts) => order.Status switch
    {
        Draft => Decision.Accept(Cancelled(order, facts, CancelReason.CUSTOMER, 0)),
        Submitted or Reserved or Paid or ReadyForShipment => Decision.Accept(new OrderCancellationRequested
        {
            Envelope = facts.Next(),
            Reason = command.Reason,
            By = command.By,
        }),
        _ => Illegal(order, command),
    };

    private static OrderSubmitted Submission(OrderState order, Facts facts) => new()
    {
        Envelope = facts.Next(),
        Lines = order.Items,
        Currency = order.Currency,
        ItemsMinor = order.ItemsMinor,
        ShippingMinor = order.ShippingMinor,
        TotalMinor = order.TotalMinor,
        CustomerId = order.CustomerId,
        Fulfilment = order.Fulfilment,
        PaymentAccountId = order.PaymentAccountId,
    };

    private static OrderCancelled Cancelled(OrderState order, Facts facts, CancelReason reason, long refundedMinor) => new()
    {
        Envelope = facts.Next(),
        Reason = reason,
        RefundedMinor = refundedMinor,
        Currency = order.Currency,
    };

    private static Decision When(OrderState order, IOrderCommand command, bool legal, Func<IOrderEvent> fact) =>
        legal ? Decision.Accept(fact()) : Illegal(order, command);

    private static Decision Illegal(OrderState order, IOrderCommand command) => Decision.Refuse(
        RefusalCodes.IllegalTransition,
        $"{command.GetType().Name} is not possible: order {order.OrderId} is {order.Status}.");

    private static Decision Invalid(string message) => Decision.Refuse(RefusalCodes.InvalidCommand, message);

    private static string? Fault(string sku, int quantity, long unitPriceMinor) =>
        sku.Length == 0 ? "sku must not be empty."
        : quantity <= 0 ? "quantity must be above 0."
        : unitPriceMinor < 0 ? "unitPriceMinor must not be negative."
        : null;

    private static bool Overflows(long shippingMinor, IEnumerable<(int Quantity, long UnitPriceMinor)> lines) =>
        lines.Aggregate((Int128)shippingMinor, (sum, line) => sum + (Int128)line.Quantity * line.UnitPriceMinor) > long.MaxValue;
}
