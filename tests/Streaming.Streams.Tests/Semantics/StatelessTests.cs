using Confluent.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.Semantics;

public sealed class StatelessTests
{
    [Fact]
    public void Filter_map_and_flat_map_change_records_and_keep_their_time()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .Filter((k, v, _) => v != "no")
            .FilterNot((k, v, _) => v == "not")
            .MapValues((v, _) => v + "!")
            .Map((k, v, _) => KeyValuePair.Create(k + k, v))
            .FlatMap((k, v, _) => new[] { KeyValuePair.Create(k, v), KeyValuePair.Create("copy", v) })
            .FlatMapValues((v, _) => v.Split('-'))
            .To("out"));
        driver.In("in", "a", "no", 1);
        driver.In("in", "a", "not", 2);
        driver.In("in", "b", "x-y", 3);
        Assert.Equal(["bb=x@3", "bb=y!@3", "copy=x@3", "copy=y!@3"], driver.Out());
    }

    [Fact]
    public void Branch_sends_a_record_to_the_first_predicate_that_holds()
    {
        using var driver = new Driver(b =>
        {
            var branches = b.Stream<string, string>("in").Branch(
                (k, v, _) => v.StartsWith('a'), (k, v, _) => v.EndsWith('z'));
            branches[0].To("starts");
            branches[1].To("ends");
        });
        driver.In("in", "k", "a-z", 1);
        driver.In("in", "k", "b-z", 2);
        driver.In("in", "k", "neither", 3);
        Assert.Equal(["k=a-z@1"], driver.Out("starts"));
        Assert.Equal(["k=b-z@2"], driver.Out("ends"));
    }

    [Fact]
    public void Merge_takes_both_streams()
    {
        using var driver = new Driver(b => b.Stream<string, string>("left").Merge(b.Stream<string, string>("right")).To("out"));
        driver.In("left", "k", "1", 1);
        driver.In("right", "k", "2", 2);
        Assert.Equal(["k=1@1", "k=2@2"], driver.Out());
    }

    [Fact]
    public void The_topic_can_be_chosen_per_record_and_so_can_the_time()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .To((k, v, _) => "out-" + v, (k, v, c) => c.Timestamp + 100));
        driver.In("in", "k", "x", 1);
        driver.In("in", "k", "y", 2);
        Assert.Equal(["k=x@101"], driver.Out("out-x"));
        Assert.Equal(["k=y@102"], driver.Out("out-y"));
    }

    [Fact]
    public void Headers_travel_on_and_can_be_replaced()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .Peek((k, v, c) =>
            {
                if (v == "replace")
                {
                    c.SetHeaders(new Headers { { "new", [2] } });
                }
            })
            .To("out"));
        driver.In("in", "k", "keep", 1, new Headers { { "traceparent", [1] } });
        driver.In("in", "k", "replace", 2, new Headers { { "traceparent", [1] } });
        var output = driver.Test.CreateOutputTopic<string, string>("out");
        Assert.Equal([1], output.ReadKeyValue().Message.Headers.GetLastBytes("traceparent"));
        var replaced = output.ReadKeyValue().Message.Headers;
        Assert.Equal([2], replaced.GetLastBytes("new"));
        Assert.False(replaced.TryGetLastBytes("traceparent", out _));
    }

    [Fact]
    public void A_fan_out_gives_each_branch_the_time_and_headers_of_the_record()
    {
        using var driver = new Driver(b =>
        {
            var stream = b.Stream<string, string>("in");
            stream.Peek((_, _, c) => c.ChangeTimestamp(99)).To("first");
            stream.To("second");
        });
        driver.In("in", "k", "v", 1);
        Assert.Equal(["k=v@99"], driver.Out("first"));
        Assert.Equal(["k=v@1"], driver.Out("second"));
    }

    [Fact]
    public void Selecting_another_key_sends_the_grouping_over_a_repartition_topic()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .SelectKey((k, v, _) => v)
            .GroupByKey("by-value")
            .Count()
            .ToStream()
            .MapValues((v, _) => v.ToString())
            .To("out"));
        driver.In("in", "a", "x", 1);
        driver.In("in", "b", "x", 2);
        Assert.Equal(["x=1@1", "x=2@2"], driver.Out());
        Assert.Contains("app-by-value-repartition", driver.Test.Cluster.Topics);
    }

    [Fact]
    public void A_topic_that_is_read_as_two_types_is_refused()
    {
        var builder = new StreamBuilder();
        builder.Stream<string, string>("in");
        var e = Assert.Throws<TopologyException>(() => builder.Stream<string, long>("in"));
        Assert.Contains("in", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Printing_shows_label_and_record()
    {
        using var writer = new StringWriter();
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .Print(Printed<string, string>.ToWriter(writer).WithLabel("here")));
        driver.In("in", "k", "v", 1);
        Assert.Equal("[here]: k, v" + Environment.NewLine, writer.ToString());
    }
}
