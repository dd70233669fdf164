using Streaming.Streams;
using Streaming.Streams.State;
using Streaming.Streams.Tests.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>What <c>topology.optimization</c> makes of topologies: the nodes as Kafka Streams 4.1.1 in Java has them, the results as without.</summary>
public sealed class OptimizationTests
{
    private static readonly Dictionary<string, string> s_java = DescribeTests.Read("describe-java-optimized.txt");

    private static readonly JoinWindowOptions s_second = JoinWindowOptions.Of(1000, 0);

    private static readonly Dictionary<string, Action<StreamBuilder>> s_topologies = new()
    {
        ["table materialized"] = b => b.Table("in", InMemory.As<string, string>("s")).ToStream().To("out"),
        ["one repartition"] = b => In(b).GroupBy((_, v, _) => v).Count().ToStream().To("out"),
        ["two groupings after selectKey"] = b =>
        {
            var s = ByValue(b);
            s.GroupByKey().Count();
            s.Filter((_, _, _) => true).GroupByKey().Count();
            s.To("out");
        },
        ["two named groupings after map"] = b =>
        {
            var s = In(b).Map((k, v, _) => KeyValuePair.Create(v, k));
            s.GroupByKey("first").Count(InMemory.As<string, long>("c1"));
            s.GroupByKey("second").Reduce((_, y) => y, InMemory.As<string, string>("c2"));
        },
        ["mapValues blocks"] = b =>
        {
            var s = ByValue(b);
            s.MapValues((v, _) => v).GroupByKey().Count();
            s.GroupByKey().Count();
        },
        ["group and join after selectKey"] = b =>
        {
            var s = ByValue(b);
            s.Join(s.GroupByKey().Count(InMemory.As<string, long>("c")), (x, y) => x + y).To("out");
        },
        ["merge then group"] = b => CountTwice(ByValue(b, "a").Merge(ByValue(b, "b"))),
        ["merge of one key changer"] = b => CountTwice(ByValue(b, "a").Merge(b.Stream<string, string>("b"))),
        ["explicit repartition"] = b =>
        {
            var s = ByValue(b);
            s.Repartition().GroupByKey().Count(InMemory.As<string, long>("c1"));
            s.GroupByKey().Count(InMemory.As<string, long>("c2"));
        },
        ["nested key changes"] = b =>
        {
            var s = ByValue(b);
            s.GroupByKey().Count(InMemory.As<string, long>("c1"));
            var u = s.Filter((_, _, _) => true).SelectKey((k, _, _) => k);
            u.GroupByKey().Count(InMemory.As<string, long>("c2"));
            u.GroupByKey().Count(InMemory.As<string, long>("c3"));
        },
        ["two aggregates of one grouping"] = b =>
        {
            var grouped = In(b).GroupBy((_, v, _) => v);
            grouped.Count(InMemory.As<string, long>("c1"));
            grouped.Count(InMemory.As<string, long>("c2"));
        },
        ["to table after selectKey"] = b =>
        {
            var s = ByValue(b);
            s.ToTable(InMemory.As<string, string>("t1"));
            s.GroupByKey().Count(InMemory.As<string, long>("c2"));
        },
        ["window after selectKey"] = b =>
        {
            var s = ByValue(b);
            s.GroupByKey().WindowedBy(TumblingWindowOptions.Of(1000, 0)).Count(InMemoryWindows.As<string, long>("c1"));
            s.GroupByKey().WindowedBy(SessionWindowOptions.Of(TimeSpan.FromSeconds(1)))
                .Count(new SessionMaterialized<string, long> { StoreName = "c2" });
        },
        ["self join"] = b => With(In(b), s => s.Join(s, (x, y) => x + y, s_second).To("out")),
        ["self join named"] = b => With(In(b), s => s.Join(
            s, (x, y) => x + y, s_second,
            StreamJoinProps.With<string, string, string>(null, null, null).WithStoreName("s").WithName("j")).To("out")),
        ["self left join"] = b => With(In(b), s => s.LeftJoin(s, (x, y) => x + y, s_second).To("out")),
        ["self join of a filtered"] = b => With(In(b), s => s.Join(s.Filter((_, _, _) => true), (x, y) => x + y, s_second).To("out")),
        ["self join after selectKey"] = b => With(ByValue(b), s => s.Join(s, (x, y) => x + y, s_second).To("out")),
        ["two self joins"] = b => With(In(b), s =>
        {
            s.Join(s, (x, y) => x + y, s_second).To("out");
            s.Join(s, (x, y) => x + y, s_second).To("out2");
        }),
        ["n-way self join"] = b => With(In(b), s => s.Join(s, (x, y) => x + y, s_second).Join(s, (x, y) => x + y, s_second).To("out")),
    };

    public static TheoryData<string> Topologies => [.. s_topologies.Keys];

