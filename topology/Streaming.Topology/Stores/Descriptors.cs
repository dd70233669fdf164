using Avro.Specific;
using Streaming.Avro;
using Streaming.Processors.Analytics;
using Streaming.Processors.Fulfilment;
using Streaming.Processors.Inventory;
using Streaming.Processors.Orders;
using Streaming.Processors.OrderViews;
using Streaming.Processors.Sales;
using Streaming.Schemas;
using Streaming.Schemas.Analytics;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;
using Streaming.Schemas.Sales;
using Streaming.Topology.Serialization;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Topology.Stores;

/// <summary>The stores of all applications.</summary>
public static class Descriptors
{
    /// <summary>Orders as their aggregate knows them.</summary>
    public static readonly StoreDescriptor<OrderState> Orders = Of<OrderState>(
        OrderProcessor.Orders, "Orders as their aggregate decides on them.", "orderId");

    /// <summary>Outcomes of commands about orders.</summary>
    public static readonly StoreDescriptor<CommandOutcome> OrderCommands = Of<CommandOutcome>(
        OrderProcessor.Commands, "Outcomes of the commands about orders of the last seven days.", "orderId/commandId");

    /// <summary>Stock by sku.</summary>
    public static readonly StoreDescriptor<StockItem> Stock = new()
    {
        Name = StockProcessor.Items,
        Description = "The stock of each product; known is false where no goods have ever come in.",
        KeyFormat = "sku",
        Values = Serdes.State<StockItem>(),
        WriteJson = (json, _, item) =>
        {
            json.WriteStartObject();
            RecordJson.WriteFields(json, item);
            json.WriteNumber("available", item.Available);
            json.WriteEndObject();
        },
    };

    /// <summary>Reservations by sku and reservation id.</summary>
    public static readonly StoreDescriptor<Reservation> Reservations = Of<Reservation>(
        StockProcessor.Reservations, "What became of each reservation.", "sku/reservationId");

    /// <summary>Outcomes of commands about stock.</summary>
    public static readonly StoreDescriptor<CommandOutcome> InventoryCommands = Of<CommandOutcome>(
        StockProcessor.Commands, "Outcomes of the commands about stock of the last seven days.", "sku/commandId");

    /// <summary>Sagas by order.</summary>
    public static readonly StoreDescriptor<FulfilmentState> Fulfilments = Of<FulfilmentState>(
        FulfilmentProcessor.Sagas, "The saga of each submitted order that the pipeline owns.", "orderId");

    /// <summary>Orders as they are shown.</summary>
    public static readonly StoreDescriptor<OrderState> OrderView = new()
    {
        Name = OrderViewProcessor.Orders,
        Description = "Each order as it stands.",
        KeyFormat = "orderId",
        Values = Serdes.State<OrderState>(),
        WriteJson = (json, _, order) => RecordJson.Write(json, OrderProjection.View(order)),
    };

    /// <summary>The facts of orders.</summary>
    public static readonly StoreDescriptor<IMessage> OrderHistory = new()
    {
        Name = OrderViewProcessor.History,
        Description = "The facts of each order, in order.",
        KeyFormat = "orderId/version, ten digits",
        PartitionKey = CompositeKey.First,
        Values = new StoredMessageSerDes(),
        WriteJson = (json, _, fact) =>
        {
            json.WriteStartObject();
            json.WriteNumber("version", fact.Envelope.EventVersion);
            json.WriteString("type", fact.GetType().Name);
            json.WriteString("eventId", fact.Envelope.EventId);
            json.WriteString("occurredAt", fact.Envelope.OccurredAt);
            json.WriteStartObject("data");
            RecordJson.WriteFields(json, (ISpecificRecord)fact, except: "envelope");
            json.WriteEndObject();
            json.WriteEndObject();
        },
    };

    /// <summary>Orders by customer.</summary>
    public static readonly StoreDescriptor<CustomerOrder> OrdersByCustomer = Of<CustomerOrder>(
        CustomerOrdersProcessor.Entries, "The list of each customer's orders.", "customerId/orderId");

    /// <summary>What sales remembers of each order.</summary>
    public static readonly StoreDescriptor<SalesOrder> SalesOrders = Of<SalesOrder>(
        SalesProcessor.Orders, "What sales has counted of each order.", "orderId");

    /// <summary>Each partition's shares.</summary>
    public static readonly StoreDescriptor<SalesPartial> SalesPartials = Of<SalesPartial>(
        SalesProcessor.Partials, "What the orders of a partition add to each total.", "kind/[sku/]time/currency") with
    {
        Placement = StorePlacement.Shared,
        Merge = (a, b) => a with
        {
            Source = -1,
            Orders = a.Orders + b.Orders,
            Units = a.Units + b.Units,
            GrossMinor = a.GrossMinor + b.GrossMinor,
            RefundedMinor = a.RefundedMinor + b.RefundedMinor,
        },
    };

