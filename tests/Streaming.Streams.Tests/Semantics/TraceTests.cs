using System.Text;
using Confluent.Kafka;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>A record's traceparent, and its other headers, are those of every record that comes of it.</summary>
public sealed class TraceTests
{
    private static Headers Trace(string trace) => new() { { "traceparent", Encoding.ASCII.GetBytes(trace) } };

    /// <summary>The results as key=value, with the trace that they carry.</summary>
    private static List<string> Traced(Driver driver) => [.. driver.Test.CreateOutputTopic("out", TimeSpan.FromSeconds(1), new StringSerDes(), new StringSerDes())
        .ReadKeyValueList().Select(r => $"{r.Message.Key}={r.Message.Value} {(r.Message.Headers.TryGetLastBytes("traceparent", out var t) ? Encoding.ASCII.GetString(t) : "-")}")];

    [Fact]
    public void It_goes_through_a_repartition_topic_and_an_aggregate()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").SelectKey((_, v, _) => v).GroupByKey()
            .Count(InMemory.As<string, long>("counts").With(new StringSerDes(), new Int64SerDes())).ToStream().MapValues((v, _) => $"{v}").To("out"));
        driver.In("in", "k", "a", 1, Trace("t1"));
        driver.In("in", "k", "a", 2, Trace("t2"));
        Assert.Equal(["a=1 t1", "a=2 t2"], Traced(driver));
    }

    [Fact]
    public void A_joined_record_has_that_of_the_record_that_completed_it()
    {
        using var driver = new Driver(b => b.Stream<string, string>("left").Join(b.Stream<string, string>("right"), (l, r) => l + r, JoinWindowOptions.Of(100)).To("out"));
        driver.In("left", "k", "L", 1, Trace("t1"));
        driver.In("right", "k", "R", 2, Trace("t2"));
        driver.In("left", "k", "M", 3, Trace("t3"));
        Assert.Equal(["k=LR t2", "k=MR t3"], Traced(driver));
    }

    [Fact]
    public void A_stream_record_that_meets_a_table_keeps_its_own()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").Join(b.Table("table", InMemory.As<string, string>("table")), (v, t) => v + t).To("out"));
        driver.In("table", "k", "T", 1, Trace("table"));
        driver.In("in", "k", "V", 2, Trace("stream"));
        Assert.Equal(["k=VT stream"], Traced(driver));
    }

    [Fact]
    public void A_lone_record_of_an_outer_join_keeps_its_own_when_time_lets_it_go()
    {
        using var driver = new Driver(b => b.Stream<string, string>("left").OuterJoin(b.Stream<string, string>("right"), (l, r) => $"{l}+{r}", JoinWindowOptions.Of(100, 0)).To("out"));
        driver.In("left", "a", "L", 1, Trace("t1"));
        driver.In("right", "b", "R", 2);
        driver.In("left", "c", "late", 1000, Trace("t3")); // its own trace is not theirs
        Assert.Equal(["a=L+ t1", "b=+R -"], Traced(driver));
    }

    [Fact]
    public void A_suppressed_result_has_that_of_its_last_change()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey().WindowedBy(TumblingWindowOptions.Of(100, 0))
            .Count(InMemoryWindows.As<string, long>("counts").With(new StringSerDes(), new Int64SerDes()))
            .Suppress(SuppressedBuilder.UntilWindowClose<Streamiz.Kafka.Net.State.Windowed<string>, long>(TimeSpan.Zero, StrictBufferConfig.Unbounded()))
            .ToStream().Map((k, v, _) => KeyValuePair.Create(k.Key, $"{v}")).To("out"));
        driver.In("in", "a", "1", 1, Trace("t1"));
        driver.In("in", "a", "2", 2, Trace("t2"));
        driver.In("in", "b", "3", 200, Trace("t3"));
        Assert.Equal(["a=2 t2"], Traced(driver));
    }

    [Fact]
    public void A_cached_result_has_that_of_its_last_change()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
            .Count(InMemory.As<string, long>("counts").With(new StringSerDes(), new Int64SerDes()).WithCachingEnabled()).ToStream().MapValues((v, _) => $"{v}").To("out"),
            c => (c.Guarantee, c.CommitIntervalMs) = (ProcessingGuarantee.EXACTLY_ONCE, 10_000));
        driver.In("in", "a", "1", 1, Trace("t1"));
        driver.In("in", "b", "1", 1, Trace("t2"));
        driver.In("in", "a", "1", 1, Trace("t3"));
        driver.Test.Commit();
        Assert.Equal(["a=2 t3", "b=1 t2"], Traced(driver).Order());
    }

    [Fact]
    public void A_timer_forwards_with_the_headers_that_the_users_code_sets_and_with_none_otherwise()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Remembering>().Build()).To("out"));
        driver.In("in", "a", "1", 1, Trace("t1"));
        driver.In("in", "b", "2", 2);
        driver.Test.AdvanceWallClockTime(TimeSpan.FromSeconds(1));
        Assert.Equal(["a=1 t1", "b=2 -"], Traced(driver));
    }

    /// <summary>Holds records back until a timer, each with its headers.</summary>
    private sealed class Remembering : ITransformer<string, string, string, string>
    {
        private readonly List<Record<string, string>> _held = [];

        public void Init(ProcessorContext<string, string> context) => context.Schedule(TimeSpan.FromSeconds(1), PunctuationType.PROCESSING_TIME, _ =>
        {
            Assert.Empty(context.Headers); // those of the last record are not the timer's
            foreach (var record in _held)
            {
                context.SetHeaders(record.Headers);
                context.Forward(record.Key, record.Value);
            }
        });

        public Record<string, string>? Process(Record<string, string> record)
        {
            _ = record.Headers; // asked for while the record is there
            _held.Add(record);
            return null;
        }

        public void Close()
        {
        }
    }
}
