using Streaming.Processors.Analytics;
using Streaming.Schemas;
using Streaming.Schemas.Analytics;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Topology;

/// <summary>The customers' figures and the funnel of orders by hour.</summary>
public static class AnalyticsTopology
{
    /// <summary>Declares it.</summary>
    public static void Build(StreamBuilder builder, Serdes serdes)
    {
        builder.AddStateStore(serdes.Store<AnalysedOrder>(AnalyticsProcessor.Orders));
        builder.AddStateStore(serdes.Store<FunnelHour>(AnalyticsProcessor.FunnelHours));
        builder.AddStateStore(serdes.Store<CustomerOrderFacts>(CustomerStatsProcessor.Orders));
        builder.AddStateStore(serdes.Store<CustomerStats>(CustomerStatsProcessor.Stats));

        builder
            .Stream(Topics.OrdersEvents.Name, serdes.Key, serdes.Messages, "orders")
            .Transform(
                TransformerBuilder.New<string, IMessage, string, CustomerOrderFacts>().Transformer<AnalyticsProcessor>().Build(),
                "analyse", AnalyticsProcessor.Orders, AnalyticsProcessor.FunnelHours)
            .Repartition(Repartitioned<string, CustomerOrderFacts>.As("facts-by-customer")
                .WithKeySerdes(serdes.Key)
                .WithValueSerdes(Serdes.State<CustomerOrderFacts>()))
            .Process(
                ProcessorBuilder.New<string, CustomerOrderFacts>().Processor<CustomerStatsProcessor>().Build(),
                "customers", CustomerStatsProcessor.Orders, CustomerStatsProcessor.Stats);
    }
}
