using Streaming.Streams.Testing;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

public sealed class PipelineTests
{
    [Fact]
    public void Several_topologies_on_one_cluster_feed_each_other()
    {
        using var cluster = new TestCluster(DateTimeOffset.UnixEpoch, defaultPartitions: 3);
        using var second = cluster.Add(Topology(b => b.Stream<string, string>("middle").GroupByKey()
            .Count(InMemory.As<string, long>("counts")).ToStream().MapValues((v, _) => $"{v}").To("out")), Config("second"));
        using var first = cluster.Add(Topology(b => b.Stream<string, string>("in")
            .SelectKey((_, v, _) => v).Repartition(Repartitioned<string, string>.As("again")).To("middle")), Config("first"));
        var input = first.CreateInputTopic<string, string>("in");
        foreach (var value in "abcabcab")
        {
            input.PipeInput($"{value}{value}", $"{value}");
        }

        var store = second.GetKeyValueStore<string, long>("counts");
        Assert.Equal((3, 3, 2), (store.Get("a"), store.Get("b"), store.Get("c")));
        Assert.Equal(8, second.CreateOutputTopic<string, string>("out").ReadValueList().Count());
        Assert.Contains("first-again-repartition", cluster.Topics);
    }

    [Fact]
    public void A_topology_that_comes_later_reads_what_is_there()
    {
        using var cluster = new TestCluster();
        using var first = cluster.Add(Topology(b => b.Stream<string, string>("in").To("middle")), Config("first"));
        first.CreateInputTopic<string, string>("in").PipeInput("k", "v");
        using var second = cluster.Add(Topology(b => b.Stream<string, string>("middle").To("out")), Config("second"));
        Assert.Equal("v", second.CreateOutputTopic<string, string>("out").ReadValue());
    }

    [Fact]
    public void Joined_topics_must_have_the_same_number_of_partitions()
    {
        using var cluster = new TestCluster();
        cluster.CreateTopic("left", 2);
        cluster.CreateTopic("right", 3);
        var topology = Topology(b => b.Stream<string, string>("left")
            .Join(b.Stream<string, string>("right"), (l, r) => l + r, JoinWindowOptions.Of(1000)).To("out"));
        var e = Assert.Throws<TopologyException>(() => cluster.Add(topology, Config("app")));
        Assert.Contains("left has 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("right has 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repartition_topic_follows_the_topic_that_it_is_joined_with()
    {
        using var cluster = new TestCluster();
        cluster.CreateTopic("in", 2);
        cluster.CreateTopic("table", 5);
        using var driver = cluster.Add(
            Topology(b => b.Stream<string, string>("in").SelectKey((_, v, _) => v)
                .Join(b.Table<string, string>("table"), (v, t) => v + t, "joined").To("out")),
            Config("app"));
        driver.CreateInputTopic<string, string>("table").PipeInput("x", "X");
        driver.CreateInputTopic<string, string>("in").PipeInput("k", "x");
        Assert.Equal("xX", driver.CreateOutputTopic<string, string>("out").ReadValue());
        var partition = Assert.Single(cluster.Records("app-joined-repartition")).Partition;
        Assert.Equal(Assert.Single(cluster.Records("table")).Partition, partition);
    }

    private static Topology Topology(Action<StreamBuilder> build)
    {
        var builder = new StreamBuilder();
        build(builder);
        return builder.Build();
    }

    private static StreamConfig<StringSerDes, StringSerDes> Config(string application) =>
        new() { ApplicationId = application };
}
