using Streaming.Processors.Sales;
using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;
using Streaming.Topology.Stores;

namespace Streaming.Topology.Tests;

public sealed class PipelineTests
{
    [Fact]
    public void A_submitted_order_is_reserved()
    {
        using var pipeline = new Pipeline();
        pipeline.Send(Topics.InventoryCommands, Make.Receive("A", 10), Make.Receive("B", 5));
        var seen = pipeline.Send(Topics.OrdersCommands, Make.Order("o1", ("A", 3), ("B", 5)));

        Assert.Equal(OrderStatus.Reserved, Order(pipeline, "o1").Status);
        Assert.Equal(FulfilmentStatus.Paying, pipeline[Applications.Fulfilment].Store(Descriptors.Fulfilments).Get("o1").Status);
        Assert.Equal((10, 3), Stock(pipeline, "A"));
        Assert.Equal("o1", seen.OfType<ProductOutOfStock>().Single().OrderId);
        Assert.All(seen.Where(message => message is not IOutcome), message => Assert.Equal("create", message.Envelope.CorrelationId));
    }

    [Fact]
    public void An_order_without_stock_is_cancelled_and_holds_nothing()
    {
        using var pipeline = new Pipeline();
        pipeline.Send(Topics.InventoryCommands, Make.Receive("A", 10));
        pipeline.Send(Topics.OrdersCommands, Make.Order("o1", ("A", 3), ("unknown", 1)));

        Assert.Equal((OrderStatus.Cancelled, CancelReason.INVENTORY_ISSUE), (Order(pipeline, "o1").Status, Order(pipeline, "o1").CancelReason));
        Assert.Equal((10, 0), Stock(pipeline, "A"));
    }

    [Fact]
    public void A_customers_cancellation_gives_the_stock_back()
    {
        using var pipeline = new Pipeline();
        pipeline.Send(Topics.InventoryCommands, Make.Receive("A", 10));
        pipeline.Send(Topics.OrdersCommands, Make.Order("o1", ("A", 3)));
        var seen = pipeline.Send(Topics.OrdersCommands, Make.Cancel("o1"));

        Assert.Equal((OrderStatus.Cancelled, CancelReason.CUSTOMER), (Order(pipeline, "o1").Status, Order(pipeline, "o1").CancelReason));
        Assert.Equal((10, 0), Stock(pipeline, "A"));
        Assert.Single(seen.OfType<OrderCancelled>());
    }

    [Fact]
    public void A_cancellation_in_the_middle_of_the_reservation_gives_the_stock_back()
    {
        using var pipeline = new Pipeline();
        pipeline.Send(Topics.InventoryCommands, Make.Receive("A", 10));
        pipeline.Send(Topics.OrdersCommands, Make.Order("o1", ("A", 3)), Make.Cancel("o1"));

        Assert.Equal((OrderStatus.Cancelled, CancelReason.CUSTOMER), (Order(pipeline, "o1").Status, Order(pipeline, "o1").CancelReason));
        Assert.Equal((10, 0), Stock(pipeline, "A"));
    }

