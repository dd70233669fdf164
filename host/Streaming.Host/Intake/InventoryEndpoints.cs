using Streaming.Host.Queries;
using Streaming.Schemas.Inventory;
using Streaming.Topology.Stores;

namespace Streaming.Host.Intake;

/// <summary>What a warehouse reports of its stock.</summary>
internal static class InventoryEndpoints
{
    public static void MapInventoryIntake(this IEndpointRouteBuilder routes)
    {
        var inventory = routes.MapGroup("/inventory").WithTags("Inventory");

        inventory.MapPost("/{sku}/receipts", (string sku, HttpContext context, CommandIntake intake) => intake.AcceptAsync(
                context, Aggregate.OfStock(sku), ReceiveStockRequest.Read, (request, envelope, hash) =>
                    new ReceiveStock { Envelope = envelope, BodyHash = hash, Quantity = request.Quantity }))
            .TakesJson<ReceiveStockRequest>().WithSummary("Takes stock in").Answers();

        inventory.MapPost("/{sku}/adjustments", (string sku, HttpContext context, CommandIntake intake) => intake.AcceptAsync(
                context, Aggregate.OfStock(sku), AdjustStockRequest.Read, (request, envelope, hash) =>
                    new AdjustStock { Envelope = envelope, BodyHash = hash, Quantity = request.Quantity, Reason = request.Reason }))
            .TakesJson<AdjustStockRequest>().WithSummary("Corrects the books after a count").Answers();

        inventory.MapGet("/{sku}/commands/{commandId:guid}", (string sku, Guid commandId, CommandOutcomes outcomes) =>
                CommandAnswers.Of(commandId, outcomes.Find(Aggregate.OfStock(sku), commandId)))
            .WithSummary("What became of a command").AnswersByKey<CommandAnswer>(Descriptors.InventoryCommands);
    }
}
