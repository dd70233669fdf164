using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.Semantics;

public sealed class StreamJoinTests
{
    [Fact]
    public void An_inner_join_pairs_records_within_the_window_whatever_comes_first()
    {
        using var driver = Joining("inner", JoinWindowOptions.Of(10, 100));
        driver.In("left", "k", "1", 100);
        driver.In("right", "k", "a", 110);
        driver.In("right", "k", "b", 111);
        driver.In("left", "k", "2", 105);
        driver.In("right", "other", "c", 105);
        Assert.Equal(["k=1a@110", "k=2a@110", "k=2b@111"], driver.Out());
    }

    [Fact]
    public void Before_and_after_bound_the_window_apart()
    {
        using var driver = Joining("inner", JoinWindowOptions.Of(0, 1000).Before(TimeSpan.FromMilliseconds(5)));
        driver.In("left", "k", "1", 100);
        driver.In("right", "k", "a", 94);
        driver.In("right", "k", "b", 95);
        driver.In("right", "k", "c", 100);
        driver.In("right", "k", "d", 101);
        Assert.Equal(["k=1b@100", "k=1c@100"], driver.Out());
    }

    [Fact]
    public void Records_of_one_key_and_time_are_all_kept()
    {
        using var driver = Joining("inner", JoinWindowOptions.Of(10, 100));
        driver.In("left", "k", "1", 100);
        driver.In("left", "k", "2", 100);
        driver.In("right", "k", "a", 100);
        Assert.Equal(["k=1a@100", "k=2a@100"], driver.Out());
    }

    [Fact]
    public void A_left_join_gives_a_lone_record_only_after_its_window()
    {
        using var driver = Joining("left", JoinWindowOptions.Of(10, 5));
        driver.In("left", "k", "1", 100);
        driver.In("left", "l", "2", 101);
        driver.In("right", "k", "a", 105);
        Assert.Equal(["k=1a@105"], driver.Out());
        driver.In("right", "x", "b", 116);
        Assert.Empty(driver.Out());
        driver.In("right", "x", "b", 117);
        Assert.Equal(["l=2-@101"], driver.Out());
    }

    [Fact]
    public void An_outer_join_gives_lone_records_of_both_sides_in_order_of_their_time()
    {
        using var driver = Joining("outer", JoinWindowOptions.Of(10, 0));
        driver.In("right", "r", "a", 101);
        driver.In("left", "l", "1", 100);
        driver.In("left", "p", "2", 102);
        driver.In("right", "p", "b", 103);
        driver.In("left", "x", "3", 200);
        Assert.Equal(["p=2b@103", "l=1-@100", "r=-a@101"], driver.Out());
    }

    [Fact]
    public void A_record_whose_window_has_passed_already_goes_out_alone_at_once()
    {
        using var driver = Joining("left", JoinWindowOptions.Of(10, 0));
        driver.In("left", "x", "1", 200);
        driver.In("left", "k", "late", 100);
        Assert.Equal(["k=late-@100"], driver.Out());
    }

    private static Driver Joining(string kind, JoinWindowOptions windows) => new(b =>
    {
        var left = b.Stream<string, string>("left");
        var right = b.Stream<string, string>("right");
        static string Join(string l, string r) => (l ?? "-") + (r ?? "-");
        (kind switch
        {
            "inner" => left.Join(right, Join, windows),
            "left" => left.LeftJoin(right, Join, windows),
            _ => left.OuterJoin(right, Join, windows),
        }).To("out");
    });
}