    [Fact]
    public void Facts_of_others_orders_reach_sales_analytics_and_view_with_their_own_dates()
    {
        using var pipeline = new Pipeline();
        pipeline.Send(Topics.OrdersEvents, Make.External("e1", "c9", new DateTimeOffset(2018, 1, 31, 18, 30, 0, TimeSpan.Zero)));
        pipeline.Send(Topics.OrdersEvents, Make.External("e2", "c9", new DateTimeOffset(2018, 1, 31, 10, 0, 0, TimeSpan.Zero), cancelled: true));

        var days = pipeline[Applications.Sales].Entries(Descriptors.SalesByDay);
        Assert.Equal(["2018-01-31/BRL"], days.Keys);
        var day = days["2018-01-31/BRL"];
        Assert.Equal((2, 6, 3600, 1800, 1800), (day.Orders, day.Units, day.GrossMinor, day.RefundedMinor, day.NetMinor));
        Assert.Equal(1200, pipeline[Applications.Sales].Store(Descriptors.ProductSalesByDay).Get("Y/2018-01-31/BRL").GrossMinor);
        var ranks = pipeline[Applications.Sales].Store(Descriptors.TopProducts);
        Assert.Equal((4L, 1200L), (ranks.Get("total/BRL/Y").Units, ranks.Get("total/BRL/Y").SalesMinor));
        Assert.Equal("X", ranks.Get(SalesTotalsHandler.RankKey("BRL", 2000, "X")).Sku);
        Assert.Equal(
            ["2018-01-31T15:00/BRL", "2018-01-31T16:00/BRL", "2018-01-31T23:30/BRL"],
            pipeline[Applications.Sales].Entries(Descriptors.SalesByMinute).Keys.Order());

        Assert.Equal(OrderStatus.Delivered, Order(pipeline, "e1").Status);
        Assert.Equal((1800, 1800), (Order(pipeline, "e2").PaidMinor, Order(pipeline, "e2").RefundedMinor));
        Assert.Equal(6, pipeline[Applications.OrderView].Entries(Descriptors.OrderHistory).Keys.Count(key => key.StartsWith("e1/", StringComparison.Ordinal)));
        Assert.Equal(["c9/e1", "c9/e2"], pipeline[Applications.OrderView].Entries(Descriptors.OrdersByCustomer).Keys.Order());
        Assert.Equal(OrderStatus.Cancelled, pipeline[Applications.OrderView].Store(Descriptors.OrdersByCustomer).Get("c9/e2").Status);
        Assert.Equal(OrderStatus.Cancelled, pipeline[Applications.OrderView].View!.ReadKeyValueList().Last().Message.Value.Status);

        var stats = pipeline[Applications.Analytics].Store(Descriptors.CustomerStats).Get("c9");
        Assert.Equal((2, 2, 1), (stats.Orders, stats.PaidOrders, stats.CancelledOrders));
        var money = Assert.Single(stats.Totals);
        Assert.Equal(("BRL", 3600, 1800), (money.Currency, money.PaidMinor, money.RefundedMinor));
        Assert.Equal(1, pipeline[Applications.Analytics].Store(Descriptors.OrderFunnelByHour).Get("2018-01-31T19").Created);

        // The aggregates know nothing of them.
        Assert.Empty(pipeline[Applications.Orders].Entries(Descriptors.Orders));
        Assert.Empty(pipeline[Applications.Fulfilment].Entries(Descriptors.Fulfilments));
    }

    [Fact]
    public void A_command_for_an_order_of_others_is_refused()
    {
        using var pipeline = new Pipeline();
        pipeline.Send(Topics.OrdersEvents, Make.External("e1", "c9", Make.Start));
        var rejected = pipeline.Send(Topics.OrdersCommands, Make.Cancel("e1")).OfType<CommandRejected>().Single();
        Assert.Equal("UNKNOWN_ORDER", rejected.Code);
    }

    [Fact]
    public void Every_record_doubled_no_answer_changes()
    {
        using var once = new Pipeline();
        using var twice = new Pipeline(doubled: true);
        foreach (var pipeline in new[] { once, twice })
        {
            pipeline.Send(Topics.InventoryCommands, Make.Receive("A", 10), Make.Receive("B", 2));
            pipeline.Send(Topics.OrdersCommands, Make.Order("o1", ("A", 3)), Make.Order("o2", ("A", 2), ("B", 2)), Make.Order("o3", ("B", 1)));
            pipeline.Send(Topics.OrdersCommands, Make.Cancel("o1"));
            pipeline.Send(Topics.OrdersEvents, Make.External("e1", "c9", Make.Start));
            pipeline.Send(Topics.OrdersEvents, Make.External("e2", "c9", Make.Start, cancelled: true));
        }

        foreach (var application in Applications.All)
            foreach (var store in application.Stores)
                Assert.Equal(
                    store.Accept(new StoreText(once[application])), store.Accept(new StoreText(twice[application])));
    }

    [Fact]
    public void Command_ids_are_forgotten_as_the_records_own_time_goes_by()
    {
        using var orders = new App(Applications.Orders, App.MockSerdes());
        for (var day = 0; day < 20; day++)
            orders.Pipe(Topics.OrdersCommands, Make.Order($"o{day}", ("A", 1)), Make.Start.AddDays(day));

        var known = orders.Entries(Descriptors.OrderCommands).Values.Select(outcome => outcome.RecordedAt).ToList();
        Assert.InRange(known.Count, 8, 11);
        Assert.True(known.Min() >= Make.Start.AddDays(19 - 10));
    }

    private static OrderState Order(Pipeline pipeline, string id)
    {
        var view = pipeline[Applications.OrderView].Store(Descriptors.OrderView).Get(id);
        if (pipeline[Applications.Orders].Store(Descriptors.Orders).Get(id) is { } aggregate)
            Assert.Equal(aggregate, view);
        return view;
    }

    private static (long OnHand, long Reserved) Stock(Pipeline pipeline, string sku)
    {
        var item = pipeline[Applications.Inventory].Store(Descriptors.Stock).Get(sku);
        return (item.OnHand, item.Reserved);
    }
}
