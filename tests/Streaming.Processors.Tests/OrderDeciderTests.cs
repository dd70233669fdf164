using Streaming.Processors.Commands;
using Streaming.Processors.Orders;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Tests;

public sealed class OrderDeciderTests
{
    private const string Id = "o1";
    private int _commands;

    [Fact]
    public void A_new_order_with_items_is_created_filled_and_submitted_by_one_decision()
    {
        var decision = OrderDecider.Decide(null, Make.Create(Id, submit: true, ("A", 2, 1000), ("B", 1, 250)));

        Assert.Null(decision.Refusal);
        Assert.Equal(
            [typeof(OrderCreated), typeof(OrderItemAdded), typeof(OrderItemAdded), typeof(OrderSubmitted)],
            decision.Events.Select(fact => fact.GetType()));
        Assert.Equal([1L, 2, 3, 4], decision.Events.Select(fact => fact.Envelope.EventVersion));
        Assert.Equal(4, decision.Version);
        var submitted = Assert.IsType<OrderSubmitted>(decision.Events[^1]);
        Assert.Equal((2250, 500, 2750), (submitted.ItemsMinor, submitted.ShippingMinor, submitted.TotalMinor));
        Assert.Equal([1, 2], submitted.Lines.Select(line => line.Line));
        Assert.Equal(FulfilmentMode.INTERNAL, submitted.Fulfilment);
    }

    [Fact]
    public void Facts_carry_who_when_and_why_of_their_command()
    {
        var command = Make.Create(Id, submit: true, ("A", 1, 1));
        var facts = OrderDecider.Decide(null, command).Events;

        Assert.All(facts, fact =>
        {
            Assert.Equal(command.Envelope.EventId, fact.Envelope.CausationId);
            Assert.Equal(command.Envelope.CorrelationId, fact.Envelope.CorrelationId);
            Assert.Equal(command.Envelope.OccurredAt, fact.Envelope.OccurredAt);
            Assert.Equal("u1", fact.Envelope.UserId);
            Assert.Equal("Order", fact.Envelope.AggregateType);
            Assert.StartsWith("orders/", fact.Envelope.Producer, StringComparison.Ordinal);
        });
        Assert.Equal(facts.Count, facts.Select(fact => fact.Envelope.EventId).Distinct().Count());
        Assert.Equal(facts, OrderDecider.Decide(null, command).Events);
    }

    [Fact]
    public void Lines_keep_their_numbers_and_totals_follow_the_items()
    {
        var order = Given(Make.Create(Id, submit: false, ("A", 2, 1000), ("B", 1, 250)));
        Assert.Equal((OrderStatus.Draft, 2750L), (order.Status, order.TotalMinor));

        order = When(order, new RemoveOrderItem { Envelope = Next(), Line = 2 });
        order = When(order, new AddOrderItem { Envelope = Next(), Sku = "C", Quantity = 3, UnitPriceMinor = 10 });

        Assert.Equal([1, 3], order.Items.Select(item => item.Line));
        Assert.Equal((2030L, 2530L), (order.ItemsMinor, order.TotalMinor));
    }

