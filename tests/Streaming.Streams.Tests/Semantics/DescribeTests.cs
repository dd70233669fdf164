using Streaming.Streams;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>The same topologies as described by Kafka Streams 4.1.1 in Java: node names, numbers, stores, topics.</summary>
public sealed class DescribeTests
{
    private static readonly Dictionary<string, string> s_java = Read("describe-java.txt");

    private static readonly Dictionary<string, Action<StreamBuilder>> s_topologies = new()
    {
        ["map"] = b => In(b).Filter((_, _, _) => true).MapValues((v, _) => v).To("out"),
        ["groupby count"] = b => In(b).GroupBy((_, v, _) => v).Count().ToStream().To("out"),
        ["groupbykey count named store"] = b => In(b).GroupByKey()
            .Count(InMemory.As<string, long>("counts")).ToStream().To("out"),
        ["count materialized unnamed"] = b => In(b).GroupByKey().Count(InMemory.As<string, long>()).ToStream().To("out"),
        ["reduce aggregate"] = b =>
        {
            var grouped = In(b).GroupByKey();
            grouped.Reduce((_, y) => y);
            grouped.Aggregate(() => "", (_, v, _) => v);
        },
        ["windowed"] = b => In(b).GroupByKey().WindowedBy(TumblingWindowOptions.Of(60_000, 0)).Count()
            .Suppress(SuppressedBuilder.UntilWindowClose<Windowed<string>, long>(
                TimeSpan.Zero, StrictBufferConfig.Unbounded()))
            .ToStream().Foreach((_, _, _) => { }),
        ["session"] = b => In(b).GroupByKey().WindowedBy(SessionWindowOptions.Of(TimeSpan.FromMinutes(1))).Count()
            .ToStream().Foreach((_, _, _) => { }),
        ["unlimited windows"] = b => In(b).GroupByKey().WindowedBy(UnlimitedWindowOptions.Of()).Count()
            .ToStream().Foreach((_, _, _) => { }),
        ["emit on close"] = b => In(b).GroupByKey().WindowedBy(TumblingWindowOptions.Of(1000, 0))
            .EmitStrategy(EmitStrategy.OnWindowClose()).Count(InMemoryWindows.As<string, long>("c"))
            .ToStream().Foreach((_, _, _) => { }),
        ["emit sessions on close"] = b => In(b).GroupByKey().WindowedBy(SessionWindowOptions.Of(TimeSpan.FromSeconds(1)))
            .EmitStrategy(EmitStrategy.OnWindowClose()).Count().ToStream().Foreach((_, _, _) => { }),
        ["table"] = b => b.Table<string, string>("in").Filter((_, _, _) => true).MapValues((v, _) => v).ToStream().To("out"),
        ["table groupBy"] = b => b.Table<string, string>("in").GroupBy((k, v, _) => KeyValuePair.Create(v, k)).Count()
            .ToStream().To("out"),
        ["table join"] = b => b.Table<string, string>("l").Join(b.Table<string, string>("r"), (x, y) => x + y).ToStream().To("out"),
        ["table left join named"] = b => b.Table("l", InMemory.As<string, string>("ls"))
            .LeftJoin(b.Table("r", InMemory.As<string, string>("rs")), (x, y) => x + y, InMemory.As<string, string>("js"), "joined")
            .ToStream().To("out"),
        ["stream table join"] = b =>
        {
            var table = b.Table<string, string>("t");
            In(b).Join(table, (x, y) => x + y).To("out");
        },
        ["stream table left join after selectKey"] = b =>
        {
            var table = b.Table<string, string>("t");
            In(b).SelectKey((_, v, _) => v).LeftJoin(table, (x, y) => x + y).To("out");
        },
        ["stream join"] = b => b.Stream<string, string>("l")
            .Join(b.Stream<string, string>("r"), (x, y) => x + y, JoinWindowOptions.Of(1000, 0)).To("out"),
        ["stream left join"] = b => b.Stream<string, string>("l")
            .LeftJoin(b.Stream<string, string>("r"), (x, y) => x + y, JoinWindowOptions.Of(1000, 0)).To("out"),
        ["stream outer join"] = b => b.Stream<string, string>("l")
            .OuterJoin(b.Stream<string, string>("r"), (x, y) => x + y, JoinWindowOptions.Of(1000, 0)).To("out"),
        ["stream join named"] = b => b.Stream<string, string>("l").LeftJoin(
            b.Stream<string, string>("r"), (x, y) => x + y, JoinWindowOptions.Of(1000, 0),
            StreamJoinProps.With<string, string, string>(null, null, null).WithStoreName("s").WithName("j")).To("out"),
        ["self join after selectKey"] = b =>
        {
            var stream = In(b).SelectKey((_, v, _) => v);
            stream.Join(stream, (x, y) => x + y, JoinWindowOptions.Of(1000, 0)).To("out");
        },
        ["two joins after selectKey"] = b =>
        {
            var u = b.Table<string, string>("u");
            var v = b.Table<string, string>("v");
            var stream = In(b).SelectKey((_, x, _) => x);
            stream.Join(u, (x, y) => x + y).To("out");
            stream.LeftJoin(v, (x, y) => x + y).To("out2");
        },
        ["rekeyed left of two stream joins"] = b =>
        {
            var stream = In(b).SelectKey((_, v, _) => v);
            stream.Join(b.Stream<string, string>("r"), (x, y) => x + y, JoinWindowOptions.Of(1000, 0)).To("out");
            stream.LeftJoin(b.Stream<string, string>("q"), (x, y) => x + y, JoinWindowOptions.Of(1000, 0)).To("out2");
        },
        ["global"] = b =>
        {
            var table = b.GlobalTable<string, string>("g");
            In(b).Join(table, (_, v) => v, (x, y) => x + y).To("out");
        },
        ["merge"] = b => b.Stream<string, string>("a").Merge(b.Stream<string, string>("b")).Peek((_, _, _) => { }).To("out"),
        ["repartition"] = b => In(b).SelectKey((_, v, _) => v).Repartition().To("out"),
        ["repartition named"] = b => In(b)
            .Repartition(Repartitioned<string, string>.As("mine").WithNumberOfPartitions(3)).To("out"),
        ["grouped named"] = b => In(b).GroupBy((_, v, _) => v, "by-value").Count(InMemory.As<string, long>("counts"), "counting")
            .ToStream("changes").To("out", "sink"),
        ["split"] = b =>
        {
            var branches = In(b).Split("split-").Branch((_, _, _) => true, "a").Branch((_, _, _) => true).DefaultBranch("rest");
            branches["split-a"].To("a");
            branches["split-rest"].To("rest");
        },
        ["to table"] = b => In(b).ToTable().ToStream().To("out"),
        ["to table named after selectKey"] = b => In(b).SelectKey((_, v, _) => v)
            .ToTable(InMemory.As<string, string>("st")).ToStream().To("out"),
        ["two aggregates of one grouping"] = b =>
        {
            var grouped = In(b).GroupBy((_, v, _) => v);
            grouped.Count(InMemory.As<string, long>("c1"));
            grouped.Count(InMemory.As<string, long>("c2"));
        },
        ["table filter materialized"] = b => b.Table<string, string>("in")
            .Filter((_, _, _) => true, InMemory.As<string, string>("f")).ToStream().To("out"),
        ["to stream with key"] = b => b.Table<string, string>("in").ToStream((_, v, _) => v).To("out"),
        ["print foreach flatmap"] = b =>
        {
            var stream = In(b);
            stream.FlatMap((k, v, _) => new[] { KeyValuePair.Create(k, v) }).Foreach((_, _, _) => { });
            stream.FlatMapValues((v, _) => new[] { v }).Print(Printed<string, string>.ToOut());
            stream.Map((k, v, _) => KeyValuePair.Create(k, v)).FilterNot((_, _, _) => true);
        },
    };

