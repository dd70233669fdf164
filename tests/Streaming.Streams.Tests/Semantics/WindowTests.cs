using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

public sealed class WindowTests
{
    [Fact]
    public void Tumbling_windows_count_by_their_start()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10))
            .Count(InMemoryWindows.As<string, long>("counts"))));
        driver.In("in", "a", "x", 0);
        driver.In("in", "a", "x", 9);
        driver.In("in", "a", "x", 10);
        driver.In("in", "a", "x", 5);
        Assert.Equal(["a@0/10=1@0", "a@0/10=2@9", "a@10/20=1@10", "a@0/10=3@9"], driver.Out());
        var store = driver.Test.GetWindowStore<string, long>("counts");
        Assert.Equal(3, store.Fetch("a", 0));
        Assert.Equal([KeyValuePair.Create(0L, 3L), KeyValuePair.Create(10L, 1L)], store.Fetch("a", 0L, 100L).ToList());
    }

    [Fact]
    public void Hopping_windows_overlap()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(HoppingWindowOptions.Of(10, 5))
            .Reduce((a, v) => a + v)));
        driver.In("in", "a", "1", 7);
        driver.In("in", "a", "2", 12);
        Assert.Equal(["a@0/10=1@7", "a@5/15=1@7", "a@5/15=12@12", "a@10/20=2@12"], driver.Out());
    }

    [Fact]
    public void A_record_behind_the_grace_period_is_late()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10, 5)).Count()));
        driver.In("in", "a", "x", 1);
        driver.In("in", "b", "x", 14);
        driver.In("in", "a", "x", 2);
        driver.In("in", "b", "x", 15);
        driver.In("in", "a", "x", 3);
        Assert.Equal(["a@0/10=1@1", "b@10/20=1@14", "a@0/10=2@2", "b@10/20=2@15"], driver.Out());
    }

    [Fact]
    public void Sessions_grow_and_merge_and_take_back_what_they_were()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(SessionWindowOptions.Of(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(100)))
            .Aggregate(() => "", (_, v, a) => a + v, (_, a, b) => a + b, new SessionMaterialized<string, string> { StoreName = "sessions" })));
        driver.In("in", "k", "1", 10);
        driver.In("in", "k", "2", 13);
        driver.In("in", "k", "3", 22);
        driver.In("in", "k", "4", 17);
        Assert.Equal(
            [
                "k@10/10=1@10", "k@10/10=@10", "k@10/13=12@13", "k@22/22=3@22", "k@10/13=@13", "k@22/22=@22",
                "k@10/22=1234@22",
            ],
            driver.Out());
        var sessions = driver.Test.GetSessionStore<string, string>("sessions").Fetch("k").ToList();
        Assert.Equal("1234", Assert.Single(sessions).Value);
    }

    [Fact]
    public void A_session_behind_the_grace_period_is_late()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(SessionWindowOptions.Of(TimeSpan.FromMilliseconds(5))).Count()));
        driver.In("in", "k", "x", 100);
        driver.In("in", "k", "x", 94);
        driver.In("in", "k", "x", 95);
        Assert.Equal(["k@100/100=1@100", "k@100/100=0@100", "k@95/100=2@100"], driver.Out());
    }

    [Fact]
    public void Suppress_until_windows_close_gives_each_window_once()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10, 5)).Count()
            .Suppress(SuppressedBuilder.UntilWindowClose<Windowed<string>, long>(
                TimeSpan.FromMilliseconds(5), StrictBufferConfig.Unbounded()))));
        driver.In("in", "a", "x", 1);
        driver.In("in", "b", "x", 2);
        driver.In("in", "a", "x", 12);
        driver.In("in", "a", "x", 4);
        Assert.Empty(driver.Out());
        driver.In("in", "a", "x", 15);
        Assert.Equal(["b@0/10=1@2", "a@0/10=2@4"], driver.Out().OrderDescending());
        driver.In("in", "a", "x", 5);
        driver.In("in", "a", "x", 25);
        Assert.Equal(["a@10/20=2@15"], driver.Out());
    }

    [Fact]
    public void Suppress_until_a_time_limit_gives_the_last_of_several_changes()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store"))
            .Suppress(SuppressedBuilder.UntilTimeLimit<string, string>(
                TimeSpan.FromMilliseconds(10), StrictBufferConfig.Unbounded()))
            .ToStream().To("out"));
        driver.In("in", "a", "1", 0);
        driver.In("in", "a", "2", 5);
        driver.In("in", "b", "3", 9);
        Assert.Empty(driver.Out());
        driver.In("in", "c", "4", 10);
        Assert.Equal(["a=2@5"], driver.Out());
    }

    [Fact]
    public void A_suppressed_change_keeps_its_headers()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store"))
            .Suppress(SuppressedBuilder.UntilTimeLimit<string, string>(
                TimeSpan.FromMilliseconds(10), StrictBufferConfig.Unbounded()))
            .ToStream().To("out"));
        driver.In("in", "a", "1", 0, new Confluent.Kafka.Headers { { "traceparent", [1] }, { "nothing", null } });
        driver.In("in", "b", "2", 20, new Confluent.Kafka.Headers { { "traceparent", [2] } });
        var record = driver.Test.CreateOutputTopic<string, string>("out").ReadKeyValue();
        Assert.Equal(("a", 0), (record.Message.Key, record.Message.Timestamp.UnixTimestampMs));
        Assert.Equal([1], record.Message.Headers.GetLastBytes("traceparent"));
        Assert.Null(record.Message.Headers.GetLastBytes("nothing"));
    }

    [Fact]
    public void Suppress_with_a_full_eager_buffer_emits_the_oldest()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store"))
            .Suppress(SuppressedBuilder.UntilTimeLimit<string, string>(
                TimeSpan.FromDays(1), EagerConfig.EmitEarlyWhenFull(1)))
            .ToStream().To("out"));
        driver.In("in", "a", "1", 0);
        driver.In("in", "b", "2", 1);
        Assert.Equal(["a=1@0"], driver.Out());
    }

    [Fact]
    public void Windows_older_than_the_retention_are_gone()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10, 0))
            .Count(InMemoryWindows.As<string, long>("counts").WithRetention(TimeSpan.FromMilliseconds(20))));
        driver.In("in", "a", "x", 0);
        driver.In("in", "a", "x", 10);
        Assert.Equal(1, driver.Test.GetWindowStore<string, long>("counts").Fetch("a", 0));
        driver.In("in", "a", "x", 20);
        Assert.Equal(0, driver.Test.GetWindowStore<string, long>("counts").Fetch("a", 0));
        Assert.Equal([10L, 20L], driver.Test.GetWindowStore<string, long>("counts").Fetch("a", 0L, 100L).ToList().Select(e => e.Key));
    }

    [Fact]
    public void Duplicates_within_the_interval_are_dropped()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .DropDuplicate((_, a, b) => a == b, TimeSpan.FromMilliseconds(10)).To("out"));
        driver.In("in", "a", "x", 0);
        driver.In("in", "a", "x", 5);
        driver.In("in", "a", "y", 6);
        driver.In("in", "b", "x", 7);
        driver.In("in", "a", "x", 20);
        Assert.Equal(["a=x@0", "a=y@6", "b=x@7", "a=x@20"], driver.Out());
    }

    private static void Show<V>(IKTable<Windowed<string>, V> table) => table.ToStream()
        .Map((k, v, _) => KeyValuePair.Create($"{k.Key}@{k.Window.StartMs}/{k.Window.EndMs}", v is null ? null! : $"{v}"))
        .To("out", new StringSerDes(), new StringSerDes());
}