    [Theory]
    [MemberData(nameof(Topologies))]
    public void An_optimized_topology_is_described_as_Java_does(string name)
    {
        var builder = new StreamBuilder();
        s_topologies[name](builder);
        Assert.Equal(DescribeTests.Sorted(s_java[name]), DescribeTests.Sorted(builder.Build(Config("all")).Describe().ToString()!));
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public void Optimization_changes_no_builder_and_no_topology(string name)
    {
        var builder = new StreamBuilder();
        s_topologies[name](builder);
        var plain = builder.Build();
        var before = plain.Describe().ToString();
        plain.Compile(Config("all"));
        builder.Build(Config("all")).Compile(Config("none"));
        Assert.Equal(before, plain.Describe().ToString());
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("")]
    [InlineData("all,none")]
    [InlineData("none,reuse.ktable.source.topics")]
    [InlineData("merge.repartition.topics;single.store.self.join")]
    public void A_value_that_is_none_is_refused_with_its_key(string value)
    {
        var set = Assert.Throws<StreamConfigException>(() => new StreamConfig { TopologyOptimization = value });
        var built = Assert.Throws<StreamConfigException>(() => new StreamBuilder().Build(Config(value)));
        Assert.Equal(set.Message, built.Message);
        Assert.Contains($"topology.optimization: '{value}'", built.Message, StringComparison.Ordinal);
        Assert.Throws<StreamConfigException>(() => new StreamBuilder().Build().Compile(Config(value)));
    }

    [Fact]
    public void A_list_chooses_some_and_the_default_is_none()
    {
        var builder = new StreamBuilder();
        var s = ByValue(builder);
        s.GroupByKey().Count(InMemory.As<string, long>("c1"));
        s.GroupByKey().Count(InMemory.As<string, long>("c2"));
        builder.Table("t", InMemory.As<string, string>("t"));
        var topology = builder.Build();
        Assert.Equal("none", new StreamConfig().TopologyOptimization);
        Assert.Equal((2, "app-t-changelog"), Shape(topology, "none"));
        Assert.Equal((1, "app-t-changelog"), Shape(topology, "merge.repartition.topics, single.store.self.join"));
        Assert.Equal((2, "t"), Shape(topology, StreamConfig.REUSE_KTABLE_SOURCE_TOPICS));
        Assert.Equal((1, "t"), Shape(topology, StreamConfig.OPTIMIZE));

        // A topology that was built with a configuration stays what it is.
        Assert.Equal((1, "t"), Shape(builder.Build(Config("all")), "none"));
    }

    [Fact]
    public void Branches_of_a_rekeyed_stream_share_its_repartition_topic()
    {
        void Build(StreamBuilder b)
        {
            var branches = ByValue(b).Branch((_, v, _) => v.StartsWith('a'), (_, _, _) => true);
            branches[0].GroupByKey().Count(InMemory.As<string, long>("as")).ToStream().MapValues((v, _) => $"{v}").To("out");
            branches[1].GroupByKey().Count(InMemory.As<string, long>("rest")).ToStream().MapValues((v, _) => $"rest {v}").To("out");
        }

        using var driver = new Driver(Build, c => c.TopologyOptimization = "all");
        driver.In("in", "1", "a", 1);
        driver.In("in", "2", "b", 2);
        driver.In("in", "3", "a", 3);
        Assert.Equal(["a=1@1", "b=rest 1@2", "a=2@3"], driver.Out());
        Assert.Single(driver.Topology.Compile(driver.Config).SubTopologies.SelectMany(p => p.RepartitionTopics));
    }

    [Fact]
    public void Merged_repartition_topics_change_no_result()
    {
        static void Build(StreamBuilder b)
        {
            var s = ByValue(b);
            s.Filter((_, v, _) => v != "x").GroupByKey().Count(InMemory.As<string, long>("c1"))
                .ToStream().MapValues((v, _) => $"count {v}").To("out");
            s.GroupByKey().Reduce((x, y) => x + y, InMemory.As<string, string>("c2")).ToStream().To("out");
            s.Join(b.Table<string, string>("t"), (x, y) => x + y).To("joined");
        }

        IEnumerable<string> Results(string optimization)
        {
            using var driver = new Driver(Build, c => c.TopologyOptimization = optimization);
            driver.In("t", "a", "!", 1);
            foreach (var (value, i) in new[] { "a", "x", "a", "b", "x" }.Select((v, i) => (v, i)))
            {
                driver.In("in", $"{i}", value, 10 + i);
            }

            return [.. driver.Out().Order(), .. driver.Out("joined")];
        }

        Assert.Equal(Results("none"), Results("all"));
    }

    public static TheoryData<long, long, bool> SelfJoins => new()
    {
        { 10, 10, false }, { 0, 10, false }, { 10, 0, false }, { 0, 0, false }, { -3, 10, false }, { 10, -3, false }, { 10, 10, true }, { 4, 0, true }, { -3, 10, true },
    };

    [Theory]
    [MemberData(nameof(SelfJoins))]
    public void A_self_join_over_one_store_finds_what_two_find_in_the_same_order(long before, long after, bool left)
    {
        IEnumerable<string> Results(string optimization)
        {
            var windows = JoinWindowOptions.Of(10, 100);
            windows = before < 0
                ? windows.After(TimeSpan.FromMilliseconds(after)).Before(TimeSpan.FromMilliseconds(before))
                : windows.Before(TimeSpan.FromMilliseconds(before)).After(TimeSpan.FromMilliseconds(after));
            using var driver = new Driver(
                b => With(In(b), s => (left ? s.LeftJoin(s, (x, y) => x + y, windows) : s.Join(s, (x, y) => x + y, windows)).To("out")),
                c => c.TopologyOptimization = optimization);
            var random = new Random(7);
            for (var i = 0; i < 200; i++)
            {
                driver.In("in", $"{random.Next(3)}", $"<{i}>", 20 + (i / 2) + random.Next(-8, 8));
            }

            return driver.Out();
        }

        var plain = Results("none");
        Assert.True(plain.Count() > 20);
        Assert.Equal(plain, Results("single.store.self.join"));
    }

    [Fact]
    public void The_table_of_a_topic_is_restored_from_the_topic_without_what_cannot_be_read()
    {
        using var task = new TaskFixture(
            b => b.Table("t", Materialized<string, long, IKeyValueStore<Streamiz.Kafka.Net.Crosscutting.Bytes, byte[]>>.Create("s")
                .With(new StringSerDes(), new StrictInt64())),
            c =>
            {
                c.TopologyOptimization = "all";
                c.DeserializationExceptionHandler = (_, _, _) => ExceptionHandlerResponse.CONTINUE;
            });
        task.Process("t", "a", "12345678", 1);
        task.Process("t", "a", "no number", 2);
        task.Process("t", "b", "87654321", 3);
        var before = Content(task);
        task.Commit();
        Assert.Equal(before, Content(task));
        Assert.Empty(task.Sent); // nothing is written to a topic that is read
        Assert.Equal(["t"], task.Plan.SubTopologies[0].Stores.Select(s => s.ChangelogTopic));
        task.Sent.AddRange([("t", "a"u8.ToArray(), "12345678"u8.ToArray(), 1), ("t", "a"u8.ToArray(), "no number"u8.ToArray(), 2), ("t", "b"u8.ToArray(), "87654321"u8.ToArray(), 3)]);
        task.Restart(3);
        Assert.Equal(before, Content(task));
    }

    [Fact]
    public void A_table_with_other_serdes_than_its_topic_keeps_its_changelog()
    {
        var builder = new StreamBuilder();
        builder.Table("t", new StringSerDes(), new StringSerDes(), Materialized<string, string, IKeyValueStore<Streamiz.Kafka.Net.Crosscutting.Bytes, byte[]>>.Create("t")
            .WithValueSerdes(new Reversed()));
        Assert.Equal((0, "app-t-changelog"), Shape(builder.Build(), "all"));
    }

    private static List<string> Content(TaskFixture task)
    {
        var store = (ITimestampedKeyValueStore<string, long>)task.State.Find("s")!.Spec.Open(task.State.Find("s")!);
        return [.. store.All().Select(e => $"{e.Key}={e.Value.Value}@{e.Value.Timestamp}")];
    }

    private static (int Repartitions, string? Changelog) Shape(Topology topology, string optimization)
    {
        var plan = topology.Compile(Config(optimization));
        return (
            plan.SubTopologies.SelectMany(p => p.RepartitionTopics).Count(),
            plan.SubTopologies.SelectMany(p => p.Stores).Single(s => s.Name == "t").ChangelogTopic);
    }

    private static StreamConfig<StringSerDes, StringSerDes> Config(string optimization)
    {
        var config = new StreamConfig<StringSerDes, StringSerDes> { ApplicationId = "app" };
        config.AddConfig("topology.optimization", optimization);
        return config;
    }

    private static IKStream<string, string> In(StreamBuilder builder) => builder.Stream<string, string>("in");

    private static IKStream<string, string> ByValue(StreamBuilder builder, string topic = "in") =>
        builder.Stream<string, string>(topic).SelectKey((_, v, _) => v);

    private static void CountTwice(IKStream<string, string> stream)
    {
        stream.GroupByKey().Count(InMemory.As<string, long>("c1"));
        stream.GroupByKey().Count(InMemory.As<string, long>("c2"));
    }

    private static void With(IKStream<string, string> stream, Action<IKStream<string, string>> use) => use(stream);

    private sealed class Reversed : StringSerDes;

    private sealed class StrictInt64 : AbstractSerDes<long>
    {
        public override long Deserialize(byte[]? data, Confluent.Kafka.SerializationContext context) => data is { Length: 8 }
            ? BitConverter.ToInt64(data)
            : throw new FormatException($"{data?.Length} bytes are no number");

        public override byte[] Serialize(long data, Confluent.Kafka.SerializationContext context) => BitConverter.GetBytes(data);
    }
}
