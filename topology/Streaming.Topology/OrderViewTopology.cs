using Streaming.Processors.OrderViews;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Topology;

/// <summary>The read model of orders: each as it stands, its history, and the list of each customer's.</summary>
public static class OrderViewTopology
{
    /// <summary>Declares it.</summary>
    public static void Build(StreamBuilder builder, Serdes serdes)
    {
        builder.AddStateStore(serdes.Store<OrderState>(OrderViewProcessor.Orders));
        builder.AddStateStore(serdes.Store(OrderViewProcessor.History, serdes.StoredMessages));
        builder.AddStateStore(serdes.Store<CustomerOrder>(CustomerOrdersProcessor.Entries));

        var orders = builder
            .Stream(Topics.OrdersEvents.Name, serdes.Key, serdes.Messages, "orders")
            .Transform(
                TransformerBuilder.New<string, IMessage, string, OrderState>().Transformer<OrderViewProcessor>().Build(),
                "fold", OrderViewProcessor.Orders, OrderViewProcessor.History);

        orders
            .MapValues((order, _) => OrderProjection.View(order), "show")
            .To(Topics.OrdersView.Name, serdes.Key, serdes.View<OrderView>(), "view");

        orders
            .Filter((_, order, _) => OrderProjection.ChangesList(order), "listed")
            .Map((_, order, _) => KeyValuePair.Create(order.CustomerId, OrderProjection.Entry(order)), "by-customer")
            .Repartition(Repartitioned<string, CustomerOrder>.As("orders-by-customer")
                .WithKeySerdes(serdes.Key)
                .WithValueSerdes(Serdes.State<CustomerOrder>()))
            .Process(
                ProcessorBuilder.New<string, CustomerOrder>().Processor<CustomerOrdersProcessor>().Build(),
                "list", CustomerOrdersProcessor.Entries);
    }
}
