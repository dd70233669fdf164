using Streaming.Processors.Commands;
using Streaming.Processors.Orders;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;

namespace Streaming.Processors.Tests;

public sealed class CommandHandlerTests
{
    private readonly MemoryStore<OrderState> _orders = new();
    private readonly MemoryStore<CommandOutcome> _commands = new();
    private readonly CommandLog _log;
    private readonly OrderHandler _handler;

    public CommandHandlerTests()
    {
        _log = new CommandLog(_commands);
        _handler = new OrderHandler(_orders, _log);
    }

    [Fact]
    public void A_command_has_its_facts_and_one_outcome()
    {
        var command = Make.Create("o1", submit: true, ("A", 1, 10));
        var messages = Handle(command);

        var accepted = Assert.IsType<CommandAccepted>(messages[^1]);
        Assert.Equal((command.Envelope.EventId, 3L), (accepted.CommandId, accepted.Version));
        Assert.Equal(command.Envelope.EventId, accepted.Envelope.CausationId);
        Assert.Equal(3, messages.OfType<IEvent>().Count());
        Assert.DoesNotContain(accepted.Envelope.EventId, messages.OfType<IEvent>().Select(fact => fact.Envelope.EventId));
        Assert.Equal(OrderStatus.Submitted, _orders.Get("o1").Status);
    }

    [Fact]
    public void A_repeat_has_the_first_outcome_and_nothing_else()
    {
        var first = Handle(Make.Create("o1", submit: false))[^1];
        var refused = Handle(new SubmitOrder { Envelope = Make.Command("o1", "submit") })[^1];
        Assert.IsType<CommandRejected>(refused);

        // By now the order has an item, so the same command would succeed; its first outcome stands.
        Handle(new AddOrderItem { Envelope = Make.Command("o1", "add"), Sku = "A", Quantity = 1, UnitPriceMinor = 1 });

        Assert.Equal([first], Handle(Make.Create("o1", submit: false), days: 6));
        Assert.Equal([refused], Handle(new SubmitOrder { Envelope = Make.Command("o1", "submit") }, days: 7));
    }

    [Fact]
    public void Another_body_under_the_same_id_is_refused_and_the_first_outcome_stands()
    {
        var command = Make.Create("o1", submit: false) with { BodyHash = "aa" };
        var first = Handle(command)[^1];

        var other = Assert.IsType<CommandRejected>(Assert.Single(Handle(command with { BodyHash = "bb" })));
        Assert.Equal(RefusalCodes.IdempotencyKeyReused, other.Code);
        Assert.NotEqual(first.Envelope.EventId, other.Envelope.EventId);
        Assert.Equal([first], Handle(command));
    }

    [Fact]
    public void A_command_id_is_forgotten_after_seven_days_however_often_the_log_is_pruned()
    {
        var command = Make.Create("o1", submit: false);
        Handle(command);

        _log.Prune(Make.Start.AddDays(8));
        Assert.Single(_commands.Entries);
        var late = Assert.IsType<CommandRejected>(Handle(command, days: 7.1)[^1]);
        Assert.Equal(RefusalCodes.OrderExists, late.Code);

        _log.Prune(Make.Start.AddDays(15.2));
        Assert.Empty(_commands.Entries);
    }

    [Fact]
    public void A_command_of_an_unknown_kind_is_refused()
    {
        var unknown = new UnknownMessage("shop.orders.GiftWrapOrder", Make.Command("o1", "wrap"));

        var rejected = Assert.IsType<CommandRejected>(Assert.Single(Handle(unknown)));
        Assert.Equal(RefusalCodes.UnknownCommand, rejected.Code);
        Assert.Contains("GiftWrapOrder", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_under_another_key_is_a_fault()
    {
        var fault = Assert.Throws<InvalidDataException>(
            () => _handler.Handle("o2", Make.Create("o1", submit: false), Make.Start));
        Assert.Contains("'o2'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_version_names_both()
    {
        Handle(Make.Create("o1", submit: false, ("A", 1, 1)));

        var rejected = Assert.IsType<CommandRejected>(
            Handle(new SubmitOrder { Envelope = Make.Command("o1", "submit", expected: 1) })[^1]);
        Assert.Equal((1L, 2L), (rejected.ExpectedVersion, rejected.ActualVersion));
    }

    private IReadOnlyList<IMessage> Handle(IMessage command, double days = 0) =>
        _handler.Handle(command.Envelope.AggregateId, command, Make.Start.AddDays(days));
}
