using Streaming.Host.Http;
using Streaming.Topology.Stores;

namespace Streaming.Host.Queries;

/// <summary>What is in the house.</summary>
internal static class InventoryQueries
{
    public static void MapInventoryQueries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/inventory/{sku}", (string sku, StoreReader stores) =>
                stores.Get(Descriptors.Stock, sku) is { Known: true } stock
                    ? TypedResults.Ok(new StockAnswer(sku, stock.OnHand, stock.Reserved, stock.Available))
                    : Problem.NotFound($"No goods of sku '{sku}' have ever come in"))
            .WithTags("Inventory").WithSummary("Stock of a product").AnswersByKey<StockAnswer>(Descriptors.Stock);
}
