using System.Globalization;
using Confluent.Kafka;
using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>Small features that no other test is about.</summary>
public sealed class FeatureTests
{
    private static readonly StringSerDes s_text = new();

    [Fact]
    public void Split_sends_a_record_into_the_first_branch_that_takes_it_and_the_rest_into_the_default()
    {
        using var driver = new Driver(b =>
        {
            var branches = b.Stream<string, string>("in").Split("by-").Branch((_, v, _) => v.StartsWith('a'), "a").Branch((_, v, _) => v.Length > 1, "long").DefaultBranch("rest");
            foreach (var (name, stream) in branches) stream.To($"out-{name}");
        });
        foreach (var value in new[] { "a", "ab", "bb", "c" }) driver.In("in", "k", value, 1);
        var outputs = driver.Topology.Describe().ToString()!;
        Assert.Contains("by-a", outputs, StringComparison.Ordinal);
        Assert.Equal(["k=a@1", "k=ab@1"], driver.Out("out-by-a"));
        Assert.Equal(["k=bb@1"], driver.Out("out-by-long"));
        Assert.Equal(["k=c@1"], driver.Out("out-by-rest"));
    }

    [Fact]
    public void A_record_is_given_another_time_on_its_way()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").WithRecordTimestamp((_, v, _) => long.Parse(v, CultureInfo.InvariantCulture)).To("out"));
        driver.In("in", "k", "77", 1);
        Assert.Equal(["k=77@77"], driver.Out());
    }

    [Fact]
    public void A_range_without_bounds_and_a_prefix_are_read_in_key_order()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey().Reduce((_, v) => v, InMemory.As<string, string>("store").With(s_text, s_text)));
        foreach (var key in new[] { "b2", "a1", "b1", "c" }) driver.In("in", key, key.ToUpperInvariant(), 1);
        var store = driver.Test.GetKeyValueStore<string, string>("store");
        static List<string> Keys(IKeyValueEnumerator<string, string> entries)
        {
            using (entries) return [.. entries.ToList().Select(e => e.Key)];
        }
        Assert.Equal(["a1", "b1", "b2", "c"], Keys(store.Range(null!, null!)));
        Assert.Equal(["b1", "b2", "c"], Keys(store.Range("b", null!)));
        Assert.Equal(["a1", "b1"], Keys(store.Range(null!, "b1")));
        Assert.Equal(["c", "b2", "b1", "a1"], Keys(store.ReverseRange(null!, null!)));
        Assert.Equal(["b1", "b2"], Keys(((IPrefixScan<string, string>)store).PrefixScan("b"u8)));
        Assert.Empty(Keys(((IPrefixScan<string, string>)store).PrefixScan("bb"u8)));
    }

    [Fact]
    public void Open_ends_and_prefixes_are_read_by_processors_as_by_queries_with_uncommitted_writes()
    {
        using var driver = new Driver(b =>
        {
            b.AddStateStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("texts"), s_text, s_text));
            b.AddStateStore(Stores.TimestampedKeyValueStoreBuilder(Stores.InMemoryKeyValueStore("numbers"), new Int64SerDes(), s_text));
            b.Stream<string, string>("in").Transform(TransformerBuilder.New<string, string, string, string>().Transformer<Scanning>().Build(), null, "texts", "numbers").To("out");
        });
        foreach (var key in new[] { "b2", "a1", "b1", "c" }) driver.In("in", key, $"{key[0] - 'a'}", 1);
        driver.In("in", "b3", "scan", 2);
        Assert.Equal(
            [
                "from b=b1 b2 b3 c@2", "to b1=a1 b1@2", "open=a1 b1 b2 b3 c@2", "none=@2", "reverse=b2 b1 a1@2", "prefix=b1 b2 b3@2",
                "from 1=1 2@2", "to 1=0 1@2", "back to 1=1 0@2",
            ],
            driver.Out());
        var texts = driver.Test.GetKeyValueStore<string, string>("texts");
        Assert.Equal("b1 b2 b3", Keys(texts.PrefixScan("b", s_text)));
        Assert.Equal("b3 b2 b1 a1", Keys(texts.ReverseRange(null, "b3")));
        Assert.Equal("", Keys(texts.Range("c", "a")));
        var numbers = driver.Test.GetKeyValueStore<long, string>("numbers");
        Assert.Equal("1 2", Keys(numbers.RangeFrom(1)));
        Assert.Equal("1 0", Keys(numbers.RangeTo(1, reverse: true)));
    }

    private static string Keys<K, V>(IKeyValueEnumerator<K, V> entries) => string.Join(' ', entries.ToList().Select(e => e.Key));

    private sealed class Scanning : ITransformer<string, string, string, string>
    {
        private ProcessorContext<string, string> _context = null!;
        private IKeyValueStore<string, string> _texts = null!;
        private ITimestampedKeyValueStore<long, string> _numbers = null!;

        public void Init(ProcessorContext<string, string> context)
        {
            _context = context;
            _texts = (IKeyValueStore<string, string>)context.GetStateStore("texts");
            _numbers = (ITimestampedKeyValueStore<long, string>)context.GetStateStore("numbers");
        }

        public Record<string, string>? Process(Record<string, string> record)
        {
            _texts.Put(record.Key, record.Value);
            if (record.Value != "scan")
            {
                _numbers.Put(long.Parse(record.Value, CultureInfo.InvariantCulture), ValueAndTimestamp<string>.Make(record.Key, record.Timestamp));
                return null;
            }

            _context.Forward("from b", Keys(_texts.Range("b", null)));
            _context.Forward("to b1", Keys(_texts.Range(null, "b1")));
            _context.Forward("open", Keys(_texts.Range(null, null)));
            _context.Forward("none", Keys(_texts.Range("d", "a")));
            _context.Forward("reverse", Keys(_texts.ReverseRange(null, "b2")));
            _context.Forward("prefix", Keys(_texts.PrefixScan("b", s_text)));
            _context.Forward("from 1", Keys(_numbers.RangeFrom(1)));
            _context.Forward("to 1", Keys(_numbers.RangeTo(1)));
            _context.Forward("back to 1", Keys(_numbers.RangeTo(1, reverse: true)));
            return null;
        }

        public void Close()
        {
        }
    }

    private sealed class FromValue : ITimestampExtractor
    {
        public long Extract(ConsumeResult<object, object> record, long partitionTime) =>
            record.Message.Value is "partition" ? partitionTime : long.Parse((string)record.Message.Value, CultureInfo.InvariantCulture);
    }

    private sealed class Storing : IProcessor<string, string>
    {
        private IKeyValueStore<string, string> _store = null!;

        public void Init(ProcessorContext<string, string> context) => _store = (IKeyValueStore<string, string>)context.GetStateStore("global");

        public void Process(Record<string, string> record) => _store.Put(record.Key, $"{record.Value}@{record.Timestamp}");

        public void Close()
        {
        }
    }

    [Fact]
    public void A_global_stores_processor_sees_the_time_that_the_extractor_tells()
    {
        using var driver = new Driver(b =>
        {
            b.AddGlobalStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("global"), s_text, s_text), "globals",
                ProcessorBuilder.New<string, string>().Processor<Storing>().Build(), s_text, s_text, new FromValue());
            b.Stream<string, string>("in").To("out");
        });
        driver.In("globals", "a", "42", 1);
        driver.In("globals", "b", "partition", 2);
        driver.In("globals", "c", "-1", 3); // no time: skipped
        var store = driver.Test.GetKeyValueStore<string, string>("global");
        Assert.Equal(("42@42", "partition@42", null), (store.Get("a"), store.Get("b"), store.Get("c")));
    }

    [Fact]
    public void A_global_store_without_an_extractor_takes_the_records_own_time()
    {
        using var driver = new Driver(b =>
        {
            b.AddGlobalStore(Stores.KeyValueStoreBuilder(Stores.InMemoryKeyValueStore("global"), s_text, s_text), "globals",
                ProcessorBuilder.New<string, string>().Processor<Storing>().Build(), s_text, s_text);
            b.Stream<string, string>("in").To("out");
        });
        driver.In("globals", "a", "x", 7);
        Assert.Equal("x@7", driver.Test.GetKeyValueStore<string, string>("global").Get("a"));
    }

    [Fact]
    public void A_global_tables_entries_have_the_time_that_the_extractor_tells()
    {
        using var driver = new Driver(b =>
        {
            var table = b.GlobalTable("globals", s_text, s_text, InMemory.As<string, string>("global"), null, new FromValue());
            b.Stream<string, string>("in").Join(table, (k, _) => k, (v, g) => $"{v}+{g}").To("out");
        });
        driver.In("globals", "a", "42", 1);
        driver.In("globals", "b", "-1", 1);
        driver.In("in", "a", "x", 5);
        driver.In("in", "b", "x", 5);
        Assert.Equal(["a=x+42@5"], driver.Out());
    }
}
