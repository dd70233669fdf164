using Streaming.Processors.Fulfilment;
using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Topology;

/// <summary>The sagas of the orders that the pipeline owns: facts of orders and stock in, commands to both out.</summary>
public static class FulfilmentTopology
{
    /// <summary>Declares it.</summary>
    public static void Build(StreamBuilder builder, Serdes serdes)
    {
        builder.AddStateStore(serdes.Store<FulfilmentState>(FulfilmentProcessor.Sagas));

        var orders = builder.Stream(Topics.OrdersEvents.Name, serdes.Key, serdes.Messages, "orders");

        // The stock's facts are keyed by sku; what answers an order's reservation comes to the order's partition.
        var stock = builder
            .Stream(Topics.InventoryEvents.Name, serdes.Key, serdes.Messages, "inventory")
            .Filter((_, message, _) => message is IReservationEvent, "reservations")
            .SelectKey((_, message, _) => ((IReservationEvent)message).OrderId, "by-order")
            .Repartition(Repartitioned<string, IMessage>.As("stock-by-order")
                .WithKeySerdes(serdes.Key)
                .WithValueSerdes(serdes.StoredMessages));

        var commands = orders
            .Merge(stock, "facts")
            .Transform(
                TransformerBuilder.New<string, IMessage, string, IMessage>().Transformer<FulfilmentProcessor>().Build(),
                "saga", FulfilmentProcessor.Sagas);

        commands
            .Filter((_, message, _) => message is IOrderCommand, "to-orders")
            .To(Topics.OrdersCommands.Name, serdes.Key, serdes.Messages, "order-commands");
        commands
            .Filter((_, message, _) => message is IInventoryCommand, "to-inventory")
            .To(Topics.InventoryCommands.Name, serdes.Key, serdes.Messages, "inventory-commands");
    }
}
