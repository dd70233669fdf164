namespace Streaming.Host.Generate;

/// <summary>
/// Everything that a run of the generator will send, decided from the seed before the first record: orders at random
/// gaps, half of the customers returning, and enough stock for all but about one internal order in twenty.
/// </summary>
internal sealed class OrderPlan
{
    /// <summary>Mean time between two orders.</summary>
    private static readonly TimeSpan _meanGap = TimeSpan.FromMinutes(5);

    private const double ShareThatFails = 0.05;

    private static readonly string[] _channels = ["web", "web", "web", "app", "app", "store", "marketplace"];

    private readonly SeededRandom _random;
    private readonly int _orders;
    private readonly double _external;

    private OrderPlan(long seed, int orders, double external)
    {
        _random = new SeededRandom(seed);
        _orders = orders;
        _external = external;
    }

    /// <param name="seed">Decides ids, customers, items and gaps.</param>
    /// <param name="orders">How many orders.</param>
    /// <param name="external">Share of orders whose whole life is written as events, 0 to 1.</param>
    /// <param name="start">Time of the first order; null: as late as lets every event lie before <paramref name="now"/>.</param>
    public static (IReadOnlyList<GeneratedOrder> Orders, IReadOnlyDictionary<string, int> Stock) Make(
        long seed, int orders, double external, DateTimeOffset? start, DateTimeOffset now)
    {
        var plan = new OrderPlan(seed, orders, external);
        var made = plan.Orders(start ?? DateTimeOffset.UnixEpoch);
        if (start is null && made.Count > 0)
        {
            var shift = now - made.Max(Last);
            made = [.. made.Select(o => Shift(o, shift))];
        }

        return (made, Stock(made));
    }

    private List<GeneratedOrder> Orders(DateTimeOffset start)
    {
        var orders = new List<GeneratedOrder>(_orders);
        var time = start;
        var scarce = ScarceShare((int)(_orders * (1 - _external)));
        for (var i = 0; i < _orders; i++)
        {
            orders.Add(_random.Chance(_external) ? External(i, time) : Internal(i, time, scarce));
            time = Whole(time + _random.Gap(_meanGap));
        }

        return orders;
    }

    private GeneratedOrder Internal(int ordinal, DateTimeOffset time, double scarceShare)
    {
        var items = Items();
        if (_random.Chance(scarceShare))
        {
            var limited = _random.Pick(Product.Limited);
            items.Add(new GeneratedItem(limited.Sku, 1, limited.PriceMinor));
        }

        return Order(ordinal, external: false, items, time);
    }

    private GeneratedOrder External(int ordinal, DateTimeOffset time)
    {
        var order = Order(ordinal, external: true, Items(), time);
        var paid = Later(time, TimeSpan.FromMinutes(20));
        var shipped = Later(paid, TimeSpan.FromHours(20));
        var delivered = Later(shipped, TimeSpan.FromDays(2));
        return _random.NextDouble() switch
        {
            < 0.04 => order with { Cancelled = Later(time, TimeSpan.FromHours(1)) },
            < 0.08 => order with { Paid = paid, Cancelled = Later(paid, TimeSpan.FromHours(5)) },
            < 0.20 => order with { Paid = paid },
            < 0.35 => order with { Paid = paid, Shipped = shipped },
            _ => order with { Paid = paid, Shipped = shipped, Delivered = delivered },
        };
    }

    private GeneratedOrder Order(int ordinal, bool external, IReadOnlyList<GeneratedItem> items, DateTimeOffset time) => new(
        ordinal, external, Customer(), "USD", _random.Pick(_channels), _random.Pick<long>([0, 0, 499, 499, 999]), items,
        time, Paid: null, Shipped: null, Delivered: null, Cancelled: null);

    private List<GeneratedItem> Items()
    {
        var items = new List<GeneratedItem>();
        for (var lines = 1 + (_random.Chance(0.35) ? _random.Between(1, 3) : 0); lines > 0; lines--)
        {
            var product = _random.Pick(Product.Replenished);
            items.Add(new GeneratedItem(product.Sku, _random.Chance(0.7) ? 1 : _random.Between(2, 4), product.PriceMinor));
        }

        return items;
    }

    /// <summary>A few regulars order again and again, most customers once or twice.</summary>
    private string Customer()
    {
        var draw = _random.NextDouble();
        return $"customer-{(int)(draw * draw * Math.Max(10, _orders * 0.7)) + 1:D5}";
    }

    private DateTimeOffset Later(DateTimeOffset time, TimeSpan mean) => Whole(time + TimeSpan.FromSeconds(1) + _random.Gap(mean));

    /// <summary>
    /// How many of the internal orders must ask for a product that is never received again, so that what it has from
    /// the start sells out and about <see cref="ShareThatFails"/> of them fail.
    /// </summary>
    private static double ScarceShare(int internalOrders) => internalOrders == 0
        ? 0
        : Math.Min(1, ShareThatFails + ((double)Product.Limited.Sum(p => p.Stock) / internalOrders));

    /// <summary>What to receive of each product: its first stock, and for what does not run out all that is ordered.</summary>
    private static Dictionary<string, int> Stock(IReadOnlyList<GeneratedOrder> orders)
    {
        var demand = orders.Where(o => !o.External).SelectMany(o => o.Items)
            .GroupBy(i => i.Sku).ToDictionary(g => g.Key, g => g.Sum(i => i.Quantity));
        return Product.Range.ToDictionary(
            p => p.Sku, p => p.Scarce ? p.Stock : p.Stock + demand.GetValueOrDefault(p.Sku));
    }

    private static DateTimeOffset Last(GeneratedOrder o) =>
        new DateTimeOffset?[] { o.Created, o.Paid, o.Shipped, o.Delivered, o.Cancelled }.Max()!.Value;

    private static GeneratedOrder Shift(GeneratedOrder order, TimeSpan by) => order with
    {
        Created = Whole(order.Created + by),
        Paid = order.Paid is { } paid ? Whole(paid + by) : null,
        Shipped = order.Shipped is { } shipped ? Whole(shipped + by) : null,
        Delivered = order.Delivered is { } delivered ? Whole(delivered + by) : null,
        Cancelled = order.Cancelled is { } cancelled ? Whole(cancelled + by) : null,
    };

    /// <summary>To the millisecond, which is all that an event's time holds.</summary>
    private static DateTimeOffset Whole(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
