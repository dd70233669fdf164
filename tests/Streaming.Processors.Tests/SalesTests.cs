using FsCheck;
using FsCheck.Fluent;
using Streaming.Processors.Events;
using Streaming.Processors.Sales;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Sales;

namespace Streaming.Processors.Tests;

public sealed class SalesTests
{
    [Fact]
    public void The_first_payment_counts_the_order_and_every_one_its_amount()
    {
        var sales = new Pipeline(1);
        sales.Take(
            new OrderCreated { Envelope = Make.Fact("o1", 1), Currency = "EUR" },
            new OrderItemAdded { Envelope = Make.Fact("o1", 2), Line = 1, Sku = "A", Quantity = 2, UnitPriceMinor = 100 },
            new OrderItemAdded { Envelope = Make.Fact("o1", 3), Line = 2, Sku = "A", Quantity = 1, UnitPriceMinor = 90 },
            new PaymentReceived { Envelope = Make.Fact("o1", 4), AmountMinor = 250, Currency = "EUR" },
            new PaymentReceived { Envelope = Make.Fact("o1", 5, Make.Start.AddDays(1)), AmountMinor = 60, Currency = "EUR" });

        var day = sales.Days["2026-01-01/EUR"];
        Assert.Equal((1, 3, 250, 0, 250), (day.Orders, day.Units, day.GrossMinor, day.RefundedMinor, day.NetMinor));
        var next = sales.Days["2026-01-02/EUR"];
        Assert.Equal((0, 0, 60), (next.Orders, next.Units, next.GrossMinor));
        var product = sales.Products["A/2026-01-01/EUR"];
        Assert.Equal((1, 3, 290), (product.Orders, product.Units, product.GrossMinor));
        Assert.Equal(250, sales.Minutes["2026-01-01T12:00/EUR"].GrossMinor);
    }

    [Fact]
    public void A_refund_is_at_most_what_was_received_and_counts_are_never_taken_back()
    {
        var sales = new Pipeline(1);
        sales.Take(
            new OrderCreated { Envelope = Make.Fact("o1", 1) },
            new PaymentReceived { Envelope = Make.Fact("o1", 2), AmountMinor = 100, Currency = "EUR" },
            new OrderCancelled { Envelope = Make.Fact("o1", 3, Make.Start.AddDays(2)), RefundedMinor = 150, Currency = "EUR" });

        Assert.Equal((1, 100, 0), (sales.Days["2026-01-01/EUR"].Orders, sales.Days["2026-01-01/EUR"].GrossMinor, sales.Days["2026-01-01/EUR"].RefundedMinor));
        Assert.Equal((0, 100), (sales.Days["2026-01-03/EUR"].Orders, sales.Days["2026-01-03/EUR"].RefundedMinor));
    }

    [Fact]
    public void A_day_without_payment_or_refund_has_no_row()
    {
        var sales = new Pipeline(1);
        sales.Take(
            new OrderCreated { Envelope = Make.Fact("o1", 1) },
            new OrderCancelled { Envelope = Make.Fact("o1", 2), RefundedMinor = 150, Currency = "EUR" },
            new OrderCreated { Envelope = Make.Fact("o2", 1) },
            new PaymentReceived { Envelope = Make.Fact("o2", 2, Make.Start.AddDays(1)), AmountMinor = 0, Currency = "EUR" });

        Assert.Equal(["2026-01-02/EUR"], sales.Days.Keys);
        Assert.Equal(1, sales.Days["2026-01-02/EUR"].Orders);
    }

    [Fact]
    public void What_was_counted_but_not_sent_on_is_sent_on_after_a_restart()
    {
        var orders = new MemoryStore<SalesOrder>();
        var partials = new MemoryStore<SalesPartial>();
        var pending = new MemoryStore<string>();
        var before = new SalesHandler(0, orders, partials, pending);
        before.Handle("o1", new OrderCreated { Envelope = Make.Fact("o1", 1) });
        before.Handle("o1", new PaymentReceived { Envelope = Make.Fact("o1", 2), AmountMinor = 5, Currency = "EUR" });

        var sent = new List<string>();
        var after = new SalesHandler(0, orders, partials, pending);
        after.Flush((_, share) => sent.Add(share.Cell));
        after.Flush((_, share) => sent.Add(share.Cell));
        Assert.Equal(["day/2026-01-01/EUR", "minute/2026-01-01T12:00/EUR"], sent);
    }

    [Fact]
    public void A_missing_fact_is_a_fault() => Assert.Throws<VersionGapException>(() => new Pipeline(1).Take(
        new OrderCreated { Envelope = Make.Fact("o1", 1) },
        new PaymentReceived { Envelope = Make.Fact("o1", 3), AmountMinor = 1, Currency = "EUR" }));

