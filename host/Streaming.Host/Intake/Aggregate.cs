using Streaming.Processors.Inventory;
using Streaming.Processors.Orders;
using Streaming.Schemas.Outcomes;
using Streaming.Topology.Stores;

namespace Streaming.Host.Intake;

/// <summary>The aggregate that a command is for.</summary>
/// <param name="Type">As its envelopes call it.</param>
/// <param name="Id">Null for one that the request creates.</param>
/// <param name="Path">Where it is found over HTTP, before its id.</param>
/// <param name="Outcomes">The store in which its topology keeps the outcomes of its commands.</param>
internal sealed record Aggregate(string Type, string? Id, string Path, StoreDescriptor<CommandOutcome> Outcomes)
{
    public static Aggregate OfOrder(string? id) => new(Order.Type, id, "/orders", Descriptors.OrderCommands);

    public static Aggregate OfStock(string sku) => new(Stock.Type, sku, "/inventory", Descriptors.InventoryCommands);

    public string Location => $"{Path}/{Uri.EscapeDataString(Id!)}";

    public string CommandLocation(Guid commandId) => $"{Location}/commands/{commandId}";
}