    public static TheoryData<string, string> Refusals() => new()
    {
        { "create existing", RefusalCodes.OrderExists },
        { "unknown order", RefusalCodes.UnknownOrder },
        { "wrong version", RefusalCodes.VersionMismatch },
        { "create at version", RefusalCodes.VersionMismatch },
        { "submit empty", RefusalCodes.NoItems },
        { "create and submit empty", RefusalCodes.NoItems },
        { "unknown line", RefusalCodes.UnknownLine },
        { "zero quantity", RefusalCodes.InvalidCommand },
        { "negative price", RefusalCodes.InvalidCommand },
        { "negative shipping", RefusalCodes.InvalidCommand },
        { "overflow", RefusalCodes.InvalidCommand },
        { "overflow by adding", RefusalCodes.InvalidCommand },
        { "add after submit", RefusalCodes.IllegalTransition },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refusals_have_their_own_codes(string what, string code)
    {
        var draft = Given(Make.Create(Id, submit: false, ("A", 1, 10)));
        var empty = Given(Make.Create(Id, submit: false));
        var submitted = Given(Make.Create(Id, submit: true, ("A", 1, 10)));
        var decision = what switch
        {
            "create existing" => OrderDecider.Decide(draft, Make.Create(Id, submit: false)),
            "unknown order" => OrderDecider.Decide(null, new SubmitOrder { Envelope = Next() }),
            "wrong version" => OrderDecider.Decide(draft, new SubmitOrder { Envelope = Make.Command(Id, "x", expected: 1) }),
            "create at version" => OrderDecider.Decide(null, Make.Create(Id, false) with { Envelope = Make.Command(Id, "x", expected: 3) }),
            "submit empty" => OrderDecider.Decide(empty, new SubmitOrder { Envelope = Next() }),
            "create and submit empty" => OrderDecider.Decide(null, Make.Create(Id, submit: true)),
            "unknown line" => OrderDecider.Decide(draft, new RemoveOrderItem { Envelope = Next(), Line = 7 }),
            "zero quantity" => OrderDecider.Decide(null, Make.Create(Id, true, ("A", 0, 1))),
            "negative price" => OrderDecider.Decide(draft, new AddOrderItem { Envelope = Next(), Sku = "A", Quantity = 1, UnitPriceMinor = -1 }),
            "negative shipping" => OrderDecider.Decide(null, Make.Create(Id, false) with { ShippingMinor = -1 }),
            "overflow" => OrderDecider.Decide(null, Make.Create(Id, true, ("A", int.MaxValue, long.MaxValue), ("B", 2, long.MaxValue))),
            "overflow by adding" => OrderDecider.Decide(draft, new AddOrderItem { Envelope = Next(), Sku = "A", Quantity = 1, UnitPriceMinor = long.MaxValue }),
            "add after submit" => OrderDecider.Decide(submitted, new AddOrderItem { Envelope = Next(), Sku = "A", Quantity = 1, UnitPriceMinor = 1 }),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };

        Assert.Equal(code, decision.Refusal?.Code);
        Assert.Empty(decision.Events);
        if (code == RefusalCodes.VersionMismatch)
            Assert.NotEqual(decision.Refusal!.ExpectedVersion, decision.Refusal.ActualVersion);
    }

    [Fact]
    public void An_order_goes_its_way_step_by_step()
    {
        var order = Given(Make.Create(Id, submit: true, ("A", 1, 10)));
        OrderStatus[] way = [OrderStatus.Reserved, OrderStatus.Paid, OrderStatus.ReadyForShipment, OrderStatus.Shipped, OrderStatus.Delivered];
        foreach (var status in way)
        {
            // Every step but the next is refused.
            foreach (var other in way.Where(other => other != status))
                Assert.Equal(RefusalCodes.IllegalTransition, OrderDecider.Decide(order, Fact(other)).Refusal?.Code);
            order = When(order, Fact(status));
            Assert.Equal(status, order.Status);
        }
        Assert.Equal(10, order.PaidMinor);
    }

    [Fact]
    public void A_draft_is_cancelled_at_once()
    {
        var order = When(Given(Make.Create(Id, submit: false)), new CancelOrder { Envelope = Next() });

        Assert.Equal((OrderStatus.Cancelled, CancelReason.CUSTOMER), (order.Status, order.CancelReason));
    }

    [Theory]
    [InlineData(OrderStatus.Submitted)]
    [InlineData(OrderStatus.Reserved)]
    [InlineData(OrderStatus.Paid)]
    [InlineData(OrderStatus.ReadyForShipment)]
    public void A_requested_cancellation_is_confirmed_or_denied(OrderStatus at)
    {
        var order = When(At(at), new CancelOrder { Envelope = Next(), Reason = "changed my mind" });
        Assert.Equal(OrderStatus.CancellationRequested, order.Status);
        Assert.Equal(RefusalCodes.IllegalTransition,
            OrderDecider.Decide(order, new CancelOrder { Envelope = Next() }).Refusal?.Code);

        var denied = When(order, new DenyCancellation { Envelope = Next(), Reason = "too late" });
        Assert.Equal(at, denied.Status);

        var cancelled = When(order, new ConfirmCancellation { Envelope = Next(), Reason = CancelReason.CUSTOMER, RefundedMinor = 10 });
        Assert.Equal((OrderStatus.Cancelled, CancelReason.CUSTOMER, 10), (cancelled.Status, cancelled.CancelReason, cancelled.RefundedMinor));
    }

    [Fact]
    public void Facts_during_a_requested_cancellation_count_and_a_denial_returns_to_where_they_led()
    {
        var order = When(At(OrderStatus.Reserved), new CancelOrder { Envelope = Next() });
        foreach (var status in new[] { OrderStatus.Paid, OrderStatus.ReadyForShipment, OrderStatus.Shipped, OrderStatus.Delivered })
        {
            order = When(order, Fact(status));
            Assert.Equal(OrderStatus.CancellationRequested, order.Status);
        }
        Assert.Equal(10, order.PaidMinor);

        Assert.Equal(OrderStatus.Delivered, When(order, new DenyCancellation { Envelope = Next(), Reason = "shipped" }).Status);
    }

    [Theory]
    [InlineData(OrderStatus.Submitted, true)]
    [InlineData(OrderStatus.Reserved, true)]
    [InlineData(OrderStatus.Paid, true)]
    [InlineData(OrderStatus.ReadyForShipment, true)]
    [InlineData(OrderStatus.Shipped, false)]
    [InlineData(OrderStatus.Delivered, false)]
    public void A_cancellation_is_confirmed_only_before_shipping(OrderStatus at, bool legal)
    {
        var decision = OrderDecider.Decide(At(at), new ConfirmCancellation { Envelope = Next(), Reason = CancelReason.INVENTORY_ISSUE });

        Assert.Equal(legal ? null : RefusalCodes.IllegalTransition, decision.Refusal?.Code);
    }

    [Fact]
    public void The_last_fact_of_an_upstream_systems_order_names_its_status()
    {
        var order = Order.Evolve(null, new OrderCreated { Envelope = Make.Fact(Id, 1), CustomerId = "c", Fulfilment = FulfilmentMode.EXTERNAL });
        order = Order.Evolve(order, new OrderShipped { Envelope = Make.Fact(Id, 2) });
        Assert.Equal(OrderStatus.Shipped, order.Status);
        order = Order.Evolve(order, new OrderCancellationRequested { Envelope = Make.Fact(Id, 3) });
        order = Order.Evolve(order, new PaymentReceived { Envelope = Make.Fact(Id, 4), AmountMinor = 7 });
        Assert.Equal(OrderStatus.Paid, order.Status);
        order = Order.Evolve(order, new OrderDelivered { Envelope = Make.Fact(Id, 5) });
        order = Order.Evolve(order, new OrderCancelled { Envelope = Make.Fact(Id, 6), Reason = CancelReason.CUSTOMER, RefundedMinor = 7 });
        Assert.Equal((OrderStatus.Cancelled, 6L), (order.Status, order.Version));
    }

    private OrderState At(OrderStatus status)
    {
        var order = Given(Make.Create(Id, submit: true, ("A", 1, 10)));
        for (var step = OrderStatus.Reserved; step <= status; step++)
            order = When(order, Fact(step));
        return order;
    }

    private IOrderCommand Fact(OrderStatus status) => status switch
    {
        OrderStatus.Reserved => new RecordReservation { Envelope = Next() },
        OrderStatus.Paid => new RecordPayment { Envelope = Next(), PaymentId = "p", AmountMinor = 10, Currency = "EUR" },
        OrderStatus.ReadyForShipment => new MarkReadyForShipment { Envelope = Next(), ShipmentId = "s" },
        OrderStatus.Shipped => new MarkShipped { Envelope = Next(), ShipmentId = "s", Carrier = "DHL" },
        OrderStatus.Delivered => new MarkDelivered { Envelope = Next() },
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    private static OrderState Given(CreateOrder command) => When(null, command);

    private static OrderState When(OrderState? order, IOrderCommand command)
    {
        var decision = OrderDecider.Decide(order, command);
        Assert.Null(decision.Refusal);
        return decision.Events.Cast<IOrderEvent>().Aggregate(order, Order.Evolve)!;
    }

    private Schemas.Envelope Next() => Make.Command(Id, $"command {_commands++}");
}
