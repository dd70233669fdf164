using Streaming.Processors.Commands;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Inventory;

/// <summary>The Stock aggregate in a topology.</summary>
public sealed class StockProcessor : CommandProcessor<IInventoryCommand>
{
    /// <summary>Store of stock, by sku.</summary>
    public const string Items = "stock";

    /// <summary>Store of reservations, by sku and reservation id.</summary>
    public const string Reservations = "reservations";

    /// <summary>Store of command outcomes, by sku and command id.</summary>
    public const string Commands = "inventory-commands";

    /// <inheritdoc/>
    protected override string CommandStore => Commands;

    /// <inheritdoc/>
    protected override CommandHandler<IInventoryCommand> CreateHandler(ProcessorContext<string, IMessage> context, CommandLog log) =>
        new StockHandler(context.KeyValueStore<StockItem>(Items), context.KeyValueStore<Reservation>(Reservations), log);
}
