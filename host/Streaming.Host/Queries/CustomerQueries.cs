using Streaming.Host.Http;
using Streaming.Schemas;
using Streaming.Topology.Stores;

namespace Streaming.Host.Queries;

internal sealed record CustomerOrdersAnswer(
    string CustomerId, IReadOnlyList<CustomerOrderAnswer> Orders, PartitionsAnswer Partitions);

internal sealed record CustomerOrderAnswer(
    string OrderId, string Status, long Version, string Currency, long TotalMinor, DateTimeOffset CreatedAt);

internal sealed record CustomerStatsAnswer(
    string CustomerId, long Orders, long PaidOrders, long CancelledOrders, IReadOnlyList<CustomerMoneyAnswer> Totals,
    DateTimeOffset FirstOrderAt, DateTimeOffset LastOrderAt);

/// <param name="NetMinor">Paid less refunded.</param>
internal sealed record CustomerMoneyAnswer(string Currency, long PaidMinor, long RefundedMinor, long NetMinor);

/// <summary>A customer's orders and what they come to.</summary>
internal static class CustomerQueries
{
    public static void MapCustomerQueries(this IEndpointRouteBuilder routes)
    {
        var customers = routes.MapGroup("/customers/{id}").WithTags("Customers");
        customers.MapGet("/orders", Orders).WithSummary("A customer's orders, oldest first")
            .AnswersByKey<CustomerOrdersAnswer>(Descriptors.OrdersByCustomer);
        customers.MapGet("/stats", Stats).WithSummary("What a customer's orders come to")
            .AnswersByKey<CustomerStatsAnswer>(Descriptors.CustomerStats);
    }

    private static IResult Orders(string id, StoreReader stores)
    {
        var (from, to) = CompositeKey.Under(id);
        var entries = stores.Range(Descriptors.OrdersByCustomer, from, to);
        var orders = entries.Entries
            .Select(e => e.Value)
            .OrderBy(o => o.CreatedAt).ThenBy(o => o.OrderId, StringComparer.Ordinal)
            .Select(o => new CustomerOrderAnswer(o.OrderId, o.Status.ToString(), o.Version, o.Currency, o.TotalMinor, o.CreatedAt))
            .ToList();
        return orders.Count == 0 ? Unknown(id) : TypedResults.Ok(new CustomerOrdersAnswer(id, orders, entries.Partitions));
    }

    private static IResult Stats(string id, StoreReader stores) =>
        stores.Get(Descriptors.CustomerStats, id) is { } stats
            ? TypedResults.Ok(new CustomerStatsAnswer(
                id, stats.Orders, stats.PaidOrders, stats.CancelledOrders,
                [.. stats.Totals.Select(t => new CustomerMoneyAnswer(t.Currency, t.PaidMinor, t.RefundedMinor, t.PaidMinor - t.RefundedMinor))],
                stats.FirstOrderAt, stats.LastOrderAt))
            : Unknown(id);

    private static IResult Unknown(string id) => Problem.NotFound($"There is no order of a customer '{id}'");
}