    public static TheoryData<string> Topologies => [.. s_topologies.Keys];

    [Theory]
    [MemberData(nameof(Topologies))]
    public void A_topology_is_described_as_Java_does(string name)
    {
        var builder = new StreamBuilder();
        s_topologies[name](builder);
        Assert.Equal(Sorted(s_java[name]), Sorted(builder.Build().Describe().ToString()!));
    }

    /// <summary>Java's order within lists of names follows from the iteration of a hash map, which tells nothing.</summary>
    internal static string Sorted(string description) => string.Join('\n', description.Split('\n').Select(line =>
        line.IndexOf("--> ", StringComparison.Ordinal) is >= 0 and var next ? SortedFrom(line, next + 4, line.Length)
        : line.IndexOf("<-- ", StringComparison.Ordinal) is >= 0 and var previous ? SortedFrom(line, previous + 4, line.Length)
        : line.IndexOf("(stores: [", StringComparison.Ordinal) is >= 0 and var stores
            ? SortedFrom(line, stores + 10, line.IndexOf(']', StringComparison.Ordinal))
            : line));

    private static string SortedFrom(string line, int from, int to) =>
        line[..from] + string.Join(", ", line[from..to].Split(", ").Order(StringComparer.Ordinal)) + line[to..];

    private static IKStream<string, string> In(StreamBuilder builder) => builder.Stream<string, string>("in");

    internal static Dictionary<string, string> Read(string resource)
    {
        using var reader = new StreamReader(
            typeof(DescribeTests).Assembly.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd().Split("# ", StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(p => p[..p.IndexOf('\n', StringComparison.Ordinal)], p => p[(p.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }
}
