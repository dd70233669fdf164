using Confluent.Kafka;
using Streaming.Streams.Errors;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.Tests.Semantics;

public sealed class ProcessorTests
{
    [Fact]
    public void A_transformer_keeps_state_and_forwards_to_several_outputs()
    {
        using var driver = new Driver(Counting);
        driver.In("in", "a", "x", 1);
        driver.In("in", "a", "y", 2);
        Assert.Equal(["a=count 1@1", "a=count 2@2"], driver.Out());
        Assert.Equal(["a=copy x@1", "a=copy y@2"], driver.Out("copies"));
        Assert.Equal(2, driver.Test.GetKeyValueStore<string, long>("counts").Get("a"));
    }

    [Fact]
    public void Punctuators_run_by_wall_clock_and_by_stream_time()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in")
            .Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Ticking>().Build())
            .To("out"));
        driver.In("in", "a", "x", 1000);
        Assert.Equal(["stream=1000@1000"], driver.Out());
        driver.Test.AdvanceWallClockTime(TimeSpan.FromSeconds(5));
        Assert.Single(driver.Out(), o => o.StartsWith("wall=", StringComparison.Ordinal));
        driver.In("in", "a", "x", 19_999);
        Assert.Equal(["stream=19999@19999"], driver.Out());
        driver.Test.AdvanceWallClockTime(TimeSpan.FromSeconds(4));
        Assert.Empty(driver.Out());
        driver.In("in", "a", "x", 20_000);
        Assert.Equal(["stream=20000@20000"], driver.Out());
    }

    [Fact]
    public void A_store_is_read_in_key_order_while_entries_are_deleted()
    {
        using var driver = new Driver(b =>
        {
            b.AddStateStore(Stores.KeyValueStoreBuilder(
                Stores.InMemoryKeyValueStore("store"), new StringSerDes(), new StringSerDes()));
            b.Stream<string, string>("in")
                .Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Sweeping>().Build(), null, "store")
                .To("out");
        });
        foreach (var key in new[] { "c", "a", "d", "b" })
        {
            driver.In("in", key, key.ToUpperInvariant(), 1);
        }

        driver.In("in", "sweep", "b..c", 2);
        Assert.Equal(["b=B@2", "c=C@2"], driver.Out());
        Assert.Equal(["a", "d"], driver.Test.GetKeyValueStore<string, string>("store").All().Select(e => e.Key));
        Assert.Equal(["d", "a"], driver.Test.GetKeyValueStore<string, string>("store").ReverseAll().Select(e => e.Key));
    }

    [Fact]
    public void A_failing_record_stops_the_driver_unless_a_handler_says_otherwise()
    {
        using var failing = new Driver(Counting);
        var e = Assert.ThrowsAny<StreamsException>(() => failing.In("in", "a", "fail", 1));
        Assert.Contains("in-0 at offset 0", e.Message, StringComparison.Ordinal);
        Assert.True(failing.Test.IsError);
    }

    [Fact]
    public void A_record_that_a_handler_skips_leaves_no_write_and_no_forward()
    {
        using var driver = new Driver(Counting, c => c.InnerExceptionHandler = _ => ExceptionHandlerResponse.CONTINUE);
        driver.In("in", "a", "x", 1);
        driver.In("in", "a", "fail", 2);
        driver.In("in", "a", "y", 3);
        Assert.Equal(["a=count 1@1", "a=count 2@3"], driver.Out());
        Assert.Equal(["a=copy x@1", "a=copy y@3"], driver.Out("copies"));
    }

    [Fact]
    public void A_failing_record_becomes_a_dead_letter_with_its_bytes_and_the_cause()
    {
        using var driver = new Driver(Counting, c => c.UseDeadLetters());
        driver.In("in", "a", "fail", 7, new Headers { { "traceparent", [1] } });
        driver.In("in", "a", "x", 8);
        Assert.Equal(["a=count 1@8"], driver.Out());
        var letter = driver.Test.CreateOutputTopic<string, string>("app.dlq").ReadKeyValue();
        Assert.Equal(("a", "fail", 7), (letter.Message.Key, letter.Message.Value, letter.Message.Timestamp.UnixTimestampMs));
        string Header(string name) => System.Text.Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));
        Assert.Equal("System.InvalidOperationException", Header("__streams.errors.exception"));
        Assert.Equal("told to fail", Header("__streams.errors.message"));
        Assert.Equal(("in", "0", "0"), (Header("__streams.errors.topic"), Header("__streams.errors.partition"), Header("__streams.errors.offset")));
        Assert.Equal("1", Header(DeadLetterHeaders.Attempts));
        Assert.Equal([1], letter.Message.Headers.GetLastBytes("traceparent"));
    }

    [Fact]
    public void An_unreadable_record_becomes_a_dead_letter_too()
    {
        using var driver = new Driver(
            b => b.Stream<string, long>("in").MapValues((v, _) => v.ToString()).To("out"), c => c.UseDeadLetters());
        driver.In("in", "a", "not a number", 1);
        var letter = driver.Test.CreateOutputTopic<string, string>("app.dlq").ReadKeyValue();
        Assert.Equal("not a number", letter.Message.Value);
        Assert.True(driver.Test.IsRunning);
    }

    [Fact]
    public void An_unreadable_record_that_a_handler_skips_does_not_turn_back_the_time_of_stores()
    {
        using var driver = new Driver(
            b => b.Stream<string, long>("in").GroupByKey()
                .WindowedBy(Streamiz.Kafka.Net.Stream.TumblingWindowOptions.Of(10, 0))
                .Count(Streamiz.Kafka.Net.Table.InMemoryWindows.As<string, long>("counts"))
                .ToStream((k, _, _) => $"{k.Key}@{k.Window.StartMs}").MapValues((v, _) => $"{v}").To("out"),
            c => c.DeserializationExceptionHandler = (_, record, _) =>
                record.Topic == "in" ? ExceptionHandlerResponse.CONTINUE : ExceptionHandlerResponse.FAIL);
        var numbers = driver.Test.CreateInputTopic("in", new StringSerDes(), new Int64SerDes());
        numbers.PipeInput("a", 1, 100L.FromMilliseconds());
        driver.In("in", "a", "no number", 101);
        numbers.PipeInput("a", 1, 5L.FromMilliseconds());
        Assert.Equal(["a@100=1@100"], driver.Out());
        Assert.Equal([100L], driver.Test.GetWindowStore<string, long>("counts").Fetch("a", 0L, 200L).ToList().Select(e => e.Key));
    }

    private static void Counting(StreamBuilder builder)
    {
        builder.AddStateStore(Stores.KeyValueStoreBuilder(
            Stores.InMemoryKeyValueStore("counts"), new StringSerDes(), new Int64SerDes()));
        var counted = builder.Stream<string, string>("in").Transform(
            TransformerBuilder.New<string, string, string, string>().Transformer<CountingTransformer>("count").Build(),
            "counting", "counts");
        counted.Filter((_, v, _) => v.StartsWith("count", StringComparison.Ordinal), "counted").To("out");
        counted.Filter((_, v, _) => v.StartsWith("copy", StringComparison.Ordinal), "copied").To("copies");
    }

    public sealed class CountingTransformer(string label) : ITransformer<string, string, string, string>
    {
        private ProcessorContext<string, string>? _context;
        private IKeyValueStore<string, long>? _counts;

        public CountingTransformer()
            : this("")
        {
        }

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            _counts = (IKeyValueStore<string, long>)context.GetStateStore("counts");
        }

        public Record<string, string>? Process(Record<string, string> record)
        {
            var count = _counts!.Get(record.Key) + 1;
            _counts.Put(record.Key, count);
            _context!.Forward(record.Key, $"copy {record.Value}", "copied");
            if (record.Value == "fail")
            {
                throw new InvalidOperationException("told to fail");
            }

            return Record<string, string>.Create(record.Key, $"{label} {count}");
        }

        public void Close()
        {
        }
    }

    public sealed class Ticking : ITransformer<string, string, string, string>
    {
        public void Init(ProcessorContext<string, string> context)
        {
            context.Schedule(
                TimeSpan.FromSeconds(5), PunctuationType.PROCESSING_TIME, now => context.Forward("wall", "tick"));
            context.Schedule(
                TimeSpan.FromSeconds(10), PunctuationType.STREAM_TIME, now => context.Forward("stream", now.ToString()));
        }

        public Record<string, string>? Process(Record<string, string> record) => null;

        public void Close()
        {
        }
    }

    public sealed class Sweeping : ITransformer<string, string, string, string>
    {
        private ProcessorContext<string, string>? _context;
        private IKeyValueStore<string, string>? _store;

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            _store = (IKeyValueStore<string, string>)context.GetStateStore("store");
        }

        public Record<string, string>? Process(Record<string, string> record)
        {
            if (record.Key != "sweep")
            {
                _store!.Put(record.Key, record.Value);
                return null;
            }

            using var entries = _store!.Range("b", "c");
            while (entries.MoveNext())
            {
                var (key, value) = entries.Current!.Value;
                _store.Delete(key);
                _context!.Forward(key, value);
            }

            return null;
        }

        public void Close()
        {
        }
    }
}