    [Fact]
    public void The_best_sold_product_comes_first()
    {
        var sales = new Pipeline(1);
        for (var i = 0; i < 30; i++)
            sales.Take(
                new OrderCreated { Envelope = Make.Fact($"o{i}", 1) },
                new OrderItemAdded { Envelope = Make.Fact($"o{i}", 2), Line = 1, Sku = $"S{i % 7}", Quantity = 1, UnitPriceMinor = i },
                new PaymentReceived { Envelope = Make.Fact($"o{i}", 3), AmountMinor = i, Currency = "EUR" });

        var expected = Enumerable.Range(0, 30).GroupBy(i => $"S{i % 7}").OrderByDescending(sku => sku.Sum())
            .Select(sku => (sku.Key, (long)sku.Sum(), (long)sku.Count()));
        Assert.Equal(expected, sales.Ranks("EUR").Select(rank => (rank.Sku, rank.SalesMinor, rank.Units)));
    }

    [Fact]
    public void Only_the_seven_days_of_minutes_behind_the_newest_are_kept()
    {
        var sales = new Pipeline(1);
        var minutes = new[] { 0, 1, 60, 10_079, 10_080, 10_081, 10_200 };
        for (var i = 0; i < minutes.Length; i++)
            sales.Take(
                new OrderCreated { Envelope = Make.Fact($"o{i}", 1) },
                new PaymentReceived { Envelope = Make.Fact($"o{i}", 2, Make.Start.AddMinutes(minutes[i])), AmountMinor = 1, Currency = "EUR" });

        Assert.Equal(
            minutes.Where(minute => minute > 10_200 - 10_080).Select(minute => SalesCell.MinuteOf(Make.Start.AddMinutes(minute))),
            sales.KeptMinutes().Select(minute => minute.Key[..16]));
        // The day's total is not bound to the minutes that are kept.
        Assert.Equal(3, sales.Days["2026-01-01/EUR"].Orders);
    }

    [Fact]
    public void Totals_equal_an_independent_count_whatever_the_partitions_duplicates_and_flushes() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
            Gen.Choose(1, 40).ToArbitrary(),
            Gen.Choose(1, 4).ToArbitrary(),
            (seed, orders, partitions) =>
            {
                var log = Log.Of(seed, orders);
                var sales = new Pipeline(partitions, new Random(seed));
                foreach (var fact in log)
                    sales.Take(fact);
                var expected = Count(log);

                Assert.Equal(expected.Days, sales.Days.ToDictionary(
                    day => day.Key, day => (day.Value.Orders, day.Value.Units, day.Value.GrossMinor, day.Value.RefundedMinor)));
                Assert.Equal(expected.Products, sales.Products.ToDictionary(
                    product => product.Key, product => (product.Value.Units, product.Value.GrossMinor)));
                Assert.Equal(
                    expected.Products.GroupBy(cell => (CompositeKey.Split(cell.Key)[0], CompositeKey.Split(cell.Key)[2]))
                        .ToDictionary(product => product.Key, product => product.Sum(cell => cell.Value.SalesMinor)),
                    new[] { "EUR", "BRL" }.SelectMany(sales.Ranks).ToDictionary(rank => (rank.Sku, rank.Currency), rank => rank.SalesMinor));

                // Everything once more: the same answers.
                var before = sales.Days.ToDictionary();
                foreach (var fact in log)
                    sales.Take(fact);
                Assert.Equal(before, sales.Days.ToDictionary());
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Minutes_are_the_same_in_whatever_order_the_orders_come() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(),
            (seed, orders) =>
            {
                var log = Log.Of(seed, orders);
                var first = new Pipeline(3, new Random(seed));
                var second = new Pipeline(2, new Random(seed + 1));
                foreach (var fact in log)
                    first.Take(fact);
                foreach (var fact in log.OrderByDescending(fact => fact.Envelope.AggregateId, StringComparer.Ordinal)
                    .ThenBy(fact => fact.Envelope.Version))
                    second.Take(fact);

                Assert.Equal(Figures(first), Figures(second));
            }).QuickCheckThrowOnFailure();

    private static Dictionary<string, (long, long)> Figures(Pipeline sales) =>
        sales.KeptMinutes().ToDictionary(minute => minute.Key, minute => (minute.Value.GrossMinor, minute.Value.RefundedMinor));

