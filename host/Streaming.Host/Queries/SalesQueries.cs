using Streaming.Host.Http;
using Streaming.Host.Routing;
using Streaming.Processors.Sales;
using Streaming.Schemas;
using Streaming.Schemas.Sales;
using Streaming.Topology.Stores;

namespace Streaming.Host.Queries;

internal sealed record DailySalesAnswer(IReadOnlyList<DaySalesAnswer> Days, PartitionsAnswer Partitions);

/// <param name="NetMinor">Gross less refunded.</param>
internal sealed record DaySalesAnswer(
    string Day, string Currency, long Orders, long Units, long GrossMinor, long RefundedMinor, long NetMinor);

internal sealed record MinuteSalesListAnswer(IReadOnlyList<MinuteSalesAnswer> Minutes, PartitionsAnswer Partitions);

internal sealed record MinuteSalesAnswer(
    string Minute, string Currency, long Orders, long Units, long GrossMinor, long RefundedMinor, long NetMinor);

internal sealed record ProductSalesAnswer(string Sku, IReadOnlyList<ProductDayAnswer> Days, PartitionsAnswer Partitions);

/// <param name="SalesMinor">Quantity × unit price of the orders first paid on that day.</param>
internal sealed record ProductDayAnswer(string Day, string Currency, long Orders, long Units, long SalesMinor);

internal sealed record TopProductsAnswer(IReadOnlyList<TopProductAnswer> Products, PartitionsAnswer Partitions);

internal sealed record TopProductAnswer(string Sku, string Currency, long Orders, long Units, long SalesMinor);

/// <summary>What was sold, when.</summary>
internal static class SalesQueries
{
    private const int MostProducts = 1000;

    public static void MapSalesQueries(this IEndpointRouteBuilder routes)
    {
        var sales = routes.MapGroup("/sales").WithTags("Sales");
        sales.MapGet("/daily", DailyAsync).WithSummary("Sales by UTC day and currency, both ends included")
            .AnswersWhole<DailySalesAnswer>(Descriptors.SalesByDay);
        sales.MapGet("/by-minute", ByMinuteAsync)
            .WithSummary("Sales by UTC minute and currency, of the seven days behind the newest")
            .AnswersWhole<MinuteSalesListAnswer>(Descriptors.SalesByMinute);
        var products = routes.MapGroup("/products").WithTags("Products");
        products.MapGet("/top", TopAsync).WithSummary("The best sold products of each currency")
            .AnswersWhole<TopProductsAnswer>(Descriptors.TopProducts);
        products.MapGet("/{sku}/sales", OfProduct).WithSummary("A product's sales by UTC day")
            .AnswersByKey<ProductSalesAnswer>(Descriptors.ProductSalesByDay);
    }

    private static async Task<IResult> DailyAsync(
        StoreReader stores, CancellationToken cancellation, string? from = null, string? to = null)
    {
        if (TimeRange.Days(from, to) is not { } range)
        {
            return Problem.BadRequest("from and to must be days in order, as 2018-01-31");
        }

        var totals = await stores.ScanAsync(Descriptors.SalesByDay, new KeyRange(range.From, range.To), cancellation).ConfigureAwait(false);
        return TypedResults.Ok(new DailySalesAnswer([.. totals.Entries.Select(Day)], totals.Partitions));
    }

    private static DaySalesAnswer Day(KeyValuePair<string, SalesTotal> entry)
    {
        var parts = CompositeKey.Split(entry.Key);
        var sum = SalesSum.Of(entry.Value);
        return new DaySalesAnswer(parts[0], parts[1], sum.Orders, sum.Units, sum.GrossMinor, sum.RefundedMinor, sum.NetMinor);
    }

    private static async Task<IResult> ByMinuteAsync(
        StoreReader stores, CancellationToken cancellation, string? from = null, string? to = null)
    {
        if (TimeRange.Minutes(from, to) is not { } range)
        {
            return Problem.BadRequest("from and to must be minutes or days in order, as 2018-01-31T10:05 or 2018-01-31");
        }

        var totals = await stores.ScanAsync(Descriptors.SalesByMinute, KeyRange.All, cancellation).ConfigureAwait(false);
        // Each partition drops old minutes by its own newest: what another one has put out of reach is left out here.
        var newest = totals.Entries.Count > 0 ? CompositeKey.First(totals.Entries[^1].Key) : null;
        var dropped = newest is null ? "" : SalesCell.LastDroppedMinute(newest);
        var minutes = totals.Entries
            .Where(e => range.Contains(e.Key) && string.CompareOrdinal(CompositeKey.First(e.Key), dropped) > 0)
            .Select(e =>
            {
                var parts = CompositeKey.Split(e.Key);
                var sum = SalesSum.Of(e.Value);
                return new MinuteSalesAnswer(
                    parts[0], parts[1], sum.Orders, sum.Units, sum.GrossMinor, sum.RefundedMinor, sum.NetMinor);
            });
        return TypedResults.Ok(new MinuteSalesListAnswer([.. minutes], totals.Partitions));
    }

    private static IResult OfProduct(string sku, StoreReader stores, string? from = null, string? to = null)
    {
        if (TimeRange.Days(from, to) is not { } range)
        {
            return Problem.BadRequest("from and to must be days in order, as 2018-01-31");
        }

        var (first, last) = CompositeKey.Under(sku);
        var all = stores.Range(Descriptors.ProductSalesByDay, first, last);
        if (all.Entries.Count == 0)
        {
            return Problem.NotFound($"Nothing of sku '{sku}' has been sold");
        }

        var days = all.Entries.Select(e => (Parts: CompositeKey.Split(e.Key), Sum: SalesSum.Of(e.Value)))
            .Where(e => range.Contains(e.Parts[1]))
            .Select(e => new ProductDayAnswer(e.Parts[1], e.Parts[2], e.Sum.Orders, e.Sum.Units, e.Sum.GrossMinor));
        return TypedResults.Ok(new ProductSalesAnswer(sku, [.. days], all.Partitions));
    }

    private static async Task<IResult> TopAsync(
        StoreReader stores, CancellationToken cancellation, int limit = 10, string? currency = null)
    {
        if (limit is < 1 or > MostProducts)
        {
            return Problem.BadRequest($"limit must be from 1 to {MostProducts}");
        }

        var (from, to) = currency is null ? CompositeKey.Under("rank") : CompositeKey.Under("rank", currency);
        var ranks = await stores.ScanAsync(Descriptors.TopProducts, new KeyRange(from, to), cancellation).ConfigureAwait(false);
        // The keys sort by currency, then the best sold first; every product is in one partition.
        var products = ranks.Entries.Select(e => e.Value).GroupBy(r => r.Currency).SelectMany(g => g.Take(limit))
            .Select(r => new TopProductAnswer(r.Sku, r.Currency, r.Orders, r.Units, r.SalesMinor));
        return TypedResults.Ok(new TopProductsAnswer([.. products], ranks.Partitions));
    }

    private readonly record struct SalesSum(long Orders, long Units, long GrossMinor, long RefundedMinor)
    {
        public long NetMinor => GrossMinor - RefundedMinor;

        public static SalesSum Of(SalesTotal total) => total.Shares.Aggregate(default(SalesSum), (sum, share) => new SalesSum(
            sum.Orders + share.Orders, sum.Units + share.Units, sum.GrossMinor + share.GrossMinor,
            sum.RefundedMinor + share.RefundedMinor));
    }
}
