using System.Buffers.Binary;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;
using Xunit.Abstractions;

namespace Streaming.Streams.Tests.Tasks;

/// <summary>What the engine itself allocates per record, with keys and values that are numbers.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int Records = 20_000;

    [Fact]
    public void Map_allocates_nothing() => Check(0, b => b.Stream<long, long>("in")
        .Filter((k, _, _) => k >= 0)
        .Map((k, v, _) => KeyValuePair.Create(k + 1, v * 2))
        .To("out"));

    [Fact]
    public void A_fan_out_allocates_nothing() => Check(0, b =>
    {
        var stream = b.Stream<long, long>("in");
        stream.MapValues((v, _) => v + 1).To("out");
        stream.Filter((_, v, _) => v % 2 == 0).To("even");
    });

    [Fact]
    public void Count_allocates_nothing() => Check(1, b => b.Stream<long, long>("in").GroupByKey()
        .Count(InMemory.As<long, long>("counts")).ToStream().To("out"));

    [Fact]
    public void A_windowed_count_allocates_its_windowed_key() => Check(80, b => b.Stream<long, long>("in").GroupByKey()
        .WindowedBy(TumblingWindowOptions.Of(1000, 0)).Count(InMemoryWindows.As<long, long>("counts"))
        .ToStream((k, _, _) => k.Key).To("out"));

    [Fact]
    public void A_stream_table_join_allocates_nothing() => Check(1, b =>
    {
        var table = b.Stream<long, long>("in").ToTable(InMemory.As<long, long>("table"));
        b.Stream<long, long>("in").Join(table, (v, t) => v + t).To("out");
    });

    private void Check(double bytesPerRecord, Action<StreamBuilder> build)
    {
        var builder = new StreamBuilder();
        build(builder);
        var config = new StreamConfig<Int64SerDes, Int64SerDes> { ApplicationId = "app" };
        var plan = builder.Build().Compile(config);
        using var state = TaskState.Open(plan.SubTopologies[0], new TaskId(0, 0), config);
        using var task = new StreamTask(state, new TaskEnvironment
        {
            Config = config,
            Collector = new Sink(),
            Globals = new GlobalState(plan, config),
            LoggerFactory = NullLoggerFactory.Instance,
            Clock = TimeProvider.System,
        });
        task.Start();
        var perRecord = double.MaxValue;
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while (perRecord > bytesPerRecord + 0.5 && patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            // Tables grow in the first rounds, and code that is not optimized yet boxes.
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(task, Records);
            perRecord = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Records;
        }

        output.WriteLine($"{perRecord:F2} bytes a record");
        Assert.True(perRecord <= bytesPerRecord + 0.5, $"{perRecord:F2} bytes a record, {bytesPerRecord} expected");
    }

    private static void Run(StreamTask task, int records)
    {
        Span<byte> key = stackalloc byte[8];
        Span<byte> value = stackalloc byte[8];
        for (var i = 0; i < records; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(key, i % 500);
            BinaryPrimitives.WriteInt64BigEndian(value, i);
            task.Process(new TaskRecord { SourceIndex = 0, Offset = i, Timestamp = 1000 + i, Key = key, Value = value });
            if (i % 5000 == 4999)
            {
                task.PrepareCommit();
                task.CommitSucceeded([]);
            }
        }
    }

    private sealed class Sink : IRecordCollector
    {
        private readonly Dictionary<string, OutputTopic> _topics = [];

        public OutputTopic Resolve(string topic) => _topics.TryGetValue(topic, out var known) ? known : _topics[topic] = new Topic(topic);

        public void Send(OutputTopic topic, int partition, in OutgoingRecord record)
        {
        }

        private sealed class Topic(string name) : OutputTopic(name)
        {
            public override int PartitionCount => 4;
        }
    }
}
