using Streaming.Schemas;
using Streaming.Topology.Stores;
using Streamiz.Kafka.Net;

namespace Streaming.Topology;

/// <summary>An application: one consumer group, one page of topology.</summary>
public sealed record ApplicationDefinition
{
    /// <summary>The application's id, which is its consumer group.</summary>
    public required string Id { get; init; }

    /// <summary>What it does, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>The topics that it reads.</summary>
    public required IReadOnlyList<TopicDefinition> Reads { get; init; }

    /// <summary>The topics that it writes, beside its dead letters.</summary>
    public IReadOnlyList<TopicDefinition> Writes { get; init; } = [];

    /// <summary>Its stores.</summary>
    public required IReadOnlyList<StoreDescriptor> Stores { get; init; }

    /// <summary>Declares its topology.</summary>
    public required Action<StreamBuilder, Serdes> Declare { get; init; }

    /// <summary>Where it puts the records that it could not process.</summary>
    public TopicDefinition DeadLetters => Topics.DeadLetters(Id);

    /// <summary>
    /// Facts of an aggregate are applied in their order or not at all: behind a dead letter the later ones of its key wait.
    /// </summary>
    public IReadOnlyCollection<string> ParkedTopics =>
        [.. Reads.Select(topic => topic.Name).Where(name => name.EndsWith(".events", StringComparison.Ordinal))];

    /// <summary>Its topology.</summary>
    public Streamiz.Kafka.Net.Topology Build(Serdes serdes)
    {
        var builder = new StreamBuilder();
        Declare(builder, serdes);
        return builder.Build();
    }
}

/// <summary>The applications of the pipeline.</summary>
public static class Applications
{
    /// <summary>The Order aggregate.</summary>
    public static readonly ApplicationDefinition Orders = new()
    {
        Id = "orders",
        Description = "Decides on commands about orders.",
        Reads = [Topics.OrdersCommands],
        Writes = [Topics.OrdersEvents, Topics.OrdersOutcomes],
        Stores = [Descriptors.Orders, Descriptors.OrderCommands],
        Declare = OrdersTopology.Build,
    };

    /// <summary>The Stock aggregate.</summary>
    public static readonly ApplicationDefinition Inventory = new()
    {
        Id = "inventory",
        Description = "Decides on commands about stock.",
        Reads = [Topics.InventoryCommands],
        Writes = [Topics.InventoryEvents, Topics.InventoryOutcomes],
        Stores = [Descriptors.Stock, Descriptors.Reservations, Descriptors.InventoryCommands],
        Declare = InventoryTopology.Build,
    };

    /// <summary>The sagas.</summary>
    public static readonly ApplicationDefinition Fulfilment = new()
    {
        Id = "fulfilment",
        Description = "Reserves the lines of submitted orders, or undoes everything.",
        Reads = [Topics.OrdersEvents, Topics.InventoryEvents],
        Writes = [Topics.OrdersCommands, Topics.InventoryCommands],
        Stores = [Descriptors.Fulfilments],
        Declare = FulfilmentTopology.Build,
    };

    /// <summary>The sales.</summary>
    public static readonly ApplicationDefinition Sales = new()
    {
        Id = "sales",
        Description = "Adds up payments and refunds by day, minute and product.",
        Reads = [Topics.OrdersEvents],
        Stores =
        [
            Descriptors.SalesOrders, Descriptors.SalesPartials, Descriptors.SalesPending, Descriptors.SalesByDay,
            Descriptors.SalesByMinute, Descriptors.ProductSalesByDay, Descriptors.TopProducts,
        ],
        Declare = SalesTopology.Build,
    };

    /// <summary>The read model.</summary>
    public static readonly ApplicationDefinition OrderView = new()
    {
        Id = "order-view",
        Description = "Keeps each order as it stands, its history, and each customer's list.",
        Reads = [Topics.OrdersEvents],
        Writes = [Topics.OrdersView],
        Stores = [Descriptors.OrderView, Descriptors.OrderHistory, Descriptors.OrdersByCustomer],
        Declare = OrderViewTopology.Build,
    };

    /// <summary>The analytics.</summary>
    public static readonly ApplicationDefinition Analytics = new()
    {
        Id = "analytics",
        Description = "Adds up customers' figures and the funnel of orders by hour.",
        Reads = [Topics.OrdersEvents],
        Stores =
        [
            Descriptors.AnalyticsOrders, Descriptors.OrderFunnelByHour, Descriptors.CustomerOrders, Descriptors.CustomerStats,
        ],
        Declare = AnalyticsTopology.Build,
    };

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ApplicationDefinition> All = [Orders, Inventory, Fulfilment, Sales, OrderView, Analytics];

    /// <summary>The application of an id; null if there is none.</summary>
    public static ApplicationDefinition? Find(string id) => All.FirstOrDefault(application => application.Id == id);
}
