using Streaming.Streams;
using Streaming.Streams.Tests.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>Final results of windows (KIP-825), and windows that never have one.</summary>
public sealed class EmitOnCloseTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_window_gives_its_result_once_when_the_time_passes_its_end_and_grace(bool cached)
    {
        using var driver = new Driver(b => Tumbling(b, cached));
        driver.In("in", "a", "x", 1);
        driver.In("in", "b", "x", 9);
        driver.In("in", "a", "x", 12);
        driver.In("in", "a", "x", 5);
        driver.In("in", "c", "x", 14);
        Assert.Empty(driver.Out());
        driver.In("in", "c", "x", 15);
        Assert.Equal(["a@0/10=2@5", "b@0/10=1@9"], driver.Out().Order());
        driver.In("in", "a", "late", 9);
        driver.In("in", "c", "x", 24);
        Assert.Empty(driver.Out());
        driver.In("in", "z", "x", 1000);
        Assert.Equal(["a@10/20=1@12", "c@10/20=2@15", "c@20/30=1@24"], driver.Out().Order());
    }

    [Fact]
    public void Final_results_of_several_windows_come_in_order_of_their_end()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(HoppingWindowOptions.Of(10, 5, 0)).EmitStrategy(EmitStrategy.OnWindowClose()).Reduce((x, y) => x + y)));
        driver.In("in", "a", "1", 7);
        driver.In("in", "a", "2", 12);
        Assert.Equal(["a@0/10=1@7"], driver.Out());
        driver.In("in", "b", "3", 40);
        Assert.Equal(["a@5/15=12@12", "a@10/20=2@12"], driver.Out());
    }

    [Fact]
    public void A_result_goes_out_even_if_the_record_that_closes_it_pushes_its_window_out_of_the_store()
    {
        using var driver = new Driver(b => Tumbling(b, cached: false));
        driver.In("in", "a", "x", 1);
        driver.In("in", "a", "x", 10_000_000);
        driver.In("in", "a", "x", 20_000_000);
        Assert.Equal(["a@0/10=1@1", "a@10000000/10000010=1@10000000"], driver.Out());
    }

    [Fact]
    public void Sessions_give_their_result_once_and_nothing_is_taken_back()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(SessionWindowOptions.Of(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(10)))
            .EmitStrategy(EmitStrategy.OnWindowClose()).Reduce((x, y) => x + y)));
        driver.In("in", "a", "1", 10);
        driver.In("in", "a", "2", 13);
        driver.In("in", "a", "3", 20);
        driver.In("in", "a", "4", 17); // joins the two
        driver.In("in", "b", "5", 35);
        Assert.Empty(driver.Out()); // closed is what ends before 35 - 10 - 5
        driver.In("in", "b", "6", 36);
        Assert.Equal(["a@10/20=4321@20"], driver.Out().Select(Letters));
        driver.In("in", "a", "late", 18);
        driver.In("in", "b", "7", 100);
        Assert.Equal(["b@35/36=56@36"], driver.Out());
    }

    [Fact]
    public void Each_final_result_is_new_to_the_successors_and_carries_the_headers_of_the_record_that_closed_it()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10, 0)).EmitStrategy(EmitStrategy.OnWindowClose()).Count()
            .GroupBy((w, n, _) => KeyValuePair.Create(w.Key, $"{n}"))
            .Reduce((x, y) => $"{x}+{y}", (x, y) => $"{x}-{y}")
            .ToStream().To("out"));
        driver.In("in", "a", "x", 1);
        driver.In("in", "a", "x", 2);
        driver.In("in", "a", "x", 11, new Confluent.Kafka.Headers { { "h", [7] } });
        driver.In("in", "b", "x", 25);
        var output = driver.Test.CreateOutputTopic<string, string>("out");
        var first = output.ReadKeyValue();
        Assert.Equal("2", first.Message.Value);
        Assert.Equal([7], first.Message.Headers.GetLastBytes("h"));
        Assert.Equal("2+1", output.ReadKeyValue().Message.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_gives_no_result_twice_and_leaves_none_out(bool remembersTimes)
    {
        using var task = new TaskFixture(b => Tumbling(b, cached: false));
        task.Process("in", "a", "x", 1);
        task.Process("in", "b", "x", 13);
        task.Process("in", "c", "x", 16);
        task.Commit();
        Assert.Equal(["a@0/10=1"], task.SentText("out"));
        var committed = task.Sent.Count;
        task.Process("in", "c", "x", 27);
        task.Task.PrepareCommit();
        Assert.Equal(3, task.SentText("out").Count());
        task.Restart(committed, remembersTimes);
        task.Sent.RemoveRange(committed, task.Sent.Count - committed);
        task.Process("in", "a", "late", 2);
        task.Process("in", "c", "x", 27);
        task.Commit();
        Assert.Equal(["a@0/10=1", "b@10/20=1", "c@10/20=1"], task.SentText("out").Order());
        task.Restart(task.Sent.Count, remembersTimes);
        task.Process("in", "z", "x", 100);
        Assert.Equal(["a@0/10=1", "b@10/20=1", "c@10/20=1", "c@20/30=1"], task.SentText("out").Order());
    }

    [Fact]
    public void An_abort_opens_again_what_it_had_closed()
    {
        using var task = new TaskFixture(b => Tumbling(b, cached: false));
        task.Process("in", "a", "x", 1);
        task.Commit();
        task.Process("in", "b", "x", 50);
        Assert.Single(task.SentText("out"));
        task.Task.Abort();
        task.Sent.Clear();
        task.Process("in", "a", "x", 2);
        task.Process("in", "b", "x", 50);
        task.Commit();
        Assert.Equal(["a@0/10=2"], task.SentText("out"));
    }

    [Fact]
    public void A_record_that_fails_closes_no_window()
    {
        var fails = false;
        using var task = new TaskFixture(
            b => Shown(b.Stream<string, string>("in").GroupByKey()
                .WindowedBy(TumblingWindowOptions.Of(10, 0)).EmitStrategy(EmitStrategy.OnWindowClose()).Count()
                .ToStream()).Peek((_, _, _) => _ = fails ? throw new InvalidOperationException("told to fail") : 0).To("out"),
            c => c.InnerExceptionHandler = _ => ExceptionHandlerResponse.CONTINUE);
        task.Process("in", "a", "x", 1);
        task.Process("in", "b", "x", 2);
        fails = true;
        task.Process("in", "c", "x", 10);
        fails = false;
        task.Process("in", "a", "x", 3); // the failed record's time does not count
        task.Process("in", "c", "x", 11);
        task.Commit();
        Assert.Equal(["a@0/10=2", "b@0/10=1"], task.SentText("out").Order());
        Assert.Equal(1, task.Task.Metrics.RecordsSkippedByHandler);
    }

    [Fact]
    public void On_update_is_the_default_and_can_be_asked_for()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10, 0))
            .EmitStrategy(EmitStrategy.OnWindowClose()).EmitStrategy(EmitStrategy.OnWindowUpdate()).Count()));
        driver.In("in", "a", "x", 1);
        driver.In("in", "a", "x", 2);
        Assert.Equal(["a@0/10=1@1", "a@0/10=2@2"], driver.Out());
        Assert.Single(driver.Topology.Compile(driver.Config).SubTopologies[0].Stores);
    }

    [Fact]
    public void An_unlimited_window_holds_everything_since_its_start()
    {
        using var driver = new Driver(b => Show(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(UnlimitedWindowOptions.Of().StartOn(100))
            .Count(InMemoryWindows.As<string, long>("counts"))));
        driver.In("in", "a", "x", 99);
        driver.In("in", "a", "x", 100);
        driver.In("in", "b", "x", 4_000_000_000_000);
        driver.In("in", "a", "x", 101);
        driver.In("in", "a", "x", 5_000_000_000_000);
        Assert.Equal(
            [$"a@100/{long.MaxValue}=1@100", $"b@100/{long.MaxValue}=1@4000000000000", $"a@100/{long.MaxValue}=2@101", $"a@100/{long.MaxValue}=3@5000000000000"],
            driver.Out());
        Assert.Equal(3, driver.Test.GetWindowStore<string, long>("counts").Fetch("a", 100));
        Assert.Equal("-1", driver.Topology.Compile(driver.Config).SubTopologies[0].Stores[0].ChangelogConfig["retention.ms"]);
    }

    [Fact]
    public void An_unlimited_window_never_closes_and_starts_in_no_past()
    {
        var stream = new StreamBuilder().Stream<string, string>("in").GroupByKey().WindowedBy(UnlimitedWindowOptions.Of());
        Assert.Throws<TopologyException>(() => stream.EmitStrategy(EmitStrategy.OnWindowClose()));
        Assert.Throws<StreamsException>(() => UnlimitedWindowOptions.Of().StartOn(-1));
        Assert.Empty(UnlimitedWindowOptions.Of().StartOn(5).WindowsFor(4));
        Assert.Equal(new UnlimitedWindow(5), UnlimitedWindowOptions.Of().StartOn(5).WindowsFor(5)[5]);
    }

    [Fact]
    public void An_unlimited_window_is_restored()
    {
        using var task = new TaskFixture(b => Shown(b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(UnlimitedWindowOptions.Of()).Count().ToStream()).To("out"));
        task.Process("in", "a", "x", 1);
        task.Process("in", "a", "x", 4_000_000_000_000);
        task.Commit();
        task.Restart(task.Sent.Count);
        task.Process("in", "a", "x", 2);
        Assert.Equal([$"a@0/{long.MaxValue}=1", $"a@0/{long.MaxValue}=2", $"a@0/{long.MaxValue}=3"], task.SentText("out"));
    }

    private static void Tumbling(StreamBuilder builder, bool cached)
    {
        var store = InMemoryWindows.As<string, long>("counts");
        Show(builder.Stream<string, string>("in").GroupByKey().WindowedBy(TumblingWindowOptions.Of(10, 5))
            .EmitStrategy(EmitStrategy.OnWindowClose()).Count(cached ? store.WithCachingEnabled() : store));
    }

    /// <summary>The letters of the value in descending order: sessions are merged in no order that matters.</summary>
    private static string Letters(string shown) =>
        $"{shown[..(shown.IndexOf('=') + 1)]}{string.Concat(shown[(shown.IndexOf('=') + 1)..shown.LastIndexOf('@')].OrderDescending())}{shown[shown.LastIndexOf('@')..]}";

    private static void Show<V>(IKTable<Windowed<string>, V> table) => Shown(table.ToStream()).To("out");

    private static IKStream<string, string> Shown<V>(IKStream<Windowed<string>, V> stream) =>
        stream.Map((w, v, _) => KeyValuePair.Create($"{w.Key}@{w.Window.StartMs}/{w.Window.EndMs}", $"{v}"));
}
