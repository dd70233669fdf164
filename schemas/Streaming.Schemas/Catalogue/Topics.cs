using Confluent.SchemaRegistry;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;

namespace Streaming.Schemas;

/// <summary>
/// Every topic of the pipeline. All keyed topics of a deployment have the same number of partitions, so that what belongs
/// together by key lies in the same partition of each.
/// </summary>
public static class Topics
{
    /// <summary>How long commands, outcomes and timers are kept; as long as an aggregate knows its command ids.</summary>
    public static readonly TimeSpan CommandRetention = TimeSpan.FromDays(7);

    /// <summary>How long dead letters are kept.</summary>
    public static readonly TimeSpan DeadLetterRetention = TimeSpan.FromDays(30);

    /// <summary>Partitions of every keyed topic on the embedded broker.</summary>
    public const int EmbeddedPartitions = 6;

    /// <summary>Partitions of every keyed topic on a cluster.</summary>
    public const int ClusterPartitions = 12;

    /// <summary>What is wanted of orders.</summary>
    public static readonly TopicDefinition OrdersCommands = Commands("orders", "orderId", "intake, CLI, fulfilment",
        Contract.Of<CreateOrder>(), Contract.Of<AddOrderItem>(), Contract.Of<RemoveOrderItem>(),
        Contract.Of<SubmitOrder>(), Contract.Of<CancelOrder>(), Contract.Of<RecordReservation>(),
        Contract.Of<RecordPayment>(), Contract.Of<MarkReadyForShipment>(), Contract.Of<MarkShipped>(),
        Contract.Of<MarkDelivered>(), Contract.Of<ConfirmCancellation>(), Contract.Of<DenyCancellation>());

    /// <summary>The facts of orders.</summary>
    public static readonly TopicDefinition OrdersEvents = Events("orders", "orderId",
        "orders; an upstream system for the orders that it owns",
        Contract.Of<OrderCreated>(), Contract.Of<OrderItemAdded>(), Contract.Of<OrderItemRemoved>(),
        Contract.Of<OrderSubmitted>(), Contract.Of<OrderReserved>(), Contract.Of<PaymentReceived>(),
        Contract.Of<OrderReadyForShipment>(), Contract.Of<OrderShipped>(), Contract.Of<OrderDelivered>(),
        Contract.Of<OrderCancellationRequested>(), Contract.Of<OrderCancellationDenied>(),
        Contract.Of<OrderCancelled>());

    /// <summary>The answers to commands about orders.</summary>
    public static readonly TopicDefinition OrdersOutcomes = Outcomes("orders", "orderId");

    /// <summary>What is wanted of stock.</summary>
    public static readonly TopicDefinition InventoryCommands = Commands("inventory", "sku", "warehouse, fulfilment",
        Contract.Of<ReceiveStock>(), Contract.Of<AdjustStock>(), Contract.Of<ReserveStock>(),
        Contract.Of<ReleaseStock>(), Contract.Of<CommitStock>());

    /// <summary>The facts of stock.</summary>
    public static readonly TopicDefinition InventoryEvents = Events("inventory", "sku", "inventory",
        Contract.Of<StockReceived>(), Contract.Of<StockAdjusted>(), Contract.Of<StockReserved>(),
        Contract.Of<StockReservationRejected>(), Contract.Of<StockReleased>(), Contract.Of<StockCommitted>(),
        Contract.Of<ProductOutOfStock>());

    /// <summary>The answers to commands about stock.</summary>
    public static readonly TopicDefinition InventoryOutcomes = Outcomes("inventory", "sku");

    /// <summary>Each order as it stands.</summary>
    public static readonly TopicDefinition OrdersView = new()
    {
        Name = "orders.view",
        Key = "orderId",
        Contracts = [Contract.Of<OrderView>()],
        Writer = "order-view",
        Compacted = true,
    };

    /// <summary>All of them but the dead letters, which belong to the applications.</summary>
    public static readonly IReadOnlyList<TopicDefinition> All =
    [
        OrdersCommands, OrdersEvents, OrdersOutcomes, InventoryCommands, InventoryEvents, InventoryOutcomes, OrdersView,
    ];

    /// <summary>Every record type that travels on a topic, once.</summary>
    public static readonly IReadOnlyList<Contract> Contracts =
        [.. All.SelectMany(topic => topic.Contracts).DistinctBy(contract => contract.FullName)];

    /// <summary>Where an application puts the records that it could not process: the source's bytes with error headers.</summary>
    public static TopicDefinition DeadLetters(string applicationId) => new()
    {
        Name = $"{applicationId}.dlq",
        Key = "as the source",
        Writer = applicationId,
        Retention = DeadLetterRetention,
    };

    private static TopicDefinition Commands(string context, string key, string writer, params Contract[] contracts) => new()
    {
        Name = $"{context}.commands",
        Key = key,
        Contracts = contracts,
        Writer = writer,
        Retention = CommandRetention,
    };

    /// <summary>Facts are kept for ever and never compacted: compaction would keep one fact a key.</summary>
    private static TopicDefinition Events(string context, string key, string writer, params Contract[] contracts) => new()
    {
        Name = $"{context}.events",
        Key = key,
        Contracts = contracts,
        Writer = writer,
        Level = Compatibility.FullTransitive,
    };

    private static TopicDefinition Outcomes(string context, string key) => new()
    {
        Name = $"{context}.outcomes",
        Key = key,
        Contracts = [Contract.Of<CommandAccepted>(), Contract.Of<CommandRejected>()],
        Writer = context,
        Retention = CommandRetention,
        Level = Compatibility.FullTransitive,
    };
}
