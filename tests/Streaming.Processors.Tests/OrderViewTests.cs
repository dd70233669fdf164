using FsCheck;
using FsCheck.Fluent;
using Streaming.Processors.Analytics;
using Streaming.Processors.Events;
using Streaming.Processors.OrderViews;
using Streaming.Schemas;
using Streaming.Schemas.Analytics;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Tests;

public sealed class OrderViewTests
{
    private readonly MemoryStore<OrderState> _orders = new();
    private readonly MemoryStore<IMessage> _history = new();
    private readonly OrderViewHandler _handler;

    public OrderViewTests() => _handler = new OrderViewHandler(_orders, _history);

    [Fact]
    public void Facts_add_up_to_the_order_and_are_kept_in_order()
    {
        var log = Log.Of(seed: 7, orders: 20);
        foreach (var fact in log)
            Assert.NotNull(_handler.Handle(fact.Envelope.AggregateId, fact));

        foreach (var order in log.GroupBy(fact => fact.Envelope.AggregateId))
        {
            Assert.Equal(order.Count(), _orders.Get(order.Key).Version);
            var (from, to) = CompositeKey.Under(order.Key);
            using var facts = _history.Range(from, to);
            foreach (var fact in order)
            {
                Assert.True(facts.MoveNext());
                Assert.Same(fact, facts.Current!.Value.Value);
            }
            Assert.False(facts.MoveNext());
        }
    }

    [Fact]
    public void Duplicates_are_ignored_gaps_are_faults_and_unknown_facts_count()
    {
        var created = new OrderCreated { Envelope = Make.Fact("o1", 1), CustomerId = "c1" };
        Assert.NotNull(_handler.Handle("o1", created));
        Assert.Null(_handler.Handle("o1", created));
        Assert.Throws<VersionGapException>(() => _handler.Handle("o1", new OrderReserved { Envelope = Make.Fact("o1", 3) }));
        Assert.Equal(2, _handler.Handle("o1", new UnknownMessage("shop.orders.X", Make.Fact("o1", 2)))?.Version);
        Assert.Equal(OrderStatus.Reserved, _handler.Handle("o1", new OrderReserved { Envelope = Make.Fact("o1", 3) })?.Status);
        Assert.Equal(["o1/0000000001", "o1/0000000003"], _history.Entries.Keys);
    }

    [Fact]
    public void A_customers_list_takes_no_older_version()
    {
        var entries = new MemoryStore<CustomerOrder>();
        var handler = new CustomerOrdersHandler(entries);
        var now = new CustomerOrder { CustomerId = "c1", OrderId = "o1", Version = 4, Status = OrderStatus.Paid };
        handler.Handle(now);
        handler.Handle(now with { Version = 3, Status = OrderStatus.Submitted });
        Assert.Equal(now, entries.Get("c1/o1"));
    }

    [Fact]
    public void Funnel_and_customers_figures_equal_an_independent_count() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Gen.Choose(1, 40).ToArbitrary(),
            (seed, orders) =>
            {
                var log = Log.Of(seed, orders);
                var random = new Random(seed);
                var funnel = new MemoryStore<FunnelHour>();
                var stats = new MemoryStore<CustomerStats>();
                var analytics = new AnalyticsHandler(new MemoryStore<AnalysedOrder>(), funnel);
                var customers = new CustomerStatsHandler(new MemoryStore<CustomerOrderFacts>(), stats);
                var sent = new List<CustomerOrderFacts>();
                void Take(IMessage fact)
                {
                    if (analytics.Handle(fact.Envelope.AggregateId, fact) is not { } facts)
                        return;
                    sent.Add(facts);
                    customers.Handle(facts);
                    // Behind the repartition an old record may come again at any time.
                    customers.Handle(sent[random.Next(sent.Count)]);
                }
                foreach (var fact in log)
                {
                    Take(fact);
                    if (random.Next(3) == 0)
                        Take(fact);
                }

                foreach (var hour in log.Where(fact => Funnel.Stage(fact) == FunnelStages.Created).GroupBy(fact => AnalyticsHandler.HourOf(fact.Envelope.OccurredAt)))
                    Assert.Equal(hour.Count(), funnel.Get(hour.Key).Created);
                var firstPayments = log.OfType<PaymentReceived>().OrderBy(fact => fact.Envelope.Version).DistinctBy(fact => fact.Envelope.AggregateId).ToList();
                Assert.Equal(firstPayments.Count, funnel.Entries.Values.Sum(hour => hour.Paid));
                foreach (var hour in firstPayments.GroupBy(fact => AnalyticsHandler.HourOf(fact.Envelope.OccurredAt)))
                    Assert.Equal(hour.Count(), funnel.Get(hour.Key).Paid);

                var lives = log.GroupBy(fact => fact.Envelope.AggregateId).ToList();
                foreach (var customer in lives.GroupBy(life => life.OfType<OrderCreated>().Single().CustomerId))
                {
                    var figures = stats.Get(customer.Key);
                    Assert.Equal(customer.Count(), figures.Orders);
                    Assert.Equal(customer.Count(life => life.OfType<PaymentReceived>().Any()), figures.PaidOrders);
                    Assert.Equal(customer.Count(life => life.OfType<OrderCancelled>().Any()), figures.CancelledOrders);
                    Assert.Equal(customer.Sum(life => life.OfType<PaymentReceived>().Sum(payment => payment.AmountMinor)), figures.Totals.Sum(money => money.PaidMinor));
                    Assert.Equal(
                        customer.Sum(life => Math.Min(
                            life.OfType<OrderCancelled>().Sum(cancelled => cancelled.RefundedMinor),
                            life.OfType<PaymentReceived>().Sum(payment => payment.AmountMinor))),
                        figures.Totals.Sum(money => money.RefundedMinor));
                    Assert.Equal(customer.Min(life => life.OfType<OrderCreated>().Single().Envelope.OccurredAt), figures.FirstOrderAt);
                    Assert.Equal(customer.Max(life => life.OfType<OrderCreated>().Single().Envelope.OccurredAt), figures.LastOrderAt);
                }
            }).QuickCheckThrowOnFailure();
}
