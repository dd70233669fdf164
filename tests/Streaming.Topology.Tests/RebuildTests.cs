using Confluent.Kafka;
using Streaming.Schemas;
using Streaming.Streams.Testing;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Mock;

namespace Streaming.Topology.Tests;

/// <summary>What is rebuilt or replayed comes out the same.</summary>
public sealed class RebuildTests
{
    [Fact]
    public void Views_rebuilt_from_the_facts_alone_give_the_same_answers()
    {
        using var first = new Pipeline();
        var seen = Play(first);

        using var rebuilt = new Pipeline();
        foreach (var application in Views)
            foreach (var fact in seen.OfType<Schemas.Orders.IOrderEvent>())
                rebuilt[application].Pipe(Topics.OrdersEvents, fact);
        foreach (var application in Views)
        {
            rebuilt[application].Tick();
            foreach (var store in application.Stores)
                Assert.Equal(store.Accept(new StoreText(first[application])), store.Accept(new StoreText(rebuilt[application])));
        }
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("inventory")]
    public void Commands_replayed_give_the_same_records_byte_by_byte(string id)
    {
        var application = Applications.Find(id)!;
        using var pipeline = new Pipeline();
        var commands = Play(pipeline).OfType<ICommand>()
            .Where(command => command is Schemas.Orders.IOrderCommand == (id == "orders")).ToList();

        Assert.True(commands.Count > 5);
        Assert.Equal(Records(application, commands), Records(application, commands));
    }

    [Fact]
    public void A_missing_fact_is_a_dead_letter_and_the_rest_goes_on()
    {
        var serdes = App.MockSerdes();
        using var view = new App(Applications.OrderView, serdes);
        var facts = Make.External("e1", "c1", Make.Start);
        foreach (var fact in facts.Where((_, i) => i != 2).Concat(Make.External("e2", "c1", Make.Start)))
            view.Pipe(Topics.OrdersEvents, fact);

        Assert.Equal(2, view.Store(Stores.Descriptors.OrderView).Get("e1").Version);
        Assert.Equal(6, view.Store(Stores.Descriptors.OrderView).Get("e2").Version);
        Assert.Equal(["e1", "e1", "e1"], view.DeadLetters().Select(letter => letter.Message.Key));
    }

    private static ApplicationDefinition[] Views => [Applications.Sales, Applications.OrderView, Applications.Analytics];

    private static List<IMessage> Play(Pipeline pipeline) =>
    [
        .. pipeline.Send(Topics.InventoryCommands, Make.Receive("A", 10), Make.Receive("B", 2)),
        .. pipeline.Send(Topics.OrdersCommands, Make.Order("o1", ("A", 3)), Make.Order("o2", ("A", 2), ("B", 2)), Make.Order("o3", ("B", 1))),
        .. pipeline.Send(Topics.OrdersCommands, Make.Cancel("o1"), Make.Cancel("o3")),
        .. pipeline.Send(Topics.OrdersEvents, Make.External("e1", "c9", Make.Start)),
        .. pipeline.Send(Topics.OrdersEvents, Make.External("e2", "c9", Make.Start.AddDays(9), cancelled: true)),
    ];

    private static List<string> Records(ApplicationDefinition application, List<ICommand> commands)
    {
        // A registry of one's own: the ids of schemas follow from the order of their registration.
        var serdes = App.MockSerdes();
        using var cluster = new TestCluster();
        var driver = cluster.Add(application.Build(serdes), new StreamConfig { ApplicationId = application.Id, BootstrapServers = "mock:9092" });
        var input = driver.CreateInputTopic(application.Reads[0].Name, serdes.Key, serdes.Messages);
        foreach (var command in commands)
            input.PipeInput(command.Envelope.AggregateId, command, command.Envelope.OccurredAt.UtcDateTime);
        return [.. application.Writes.SelectMany(topic => cluster.Records(topic.Name)
            .Select(record => $"{topic.Name} {Convert.ToHexString(record.Key!)} {Convert.ToHexString(record.Value!)}"))];
    }
}
