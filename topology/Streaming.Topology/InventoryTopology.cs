using Streaming.Processors.Inventory;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Outcomes;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Topology;

/// <summary>The Stock aggregate: commands in, facts and outcomes out.</summary>
public static class InventoryTopology
{
    /// <summary>Declares it.</summary>
    public static void Build(StreamBuilder builder, Serdes serdes)
    {
        builder.AddStateStore(serdes.Store<StockItem>(StockProcessor.Items));
        builder.AddStateStore(serdes.Store<Reservation>(StockProcessor.Reservations));
        builder.AddStateStore(serdes.Store<CommandOutcome>(StockProcessor.Commands));

        var answers = builder
            .Stream(Topics.InventoryCommands.Name, serdes.Key, serdes.Messages, "commands")
            .Transform(
                TransformerBuilder.New<string, IMessage, string, IMessage>().Transformer<StockProcessor>().Build(),
                "decide", StockProcessor.Items, StockProcessor.Reservations, StockProcessor.Commands);

        answers
            .Filter((_, message, _) => message is IEvent, "facts")
            .To(Topics.InventoryEvents.Name, serdes.Key, serdes.Messages, "events");
        answers
            .Filter((_, message, _) => message is IOutcome, "answers")
            .To(Topics.InventoryOutcomes.Name, serdes.Key, serdes.Messages, "outcomes");
    }
}
