using FsCheck;
using FsCheck.Fluent;
using Streaming.Processors.Commands;
using Streaming.Processors.Orders;
using Streaming.Processors.OrderViews;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;

namespace Streaming.Processors.Tests;

/// <summary>What must hold, over random commands in random interleavings with random duplicates.</summary>
public sealed class PipelinePropertyTests
{
    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
    private static readonly Arbitrary<int> Sizes = Gen.Choose(1, 60).ToArbitrary();
    private static readonly Arbitrary<double> Duplicates = Gen.Elements(0.0, 0.2, 0.45).ToArbitrary();

    [Fact]
    public void Every_order_comes_to_rest() => ForAll(simulation =>
    {
        foreach (var order in simulation.Orders.Entries.Values)
            Assert.True(
                order.Status is OrderStatus.Draft or OrderStatus.Reserved or OrderStatus.Cancelled,
                $"{order.OrderId} rests in {order.Status}");
    });

    [Fact]
    public void A_cancelled_order_holds_no_stock_and_a_reserved_one_all_of_its_lines() => ForAll(simulation =>
    {
        var held = simulation.Reservations.Entries.Values.Where(reservation => reservation.Status == ReservationStatus.GRANTED)
            .ToLookup(reservation => reservation.OrderId);
        foreach (var order in simulation.Orders.Entries.Values)
            Assert.Equal(
                order.Status == OrderStatus.Reserved ? order.Items.Select(item => ((int, long))(item.Line, item.Quantity)) : [],
                held[order.OrderId].Select(reservation => (reservation.Line, reservation.Quantity)).Order());
        foreach (var item in simulation.Stock.Entries.Values)
            Assert.Equal(item.Reserved, simulation.Reservations.Entries
                .Where(entry => CompositeKey.First(entry.Key) == item.Sku && entry.Value.Status == ReservationStatus.GRANTED)
                .Sum(entry => entry.Value.Quantity));
    });

    [Fact]
    public void Stock_changes_only_by_what_comes_in_and_goes_out() => ForAll(simulation =>
    {
        foreach (var item in simulation.Stock.Entries.Values)
            Assert.Equal(item.OnHand, simulation.StockMessages.OfType<IInventoryEvent>().Where(fact => fact.Sku == item.Sku).Sum(fact =>
                fact switch
                {
                    StockReceived e => e.Quantity,
                    StockAdjusted e => e.Quantity,
                    StockCommitted e => -e.Quantity,
                    _ => 0,
                }));
    });

    [Fact]
    public void Versions_have_no_gap_and_no_repeat() => ForAll(simulation =>
    {
        foreach (var aggregate in simulation.OrderMessages.Concat(simulation.StockMessages).OfType<IEvent>().GroupBy(fact => fact.Envelope.AggregateId))
            Assert.Equal(
                Enumerable.Range(1, aggregate.Count()).Select(version => (long)version),
                aggregate.Select(fact => fact.Envelope.EventVersion));
    });

    [Fact]
    public void Every_command_has_one_outcome() => ForAll(simulation =>
    {
        var outcomes = simulation.OrderMessages.OfType<IOutcome>().ToLookup(outcome => outcome.CommandId);
        foreach (var command in simulation.OrderCommands)
            Assert.Single(outcomes[command.Message.Envelope.EventId].Distinct());
    });

    [Fact]
    public void The_read_model_is_what_the_aggregate_decided_on() => ForAll(simulation =>
        Assert.Equal(simulation.Orders.Entries, simulation.Views.Entries));

    [Fact]
    public void A_replay_of_the_commands_has_the_same_answers() => ForAll(simulation =>
    {
        var handler = new OrderHandler(new MemoryStore<OrderState>(), new CommandLog(new MemoryStore<CommandOutcome>()));
        Assert.Equal(
            simulation.OrderMessages,
            simulation.OrderCommands.SelectMany(record => handler.Handle(record.Key, record.Message, Make.Start)));
    });

    [Fact]
    public void A_rebuilt_read_model_is_the_same() => ForAll(simulation =>
    {
        var views = new MemoryStore<OrderState>();
        var handler = new OrderViewHandler(views, new MemoryStore<IMessage>());
        foreach (var fact in simulation.OrderMessages.OfType<IOrderEvent>())
            handler.Handle(fact.Envelope.AggregateId, fact);
        Assert.Equal(simulation.Views.Entries, views.Entries);
    });

    [Fact]
    public void Duplicates_change_neither_states_nor_the_set_of_commands() =>
        Prop.ForAll(Seeds, Sizes, (seed, size) =>
        {
            // Enough stock for all and no cancellation: then the end does not hang on who comes first.
            Simulation Run(double duplicates)
            {
                var simulation = new Simulation(new Random(seed), duplicates);
                foreach (var sku in new[] { "A", "B" })
                    simulation.Send(Make.Receive(sku, "receive", 10_000));
                simulation.Run();
                for (var i = 0; i < size; i++)
                    simulation.Send(Make.Create($"o{i}", submit: true, ("A", 1 + i % 3, 10), ("B", 1, 20)));
                simulation.Run();
                return simulation;
            }

            var once = Run(duplicates: 0);
            var often = Run(duplicates: 0.5);
            Assert.Equal(once.Orders.Entries, often.Orders.Entries);
            Assert.Equal(once.SagaCommands, often.SagaCommands);
            Assert.Equal(
                once.Stock.Entries.Select(item => (item.Key, item.Value.OnHand, item.Value.Reserved)),
                often.Stock.Entries.Select(item => (item.Key, item.Value.OnHand, item.Value.Reserved)));
        }).QuickCheckThrowOnFailure();

    private static void ForAll(Action<Simulation> holds) =>
        Prop.ForAll(Seeds, Sizes, Duplicates, (seed, size, duplicates) =>
        {
            var random = new Random(seed);
            var simulation = new Simulation(random, duplicates);
            for (var i = 0; i < size; i++)
            {
                simulation.Send(RandomCommand(random, i));
                for (var steps = random.Next(6); steps > 0; steps--)
                    simulation.Step();
            }
            simulation.Run();
            holds(simulation);
        }).QuickCheckThrowOnFailure();

    private static ICommand RandomCommand(Random random, int number)
    {
        var order = $"o{random.Next(8)}";
        var sku = $"S{random.Next(3)}";
        var name = $"command {number}";
        return random.Next(12) switch
        {
            0 or 1 => Make.Receive(sku, name, random.Next(1, 8)),
            2 => Make.Adjust(sku, name, random.Next(-4, 5)),
            3 => new CancelOrder { Envelope = Make.Command(order, name) },
            4 => new SubmitOrder { Envelope = Make.Command(order, name) },
            5 => new AddOrderItem { Envelope = Make.Command(order, name), Sku = sku, Quantity = random.Next(0, 4), UnitPriceMinor = 5 },
            6 => new RemoveOrderItem { Envelope = Make.Command(order, name), Line = random.Next(1, 4) },
            7 => new CancelOrder { Envelope = Make.Command(order, name, expected: random.Next(1, 6)) },
            _ => Make.Create(order, submit: random.Next(3) > 0, [.. Enumerable.Range(0, random.Next(4))
                .Select(_ => ($"S{random.Next(4)}", random.Next(1, 4), 10L))]) with
            { Envelope = Make.Command(order, name) },
        };
    }
}
