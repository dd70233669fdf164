using Streaming.Host.Generate;

namespace Streaming.Host.Tests.Generate;

public sealed class OrderPlanTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_same_seed_and_start_make_the_same_orders()
    {
        var (first, _) = OrderPlan.Make(42, 200, 0.5, _start, DateTimeOffset.MaxValue);
        var (second, _) = OrderPlan.Make(42, 200, 0.5, _start, DateTimeOffset.MinValue);

        Assert.Equal(first.Select(Text), second.Select(Text));
        Assert.NotEqual(first.Select(Text), OrderPlan.Make(43, 200, 0.5, _start, _start).Orders.Select(Text));
    }

    [Fact]
    public void Without_a_start_everything_lies_in_the_past()
    {
        var now = new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

        var (orders, _) = OrderPlan.Make(7, 300, 0.5, start: null, now);

        Assert.All(orders, o => Assert.True(o.Created <= now && (o.Delivered ?? now) <= now));
        Assert.Contains(orders, o => (o.Delivered ?? o.Shipped ?? o.Cancelled ?? o.Paid ?? o.Created) > now - TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(2000)]
    [InlineData(10000)]
    public void About_one_internal_order_in_twenty_finds_no_stock(int count)
    {
        var (orders, stock) = OrderPlan.Make(42, count, 0.5, _start, _start);
        var left = stock.ToDictionary();
        var internals = orders.Where(o => !o.External).ToList();

        var failed = internals.Count(o =>
        {
            if (o.Items.GroupBy(i => i.Sku).Any(g => left[g.Key] < g.Sum(i => i.Quantity)))
            {
                return true;
            }

            o.Items.ToList().ForEach(i => left[i.Sku] -= i.Quantity);
            return false;
        });

        Assert.InRange((double)failed / internals.Count, 0.03, 0.07);
    }

    [Fact]
    public void The_share_of_external_orders_is_as_asked()
    {
        Assert.All(OrderPlan.Make(1, 50, 1, _start, _start).Orders, o => Assert.True(o.External));
        Assert.All(OrderPlan.Make(1, 50, 0, _start, _start).Orders, o => Assert.False(o.External));
    }

    private static string Text(GeneratedOrder order) => $"{order with { Items = [] }} {string.Join(";", order.Items)}";
}
