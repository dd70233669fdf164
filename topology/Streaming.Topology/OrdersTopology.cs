using Streaming.Processors.Orders;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Topology;

/// <summary>The Order aggregate: commands in, facts and outcomes out.</summary>
public static class OrdersTopology
{
    /// <summary>Declares it.</summary>
    public static void Build(StreamBuilder builder, Serdes serdes)
    {
        builder.AddStateStore(serdes.Store<OrderState>(OrderProcessor.Orders));
        builder.AddStateStore(serdes.Store<CommandOutcome>(OrderProcessor.Commands));

        var answers = builder
            .Stream(Topics.OrdersCommands.Name, serdes.Key, serdes.Messages, "commands")
            .Transform(
                TransformerBuilder.New<string, IMessage, string, IMessage>().Transformer<OrderProcessor>().Build(),
                "decide", OrderProcessor.Orders, OrderProcessor.Commands);

        answers
            .Filter((_, message, _) => message is IEvent, "facts")
            .To(Topics.OrdersEvents.Name, serdes.Key, serdes.Messages, "events");
        answers
            .Filter((_, message, _) => message is IOutcome, "answers")
            .To(Topics.OrdersOutcomes.Name, serdes.Key, serdes.Messages, "outcomes");
    }
}
