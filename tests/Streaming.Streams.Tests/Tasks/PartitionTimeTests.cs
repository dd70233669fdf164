using System.Text;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Tasks;

/// <summary>The times that are committed beside the offsets, and what a restarted task does with them.</summary>
public sealed class PartitionTimeTests
{
    private static long Decode(string text, Dictionary<string, long>? processors = null) =>
        OffsetMetadata.Decode(Encoding.ASCII.GetBytes(text), processors ?? []);

    [Fact]
    public void The_partition_time_has_Javas_encoding()
    {
        Assert.Equal("AgAAAYvP5WgA", OffsetMetadata.Encode(1_700_000_000_000, []));
        Assert.Equal(1_700_000_000_000, Decode("AgAAAYvP5WgA"));
        Assert.Equal(1_700_000_000_000, Decode("AQAAAYvP5WgA")); // version 1 has the time alone
        // A map of one entry: its size, the key's length and bytes, the value.
        Assert.Equal("AgAAAAAAAAAFAAAAAQAAAAFhAAAAAAAAAAc=", OffsetMetadata.Encode(5, [new("a", 7)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AwAAAYvP5WgA")] // another version
    [InlineData("AgAA")]
    public void Metadata_of_others_tells_no_time(string text) => Assert.Equal(-1, Decode(text));

    [Fact]
    public void Processors_go_on_at_the_largest_time_of_all_partitions()
    {
        var processors = new Dictionary<string, long>();
        Assert.Equal(3, Decode(OffsetMetadata.Encode(3, [new("a", 7), new("b", 1)]), processors));
        Assert.Equal(4, Decode(OffsetMetadata.Encode(4, [new("a", 6), new("b", 2)]), processors));
        Assert.Equal(new Dictionary<string, long> { ["a"] = 7, ["b"] = 2 }, processors);
    }

    [Fact]
    public void More_processors_than_a_broker_takes_leave_the_partition_time()
    {
        var text = OffsetMetadata.Encode(9, [.. Enumerable.Range(0, 200).Select(i => KeyValuePair.Create($"processor-{i}", 1L))]);
        Assert.Equal("AgAAAAAAAAAJ", text);
    }

    private static void Windowed(StreamBuilder builder) => builder.Stream<string, string>("in").GroupByKey()
        .WindowedBy(TumblingWindowOptions.Of(100_000, 50_000)).Count(InMemoryWindows.As<string, long>("counts"))
        .ToStream().Map((k, v, _) => KeyValuePair.Create(k.Key, $"{k.Window.StartMs}:{v}")).To("out");

    private static void Suppressing(StreamBuilder builder) => builder.Stream<string, string>("in").GroupByKey()
        .WindowedBy(TumblingWindowOptions.Of(100, 50)).Count(InMemoryWindows.As<string, long>("counts"))
        .Suppress(SuppressedBuilder.UntilWindowClose<Windowed<string>, long>(TimeSpan.FromMilliseconds(50), StrictBufferConfig.Unbounded()))
        .ToStream().Map((k, v, _) => KeyValuePair.Create(k.Key, $"{k.Window.StartMs}:{v}")).To("out");

    private static void Joining(StreamBuilder builder) => builder.Stream<string, string>("in")
        .LeftJoin(builder.Stream<string, string>("other"), (a, b) => $"{a}+{b}", JoinWindowOptions.Of(100, 50)).To("out");

    [Fact]
    public void A_window_that_closed_before_a_restart_stays_closed()
    {
        using var task = new TaskFixture(Windowed);
        task.Process("in", "a", "x", 199_999);
        task.Commit();
        task.Restart(task.Sent.Count);
        Assert.Equal(199_999, task.Task.GetPartitionTime(0));
        task.Process("in", "a", "x", 99_999); // the store alone would tell no more than that its window had begun
        task.Process("in", "a", "x", 199_999);
        task.Commit();
        Assert.Equal(["a=100000:1", "a=100000:2"], task.SentText("out"));
        Assert.Equal(1, task.Task.Metrics.LateRecordsDropped);
    }

    [Fact]
    public void A_final_result_that_is_out_does_not_come_again_after_a_restart()
    {
        using var task = new TaskFixture(Suppressing);
        task.Process("in", "a", "x", 10);
        task.Process("in", "b", "x", 250);
        task.Commit();
        Assert.Equal(["a=0:1"], task.SentText("out"));
        task.Restart(task.Sent.Count);
        task.Process("in", "a", "x", 90);
        task.Process("in", "b", "x", 251);
        task.Commit();
        Assert.Equal(["a=0:1"], task.SentText("out"));
    }

    [Fact]
    public void A_lone_record_of_a_join_is_judged_by_the_time_before_the_restart()
    {
        using var task = new TaskFixture(Joining);
        task.Process("other", "z", "x", 1000);
        task.Commit();
        task.Restart(task.Sent.Count);
        task.Process("in", "a", "late", 10); // its window has passed: nothing to wait for
        task.Commit();
        Assert.Equal(["a=late+"], task.SentText("out"));
    }

    [Fact]
    public void An_abort_goes_back_to_the_times_of_the_last_commit()
    {
        using var task = new TaskFixture(Windowed);
        task.Process("in", "a", "x", 199_999);
        task.Commit();
        task.Process("in", "a", "x", 999_999);
        task.Task.Abort();
        task.Process("in", "a", "x", 99_999);
        task.Process("in", "a", "x", 199_999);
        task.Commit();
        Assert.Equal(["a=100000:1", "a=100000:2"], task.SentText("out").Where(t => !t.Contains("900000", StringComparison.Ordinal)));
    }
}