    /// <summary>The same totals, from the log as a whole.</summary>
    private static (
        Dictionary<string, (long Orders, long Units, long GrossMinor, long RefundedMinor)> Days,
        Dictionary<string, (long Units, long SalesMinor)> Products) Count(List<IOrderEvent> log)
    {
        var days = new Dictionary<string, (long Orders, long Units, long GrossMinor, long RefundedMinor)>();
        var products = new Dictionary<string, (long Units, long SalesMinor)>();
        foreach (var order in log.GroupBy(fact => fact.Envelope.AggregateId))
        {
            var facts = order.OrderBy(fact => fact.Envelope.Version).ToList();
            var payments = facts.OfType<PaymentReceived>().ToList();
            foreach (var payment in payments)
            {
                var lines = facts.TakeWhile(fact => !ReferenceEquals(fact, payment)).OfType<OrderItemAdded>()
                    .Where(item => !facts.OfType<OrderItemRemoved>().Any(removed => removed.Line == item.Line)).ToList();
                var isFirst = payment == payments[0];
                var day = $"{payment.Envelope.OccurredAt.UtcDateTime:yyyy-MM-dd}";
                var total = days.GetValueOrDefault($"{day}/{payment.Currency}");
                days[$"{day}/{payment.Currency}"] = total with
                {
                    Orders = total.Orders + (isFirst ? 1 : 0),
                    Units = total.Units + (isFirst ? lines.Sum(line => line.Quantity) : 0),
                    GrossMinor = total.GrossMinor + payment.AmountMinor,
                };
                foreach (var line in isFirst ? lines : [])
                {
                    var key = CompositeKey.Join(line.Sku, day, payment.Currency);
                    var product = products.GetValueOrDefault(key);
                    products[key] = (product.Units + line.Quantity, product.SalesMinor + line.Quantity * line.UnitPriceMinor);
                }
            }
            foreach (var cancelled in facts.OfType<OrderCancelled>())
            {
                var refunded = Math.Min(cancelled.RefundedMinor, payments.Sum(payment => payment.AmountMinor));
                if (refunded == 0)
                    continue;
                var key = $"{cancelled.Envelope.OccurredAt.UtcDateTime:yyyy-MM-dd}/{cancelled.Currency}";
                var total = days.GetValueOrDefault(key);
                days[key] = total with { RefundedMinor = total.RefundedMinor + refunded };
            }
        }
        return (days, products);
    }

    /// <summary>Both stages, with as many partitions of orders as wished; flushes at random, sends shares twice at random.</summary>
    private sealed class Pipeline
    {
        private readonly MemoryStore<SalesTotal> _days = new();
        private readonly MemoryStore<SalesTotal> _minutes = new();
        private readonly MemoryStore<SalesTotal> _products = new();
        private readonly MemoryStore<ProductRank> _ranks = new();
        private readonly SalesTotalsHandler _totals;
        private readonly SalesHandler[] _partitions;
        private readonly Random? _random;

        public Pipeline(int partitions, Random? random = null)
        {
            _random = random;
            _totals = new SalesTotalsHandler(_days, _minutes, _products, _ranks);
            _partitions = [.. Enumerable.Range(0, partitions).Select(i => new SalesHandler(
                i, new MemoryStore<SalesOrder>(), new MemoryStore<SalesPartial>(), new MemoryStore<string>()))];
        }

        public IReadOnlyDictionary<string, SalesTotal> Days => Flushed(_days);

        public IReadOnlyDictionary<string, SalesTotal> Minutes => Flushed(_minutes);

        public IReadOnlyDictionary<string, SalesTotal> Products => Flushed(_products);

        public IEnumerable<ProductRank> Ranks(string currency)
        {
            var (from, to) = CompositeKey.Under("rank", currency);
            return Flushed(_ranks).Where(entry => string.CompareOrdinal(entry.Key, from) >= 0 && string.CompareOrdinal(entry.Key, to) <= 0)
                .Select(entry => entry.Value);
        }

        /// <summary>As a reader sees them: what is still there but too old is left out.</summary>
        public IEnumerable<KeyValuePair<string, SalesTotal>> KeptMinutes()
        {
            var minutes = Minutes;
            var dropped = minutes.Count == 0 ? "" : SalesCell.LastDroppedMinute(minutes.Keys.Max(StringComparer.Ordinal)![..16]);
            return minutes.Where(minute => string.CompareOrdinal(minute.Key[..16], dropped) > 0);
        }

        public void Take(params IOrderEvent[] facts)
        {
            foreach (var fact in facts)
            {
                var id = fact.Envelope.AggregateId;
                var partition = _partitions[(id.GetHashCode(StringComparison.Ordinal) & int.MaxValue) % _partitions.Length];
                partition.Handle(id, fact);
                if (_random?.Next(4) == 0)
                    partition.Handle(id, fact);
                if (_random?.Next(3) == 0)
                    Flush(partition);
            }
        }

        private MemoryStore<V> Flush<V>(MemoryStore<V> store)
        {
            foreach (var partition in _partitions)
                Flush(partition);
            return store;
        }

        private IReadOnlyDictionary<string, V> Flushed<V>(MemoryStore<V> store) => Flush(store).Entries;

        private void Flush(SalesHandler partition) => partition.Flush((_, share) =>
        {
            _totals.Handle(share);
            if (_random?.Next(2) == 0)
                _totals.Handle(share);
        });
    }
}
