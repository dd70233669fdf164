using Streaming.Schemas;
using Streaming.Streams.Errors;
using Streaming.Topology.Stores;

namespace Streaming.Topology.Tests;

/// <summary>Behind a dead letter the facts of its order wait; redriven, they give the answers that there would have been.</summary>
public sealed class ParkingTests
{
    [Theory]
    [InlineData("order-view")]
    [InlineData("sales")]
    [InlineData("analytics")]
    public void Bytes_that_cannot_be_read_hold_up_their_order_alone_until_they_are_skipped(string id)
    {
        var application = Applications.Find(id)!;
        var serdes = App.MockSerdes();
        using var whole = new App(application, serdes);
        using var app = new App(application, serdes);
        var (held, other) = (Make.External("e1", "c1", Make.Start, cancelled: true), Make.External("e2", "c1", Make.Start));
        foreach (var fact in held.Concat(other))
            whole.Pipe(Topics.OrdersEvents, fact);

        app.Pipe(Topics.OrdersEvents, held[0]);
        app.PipeBytes(Topics.OrdersEvents, "e1", [0, 1, 2]);
        foreach (var fact in held[1..3].Concat(other))
            app.Pipe(Topics.OrdersEvents, fact);
        app.Tick();

        // Redriven, the poison fails again and the facts behind it go back behind it.
        var letters = app.DeadLetters();
        Assert.Equal(["e1", "e1", "e1"], letters.Select(letter => letter.Message.Key));
        letters.ForEach(letter => app.Redrive(letter));
        letters = app.DeadLetters();
        Assert.Equal(3, letters.Count);
        app.Redrive(letters[0], DeadLetterHeaders.Skipped);
        app.Pipe(Topics.OrdersEvents, held[3]);
        letters = [.. letters[1..], .. app.DeadLetters()];
        letters.ForEach(letter => app.Redrive(letter));
        letters.ForEach(letter => app.Redrive(letter));
        foreach (var fact in held[4..])
            app.Pipe(Topics.OrdersEvents, fact);
        app.Tick();
        whole.Tick();

        Assert.Empty(app.DeadLetters());
        foreach (var store in application.Stores)
            Assert.Equal(store.Accept(new StoreText(whole)), store.Accept(new StoreText(app)));
    }

    [Fact]
    public void A_missing_fact_that_comes_late_is_taken_out_of_turn_and_then_the_rest()
    {
        using var view = new App(Applications.OrderView, App.MockSerdes());
        var facts = Make.External("e1", "c1", Make.Start);
        foreach (var fact in facts.Where((_, i) => i != 2).Append(facts[2]))
            view.Pipe(Topics.OrdersEvents, fact);
        var letters = view.DeadLetters();
        Assert.Equal(4, letters.Count);

        view.Redrive(letters[^1], DeadLetterHeaders.OutOfTurn);
        letters[..^1].ForEach(letter => view.Redrive(letter));

        Assert.Empty(view.DeadLetters());
        Assert.Equal(6, view.Store(Descriptors.OrderView).Get("e1").Version);
    }

    [Fact]
    public void What_fails_behind_a_repartition_is_redriven_to_the_same_internal_topic()
    {
        using var app = new App(Applications.Sales, App.MockSerdes());
        app.PipeBytes("sales-shares-repartition", "day/2026-01-01/EUR", [0, 1, 2]);
        var letter = Assert.Single(app.DeadLetters());
        Assert.Equal("sales-shares-repartition", System.Text.Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(DeadLetterHeaders.Topic)));
        app.Redrive(letter);
        var again = Assert.Single(app.DeadLetters());
        Assert.Equal("2", System.Text.Encoding.UTF8.GetString(again.Message.Headers.GetLastBytes(DeadLetterHeaders.Attempts)));
    }
}
