using Streaming.Processors.Sales;
using Streaming.Schemas;
using Streaming.Schemas.Sales;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Topology;

/// <summary>
/// The sales by day, minute and product, in two stages: each partition of orders adds up its own share, and the shares are put
/// together where the total lives.
/// </summary>
public static class SalesTopology
{
    /// <summary>Declares it.</summary>
    public static void Build(StreamBuilder builder, Serdes serdes)
    {
        builder.AddStateStore(serdes.Store<SalesOrder>(SalesProcessor.Orders));
        builder.AddStateStore(serdes.Store<SalesPartial>(SalesProcessor.Partials));
        builder.AddStateStore(serdes.Store(SalesProcessor.Pending, new StringSerDes()));
        builder.AddStateStore(serdes.Store<SalesTotal>(SalesTotalsProcessor.Days));
        builder.AddStateStore(serdes.Store<SalesTotal>(SalesTotalsProcessor.Minutes));
        builder.AddStateStore(serdes.Store<SalesTotal>(SalesTotalsProcessor.Products));
        builder.AddStateStore(serdes.Store<ProductRank>(SalesTotalsProcessor.Ranks));

        builder
            .Stream(Topics.OrdersEvents.Name, serdes.Key, serdes.Messages, "orders")
            .Transform(
                TransformerBuilder.New<string, IMessage, string, SalesPartial>().Transformer<SalesProcessor>().Build(),
                "count", SalesProcessor.Orders, SalesProcessor.Partials, SalesProcessor.Pending)
            .Repartition(Repartitioned<string, SalesPartial>.As("shares")
                .WithKeySerdes(serdes.Key)
                .WithValueSerdes(Serdes.State<SalesPartial>()))
            .Process(
                ProcessorBuilder.New<string, SalesPartial>().Processor<SalesTotalsProcessor>().Build(),
                "total", SalesTotalsProcessor.Days, SalesTotalsProcessor.Minutes, SalesTotalsProcessor.Products,
                SalesTotalsProcessor.Ranks);
    }
}