    /// <summary>Shares that are still to be sent on.</summary>
    public static readonly StoreDescriptor<string> SalesPending = new()
    {
        Name = SalesProcessor.Pending,
        Description = "The totals to which a partition's share has changed and is still to be sent on.",
        KeyFormat = "kind/[sku/]time/currency",
        Placement = StorePlacement.Shared,
        Merge = (a, _) => a,
        Values = new StringSerDes(),
        WriteJson = (json, _, _) => json.WriteBooleanValue(true),
    };

    /// <summary>Sales by day.</summary>
    public static readonly StoreDescriptor<SalesTotal> SalesByDay = Total(
        SalesTotalsProcessor.Days, "Sales by UTC day and currency.", "day/currency", "day");

    /// <summary>Sales by minute.</summary>
    public static readonly StoreDescriptor<SalesTotal> SalesByMinute = Total(
        SalesTotalsProcessor.Minutes, "Sales by UTC minute and currency, seven days behind the newest.", "minute/currency", "minute");

    /// <summary>Sales by product and day.</summary>
    public static readonly StoreDescriptor<SalesTotal> ProductSalesByDay = new()
    {
        Name = SalesTotalsProcessor.Products,
        Description = "Sales by product, UTC day and currency.",
        KeyFormat = "sku/day/currency",
        PartitionKey = CompositeKey.First,
        Values = Serdes.State<SalesTotal>(),
        WriteJson = (json, key, total) =>
        {
            var parts = CompositeKey.Split(key);
            json.WriteStartObject();
            json.WriteString("sku", parts[0]);
            json.WriteString("day", parts[1]);
            json.WriteString("currency", parts[2]);
            json.WriteNumber("orders", total.Orders);
            json.WriteNumber("units", total.Units);
            json.WriteNumber("salesMinor", total.GrossMinor);
            json.WriteEndObject();
        },
    };

    /// <summary>Products by what was sold of them.</summary>
    public static readonly StoreDescriptor<ProductRank> TopProducts = Of<ProductRank>(
        SalesTotalsProcessor.Ranks, "All that was sold of each product; the keys under rank begin with the best sold.",
        "total/currency/sku or rank/currency/place/sku") with
    {
        PartitionKey = key => CompositeKey.Split(key)[^1],
    };

    /// <summary>What analytics remembers of each order.</summary>
    public static readonly StoreDescriptor<AnalysedOrder> AnalyticsOrders = Of<AnalysedOrder>(
        AnalyticsProcessor.Orders, "What analytics has counted of each order, and its last version.", "orderId");

    /// <summary>The funnel by hour.</summary>
    public static readonly StoreDescriptor<FunnelHour> OrderFunnelByHour = Of<FunnelHour>(
        AnalyticsProcessor.FunnelHours, "How many orders reached each stage in each UTC hour.", "hour") with
    {
        Placement = StorePlacement.Shared,
        Merge = Funnel.Sum,
    };

    /// <summary>What each order adds to its customer's figures.</summary>
    public static readonly StoreDescriptor<CustomerOrderFacts> CustomerOrders = Of<CustomerOrderFacts>(
        CustomerStatsProcessor.Orders, "What each order adds to its customer's figures.", "customerId/orderId");

    /// <summary>Customers' figures.</summary>
    public static readonly StoreDescriptor<CustomerStats> CustomerStats = Of<CustomerStats>(
        CustomerStatsProcessor.Stats, "What each customer has ordered so far.", "customerId");

    private static StoreDescriptor<TValue> Of<TValue>(string name, string description, string keyFormat)
        where TValue : class, ISpecificRecord, IAvroRecord<TValue> => new()
        {
            Name = name,
            Description = description,
            KeyFormat = keyFormat,
            // A key of one part is its owner as it stands; of one with more parts the first is.
            PartitionKey = keyFormat.Contains('/', StringComparison.Ordinal) ? CompositeKey.First : key => key,
            WriteJson = (json, _, value) => RecordJson.Write(json, value),
            Values = Serdes.State<TValue>(),
        };

    private static StoreDescriptor<SalesTotal> Total(string name, string description, string keyFormat, string time) => new()
    {
        Name = name,
        Description = description,
        KeyFormat = keyFormat,
        Values = Serdes.State<SalesTotal>(),
        WriteJson = (json, key, total) =>
        {
            var parts = CompositeKey.Split(key);
            json.WriteStartObject();
            json.WriteString(time, parts[0]);
            json.WriteString("currency", parts[1]);
            json.WriteNumber("orders", total.Orders);
            json.WriteNumber("units", total.Units);
            json.WriteNumber("grossMinor", total.GrossMinor);
            json.WriteNumber("refundedMinor", total.RefundedMinor);
            json.WriteNumber("netMinor", total.NetMinor);
            json.WriteEndObject();
        },
    };
}
