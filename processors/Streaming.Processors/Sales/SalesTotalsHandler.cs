using System.Globalization;
using Streaming.Schemas;
using Streaming.Schemas.Sales;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.Sales;

/// <summary>
/// The second stage of the sales: puts the shares of all partitions together. A share replaces the one before of the same
/// partition, so a share that comes again changes nothing.
/// </summary>
public sealed class SalesTotalsHandler(
    IKeyValueStore<string, SalesTotal> days,
    IKeyValueStore<string, SalesTotal> minutes,
    IKeyValueStore<string, SalesTotal> products,
    IKeyValueStore<string, ProductRank> ranks)
{
    private readonly MinuteWindow<SalesTotal> _minutes = new(minutes, "");

    /// <summary>The key of a product's own total among the ranks.</summary>
    public static string TotalKey(string currency, string sku) => CompositeKey.Join("total", currency, sku);

    /// <summary>The key of a product's place: within a currency the best sold comes first.</summary>
    public static string RankKey(string currency, long salesMinor, string sku) => CompositeKey.Join(
        "rank", currency, (long.MaxValue - Math.Max(0, salesMinor)).ToString("D19", CultureInfo.InvariantCulture), sku);

    /// <summary>Takes a share.</summary>
    public void Handle(SalesPartial partial)
    {
        var cell = SalesCell.Parse(partial.Cell);
        switch (cell.Kind)
        {
            case SalesCellKind.Day:
                Replace(days, cell.Key, partial);
                break;
            case SalesCellKind.Minute when _minutes.Admit(cell.Time):
                Replace(minutes, cell.Key, partial);
                break;
            case SalesCellKind.Product:
                var (before, after) = Replace(products, cell.Key, partial);
                Rank(cell, before, after);
                break;
        }
    }

    private static (SalesTotal Before, SalesTotal After) Replace(
        IKeyValueStore<string, SalesTotal> store, string key, SalesPartial partial)
    {
        var before = store.Get(key) ?? new SalesTotal();
        var after = before with
        {
            Shares = [.. before.Shares.Where(share => share.Source != partial.Source), new SalesShare
            {
                Source = partial.Source,
                Orders = partial.Orders,
                Units = partial.Units,
                GrossMinor = partial.GrossMinor,
                RefundedMinor = partial.RefundedMinor,
            }],
        };
        store.Put(key, after);
        return (before, after);
    }

    private void Rank(SalesCell cell, SalesTotal before, SalesTotal after)
    {
        var sku = cell.Sku!;
        var totalKey = TotalKey(cell.Currency, sku);
        var known = ranks.Get(totalKey);
        var old = known ?? new ProductRank { Sku = sku, Currency = cell.Currency };
        var now = old with
        {
            Orders = old.Orders + after.Orders - before.Orders,
            Units = old.Units + after.Units - before.Units,
            SalesMinor = old.SalesMinor + after.GrossMinor - before.GrossMinor,
        };
        if (known is not null && now == old)
            return;
        if (known is not null)
            ranks.Delete(RankKey(cell.Currency, old.SalesMinor, sku));
        ranks.Put(totalKey, now);
        ranks.Put(RankKey(cell.Currency, now.SalesMinor, sku), now);
    }
}
