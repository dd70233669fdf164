using Streaming.Schemas;
using Streaming.Schemas.Analytics;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Analytics;

/// <summary>
/// Adds up what each order adds to its customer's figures. The last share of each order is kept beside the sum: a new one
/// replaces it, one that comes again or late changes nothing.
/// </summary>
public sealed class CustomerStatsHandler(
    IKeyValueStore<string, CustomerOrderFacts> orders, IKeyValueStore<string, CustomerStats> customers)
{
    /// <summary>The key of an order's share.</summary>
    public static string Key(string customerId, string orderId) => CompositeKey.Join(customerId, orderId);

    /// <summary>Takes what an order now adds.</summary>
    public void Handle(CustomerOrderFacts facts)
    {
        var key = Key(facts.CustomerId, facts.OrderId);
        var before = orders.Get(key);
        if (before is not null && before.Version >= facts.Version)
            return;
        orders.Put(key, facts);

        var stats = customers.Get(facts.CustomerId) ?? new CustomerStats
        {
            CustomerId = facts.CustomerId,
            FirstOrderAt = facts.CreatedAt,
            LastOrderAt = facts.CreatedAt,
        };
        customers.Put(facts.CustomerId, stats with
        {
            Orders = stats.Orders + (before is null ? 1 : 0),
            PaidOrders = stats.PaidOrders + Count(facts.Paid) - Count(before?.Paid),
            CancelledOrders = stats.CancelledOrders + Count(facts.Cancelled) - Count(before?.Cancelled),
            Totals = Replace(stats.Totals, before, facts),
            FirstOrderAt = facts.CreatedAt < stats.FirstOrderAt ? facts.CreatedAt : stats.FirstOrderAt,
            LastOrderAt = facts.CreatedAt > stats.LastOrderAt ? facts.CreatedAt : stats.LastOrderAt,
        });
    }

    private static long Count(bool? value) => value == true ? 1 : 0;

    private static IReadOnlyList<CustomerMoney> Replace(
        IReadOnlyList<CustomerMoney> totals, CustomerOrderFacts? before, CustomerOrderFacts after)
    {
        if (before is not null)
            totals = Add(totals, before.Currency, -before.PaidMinor, -before.RefundedMinor);
        return Add(totals, after.Currency, after.PaidMinor, after.RefundedMinor);
    }

    private static IReadOnlyList<CustomerMoney> Add(
        IReadOnlyList<CustomerMoney> totals, string currency, long paidMinor, long refundedMinor)
    {
        if (paidMinor == 0 && refundedMinor == 0)
            return totals;
        var money = totals.FirstOrDefault(entry => entry.Currency == currency) ?? new CustomerMoney { Currency = currency };
        money = money with { PaidMinor = money.PaidMinor + paidMinor, RefundedMinor = money.RefundedMinor + refundedMinor };
        return [.. totals.Where(entry => entry.Currency != currency).Append(money)
            .OrderBy(entry => entry.Currency, StringComparer.Ordinal)];
    }
}
