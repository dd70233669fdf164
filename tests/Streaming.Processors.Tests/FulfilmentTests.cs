using Streaming.Processors.Events;
using Streaming.Processors.Fulfilment;
using Streaming.Schemas;
using Streaming.Schemas.Fulfilment;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Tests;

public sealed class FulfilmentTests
{
    private readonly MemoryStore<FulfilmentState> _sagas = new();
    private readonly FulfilmentHandler _handler;

    public FulfilmentTests() => _handler = new FulfilmentHandler(_sagas);

    [Fact]
    public void A_submitted_order_has_every_line_reserved()
    {
        var commands = Handle(Make.Submitted("o1", 3, ("A", 2), ("B", 1), ("A", 5)));

        var reserve = commands.Cast<ReserveStock>().ToList();
        Assert.Equal([("A", 1, 2L), ("B", 2, 1L), ("A", 3, 5L)],
            reserve.Select(command => (command.Envelope.AggregateId, command.Line, command.Quantity)));
        Assert.Equal(3, reserve.Select(command => command.Envelope.EventId).Distinct().Count());
        Assert.All(reserve, command => Assert.Null(command.Envelope.Version));
        Assert.Equal(FulfilmentStatus.Reserving, Saga.Status);
    }

    [Fact]
    public void All_lines_granted_the_reservation_is_recorded_and_the_saga_rests()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2), ("B", 1)));
        Assert.Empty(Handle(Granted("A", 1)));
        Assert.IsType<RecordReservation>(Assert.Single(Handle(Granted("B", 2))));
        Assert.Equal(FulfilmentStatus.Paying, Saga.Status);
    }

    [Fact]
    public void One_line_refused_the_others_are_released_and_the_order_is_cancelled()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2), ("B", 1)));
        Handle(Granted("A", 1));
        var release = Assert.IsType<ReleaseStock>(Assert.Single(Handle(Refused("B", 2))));
        Assert.Equal(("A", 1), (release.Envelope.AggregateId, release.Line));

        var confirm = Assert.IsType<ConfirmCancellation>(Assert.Single(Handle(Released("A", 1))));
        Assert.Equal((CancelReason.INVENTORY_ISSUE, 0L), (confirm.Reason, confirm.RefundedMinor));
        Assert.Equal(FulfilmentStatus.Cancelled, Saga.Status);
    }

    [Fact]
    public void All_lines_refused_there_is_nothing_to_undo()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2)));
        Assert.IsType<ConfirmCancellation>(Assert.Single(Handle(Refused("A", 1))));
    }

    [Fact]
    public void A_cancellation_while_reserving_waits_for_the_answers_and_undoes_them()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2), ("B", 1)));
        Handle(Granted("A", 1));
        Assert.Empty(Handle(Cancellation(4)));
        Assert.Equal(2, Handle(Granted("B", 2)).OfType<ReleaseStock>().Count());
        Assert.Empty(Handle(Released("B", 2)));
        var confirm = Assert.IsType<ConfirmCancellation>(Assert.Single(Handle(Released("A", 1))));
        Assert.Equal(CancelReason.CUSTOMER, confirm.Reason);
    }

    [Fact]
    public void A_cancellation_of_a_reserved_order_is_undone_at_once()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2)));
        Handle(Granted("A", 1));
        Assert.IsType<ReleaseStock>(Assert.Single(Handle(Cancellation(4))));
        Assert.IsType<ConfirmCancellation>(Assert.Single(Handle(Released("A", 1))));
        Assert.Empty(Handle(Cancellation(5)));
    }

    [Fact]
    public void Whatever_comes_twice_changes_nothing()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2), ("B", 1)));
        Handle(Granted("A", 1));
        Assert.Empty(Handle(Make.Submitted("o1", 3, ("A", 2), ("B", 1))));
        Assert.Empty(Handle(Granted("A", 1)));
        Assert.Empty(Handle(Released("A", 1)));
        Handle(Refused("B", 2));
        Assert.Empty(Handle(Granted("A", 1)));
        Handle(Released("A", 1));
        Assert.Empty(Handle(Released("A", 1)));
        Assert.Equal(FulfilmentStatus.Cancelled, Saga.Status);
    }

    [Fact]
    public void Orders_of_others_and_drafts_leave_no_trace()
    {
        Assert.Empty(Handle(Make.Submitted("o1", 3, ("A", 2)) with { Fulfilment = FulfilmentMode.EXTERNAL }));
        Assert.Empty(Handle(new OrderCreated { Envelope = Make.Fact("o1", 1) }));
        Assert.Empty(Handle(Granted("A", 1)));
        Assert.Empty(_sagas.Entries);
    }

    [Fact]
    public void A_missing_fact_is_a_fault_and_an_unknown_one_counts()
    {
        Handle(Make.Submitted("o1", 3, ("A", 2)));
        Assert.Throws<VersionGapException>(() => Handle(Cancellation(5)));
        Handle(new UnknownMessage("shop.orders.OrderGiftWrapped", Make.Fact("o1", 4)));
        Handle(Cancellation(5));
        Assert.True(Saga.Flagged);
    }

    [Fact]
    public void What_is_sent_again_is_the_same_command()
    {
        var first = Handle(Make.Submitted("o1", 3, ("A", 2)));
        _sagas.Delete("o1");
        Assert.Equal(first, Handle(Make.Submitted("o1", 3, ("A", 2))));
    }

    private FulfilmentState Saga => _sagas.Get("o1");

    private IReadOnlyList<ICommand> Handle(IMessage fact) => _handler.Handle("o1", fact);

    private static OrderCancellationRequested Cancellation(long version) => new() { Envelope = Make.Fact("o1", version) };

    private static StockReserved Granted(string sku, int line) =>
        new() { Envelope = Make.Fact(sku, line), Sku = sku, OrderId = "o1", Line = line, ReservationId = $"o1/{line}" };

    private static StockReservationRejected Refused(string sku, int line) =>
        new() { Envelope = Make.Fact(sku, line), Sku = sku, OrderId = "o1", Line = line, ReservationId = $"o1/{line}" };

    private static StockReleased Released(string sku, int line) =>
        new() { Envelope = Make.Fact(sku, line), Sku = sku, OrderId = "o1", Line = line, ReservationId = $"o1/{line}" };
}
