using Streaming.Processors.Commands;
using Streaming.Processors.Inventory;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Outcomes;

namespace Streaming.Processors.Tests;

public sealed class StockTests
{
    private readonly MemoryStore<StockItem> _stock = new();
    private readonly MemoryStore<Reservation> _reservations = new();
    private readonly StockHandler _handler;
    private int _commands;

    public StockTests() =>
        _handler = new StockHandler(_stock, _reservations, new CommandLog(new MemoryStore<CommandOutcome>()));

    [Fact]
    public void Goods_come_in_are_reserved_and_leave()
    {
        Handle(Make.Receive("A", Next(), 10));
        var reserved = Assert.IsType<StockReserved>(Handle(Make.Reserve("A", Next(), "o1", 1, 4))[0]);
        Assert.Equal((10, 4, 6), (reserved.OnHand, reserved.Reserved, reserved.Available));
        var committed = Assert.IsType<StockCommitted>(Handle(Make.Commit("A", Next(), "o1", 1))[0]);
        Assert.Equal((6, 0, 6, 4), (committed.OnHand, committed.Reserved, committed.Available, committed.Quantity));
        Assert.Equal(3, _stock.Get("A").Version);
    }

    [Fact]
    public void What_is_not_available_is_refused_and_others_are_told()
    {
        Handle(Make.Receive("A", Next(), 3));
        var messages = Handle(Make.Reserve("A", Next(), "o1", 1, 4));

        var fact = Assert.IsType<StockReservationRejected>(messages[0]);
        Assert.Equal((RefusalCodes.InsufficientStock, 4L, 2L), (fact.Code, fact.Requested, fact.Envelope.EventVersion));
        Assert.Equal(RefusalCodes.InsufficientStock, Assert.IsType<CommandRejected>(messages[1]).Code);
    }

    [Fact]
    public void An_unknown_sku_is_refused_and_the_refusal_takes_its_version()
    {
        Assert.Equal(1, Assert.IsType<StockReservationRejected>(Handle(Make.Reserve("X", Next(), "o1", 1, 1))[0]).Envelope.Version);
        Assert.Equal(2, Assert.IsType<StockReservationRejected>(Handle(Make.Reserve("X", Next(), "o2", 1, 1))[0]).Envelope.Version);
        Assert.Equal(RefusalCodes.UnknownSku, Assert.IsType<CommandRejected>(Assert.Single(Handle(Make.Adjust("X", Next(), 5)))).Code);
        Assert.False(_stock.Get("X").Known);

        Assert.Equal(3, Assert.IsType<StockReceived>(Handle(Make.Receive("X", Next(), 1))[0]).Envelope.Version);
        Assert.True(_stock.Get("X").Known);
    }

    [Fact]
    public void The_same_reservation_has_the_same_answer_whatever_the_stock_is_now()
    {
        Handle(Make.Receive("A", Next(), 5));
        Handle(Make.Reserve("A", Next(), "o1", 1, 5));
        Handle(Make.Reserve("A", Next(), "o2", 1, 1));
        Handle(Make.Receive("A", Next(), 5));

        var granted = Assert.IsType<CommandAccepted>(Assert.Single(Handle(Make.Reserve("A", Next(), "o1", 1, 5))));
        Assert.Equal(2, granted.Version);
        var refused = Assert.IsType<CommandRejected>(Assert.Single(Handle(Make.Reserve("A", Next(), "o2", 1, 1))));
        Assert.Equal(RefusalCodes.InsufficientStock, refused.Code);
        Assert.Equal(5, _stock.Get("A").Reserved);
    }

    [Fact]
    public void Giving_back_what_was_never_granted_is_answered_with_nothing_and_blocks_the_grant()
    {
        Handle(Make.Receive("A", Next(), 5));
        Assert.Equal(0, Assert.IsType<StockReleased>(Handle(Make.Release("A", Next(), "o1", 1))[0]).Quantity);
        Assert.Equal(0, Assert.IsType<StockCommitted>(Handle(Make.Commit("A", Next(), "o2", 1))[0]).Quantity);

        foreach (var order in new[] { "o1", "o2" })
        {
            var late = Assert.IsType<StockReservationRejected>(Handle(Make.Reserve("A", Next(), order, 1, 1))[0]);
            Assert.Equal(RefusalCodes.ReservationBlocked, late.Code);
        }
        Assert.Equal((5, 0), (_stock.Get("A").OnHand, _stock.Get("A").Reserved));
    }

    [Fact]
    public void A_reservation_is_given_back_or_committed_once()
    {
        Handle(Make.Receive("A", Next(), 5));
        Handle(Make.Reserve("A", Next(), "o1", 1, 3));
        Handle(Make.Release("A", Next(), "o1", 1));

        Assert.IsType<CommandAccepted>(Assert.Single(Handle(Make.Release("A", Next(), "o1", 1))));
        Assert.Equal(0, Assert.IsType<StockCommitted>(Handle(Make.Commit("A", Next(), "o1", 1))[0]).Quantity);
        Assert.Equal((5, 0), (_stock.Get("A").OnHand, _stock.Get("A").Reserved));
    }

    [Fact]
    public void The_last_piece_is_told_once_until_there_is_more_again()
    {
        Handle(Make.Receive("A", Next(), 5));
        Assert.Single(Handle(Make.Reserve("A", Next(), "o1", 1, 4)).OfType<IEvent>());
        var gone = Handle(Make.Reserve("A", Next(), "o2", 1, 1)).OfType<ProductOutOfStock>().Single();
        Assert.Equal(("o2", 0), (gone.OrderId, gone.Available));

        Assert.Empty(Handle(Make.Reserve("A", Next(), "o3", 1, 1)).OfType<ProductOutOfStock>());
        Assert.Empty(Handle(Make.Commit("A", Next(), "o1", 1)).OfType<ProductOutOfStock>());
        Handle(Make.Receive("A", Next(), 1));
        Assert.Null(Handle(Make.Adjust("A", Next(), -1)).OfType<ProductOutOfStock>().Single().OrderId);
    }

    [Theory]
    [InlineData(-3, RefusalCodes.InsufficientStock)]
    [InlineData(0, RefusalCodes.InvalidCommand)]
    [InlineData(long.MaxValue, RefusalCodes.InvalidCommand)]
    [InlineData(long.MinValue, RefusalCodes.InsufficientStock)]
    [InlineData(-2, null)]
    [InlineData(7, null)]
    public void A_count_is_not_corrected_below_what_is_reserved(long quantity, string? code)
    {
        Handle(Make.Receive("A", Next(), 5));
        Handle(Make.Reserve("A", Next(), "o1", 1, 3));

        var outcome = Handle(Make.Adjust("A", Next(), quantity))[^1];
        Assert.Equal(code, (outcome as CommandRejected)?.Code);
        Assert.Equal(code is null ? 5 + quantity : 5, _stock.Get("A").OnHand);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Nothing_cannot_be_received_or_reserved(long quantity)
    {
        Handle(Make.Receive("A", Next(), 5));
        Assert.IsType<CommandRejected>(Assert.Single(Handle(Make.Receive("A", Next(), quantity))));
        Assert.Equal(RefusalCodes.InvalidCommand,
            Assert.IsType<StockReservationRejected>(Handle(Make.Reserve("A", Next(), "o1", 1, quantity))[0]).Code);
    }

    private string Next() => $"command {_commands++}";

    private IReadOnlyList<IMessage> Handle(IInventoryCommand command) =>
        _handler.Handle(command.Envelope.AggregateId, command, Make.Start);
}
