using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

public sealed class TableTests
{
    [Fact]
    public void A_table_holds_the_last_value_and_forgets_a_deleted_one()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store")).ToStream().To("out"));
        driver.In("in", "a", "1", 1);
        driver.In("in", "a", "2", 2);
        driver.In("in", "b", "3", 3);
        driver.In("in", "a", null, 4);
        Assert.Equal(["a=1@1", "a=2@2", "b=3@3", "a=@4"], driver.Out());
        var store = driver.Test.GetKeyValueStore<string, string>("store");
        Assert.Null(store.Get("a"));
        Assert.Equal("3", store.Get("b"));
    }

    [Fact]
    public void A_filtered_table_deletes_what_no_longer_satisfies()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store"))
            .Filter((_, v, _) => v.StartsWith('y'), InMemory.As<string, string>("filtered")).ToStream().To("out"));
        driver.In("in", "a", "no", 1);
        driver.In("in", "a", "yes", 2);
        driver.In("in", "a", "no", 3);
        driver.In("in", "a", "no again", 4);
        Assert.Equal(["a=yes@2", "a=@3"], driver.Out());
    }

    [Fact]
    public void Values_of_a_table_are_mapped_with_and_without_a_store()
    {
        using var driver = new Driver(b =>
        {
            var table = b.Table("in", InMemory.As<string, string>("store"));
            table.MapValues((v, _) => v + "!").ToStream().To("out");
            table.MapValues((v, _) => v.Length, InMemory.As<string, int>("lengths"));
        });
        driver.In("in", "a", "xyz", 1);
        Assert.Equal(["a=xyz!@1"], driver.Out());
        Assert.Equal(3, driver.Test.GetKeyValueStore<string, int>("lengths").Get("a"));
    }

    [Fact]
    public void Count_reduce_and_aggregate_take_the_latest_time_and_drop_nulls()
    {
        using var driver = new Driver(b =>
        {
            var grouped = b.Stream<string, string>("in").GroupByKey();
            grouped.Count(InMemory.As<string, long>("counts")).ToStream().MapValues((v, _) => $"{v}").To("counts-out");
            grouped.Reduce((a, v) => a + v).ToStream().To("reduced");
            grouped.Aggregate(() => "", (k, v, a) => $"{k}{v}{a}").ToStream().To("aggregated");
        });
        driver.In("in", "a", "1", 10);
        driver.In("in", "a", "2", 5);
        driver.In("in", "a", null, 20);
        Assert.Equal(["a=1@10", "a=2@10"], driver.Out("counts-out"));
        Assert.Equal(["a=1@10", "a=12@10"], driver.Out("reduced"));
        Assert.Equal(["a=a1@10", "a=a2a1@10"], driver.Out("aggregated"));
        Assert.Equal(2, driver.Test.GetKeyValueStore<string, long>("counts").Get("a"));
    }

    [Fact]
    public void A_grouped_table_takes_an_entry_out_of_its_old_group_and_into_the_new()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store"))
            .GroupBy((k, v, _) => KeyValuePair.Create(v.Split(':')[0], v.Split(':')[1]))
            .Aggregate(() => "", (_, v, a) => a + "+" + v, (_, v, a) => a + "-" + v)
            .ToStream().To("out"));
        driver.In("in", "k", "a:1", 1);
        driver.In("in", "k", "a:2", 2);
        driver.In("in", "k", "b:3", 3);
        driver.In("in", "k", null, 4);
        Assert.Equal(["a=+1@1", "a=+1-1+2@2", "a=+1-1+2-2@3", "b=+3@3", "b=+3-3@4"], driver.Out());
    }

    [Fact]
    public void Counting_a_grouped_table_goes_up_and_down()
    {
        using var driver = new Driver(b => b.Table("in", InMemory.As<string, string>("store"))
            .GroupBy((k, v, _) => KeyValuePair.Create(v, k))
            .Count().ToStream().MapValues((v, _) => $"{v}").To("out"));
        driver.In("in", "k", "a", 1);
        driver.In("in", "l", "a", 2);
        driver.In("in", "k", "b", 3);
        Assert.Equal(["a=1@1", "a=2@2", "a=1@3", "b=1@3"], driver.Out());
    }

    [Theory]
    [InlineData("inner")]
    [InlineData("left")]
    [InlineData("outer")]
    public void Tables_join_by_key(string kind)
    {
        using var driver = new Driver(b =>
        {
            var left = b.Table("left", InMemory.As<string, string>("left-store"));
            var right = b.Table("right", InMemory.As<string, string>("right-store"));
            static string Join(string l, string r) => $"{l ?? "null"}{r ?? "null"}";
            (kind switch
            {
                "inner" => left.Join(right, Join),
                "left" => left.LeftJoin(right, Join),
                _ => left.OuterJoin(right, Join),
            }).ToStream().To("out");
        });
        driver.In("left", "k", "1", 1);
        driver.In("right", "k", "2", 3);
        driver.In("left", "k", null, 4);
        driver.In("right", "k", "4", 5);
        driver.In("left", "k", "1", 6);
        driver.In("right", "k", null, 8);
        driver.In("left", "k", null, 9);
        string[] results = kind switch
        {
            "inner" => ["k=12@3", "k=@4", "k=14@6", "k=@8"],
            "left" => ["k=1null@1", "k=12@3", "k=@4", "k=14@6", "k=1null@8", "k=@9"],
            _ => ["k=1null@1", "k=12@3", "k=null2@4", "k=null4@5", "k=14@6", "k=1null@8", "k=@9"],
        };
        Assert.Equal(results, driver.Out());
    }

    [Fact]
    public void A_stream_meets_the_value_that_the_table_has_at_the_time()
    {
        using var driver = new Driver(b =>
        {
            var table = b.Table<string, string>("table");
            var stream = b.Stream<string, string>("in");
            stream.Join(table, (v, t) => v + t).To("inner");
            stream.LeftJoin(table, (v, t) => v + (t ?? "-")).To("left");
        });
        driver.In("in", "k", "1", 1);
        driver.In("table", "k", "T", 2);
        driver.In("in", "k", "2", 3);
        driver.In("table", "k", null, 4);
        driver.In("in", "k", "3", 5);
        Assert.Equal(["k=2T@3"], driver.Out("inner"));
        Assert.Equal(["k=1-@1", "k=2T@3", "k=3-@5"], driver.Out("left"));
    }

    [Fact]
    public void A_stream_meets_a_global_table_by_a_mapped_key()
    {
        using var driver = new Driver(b =>
        {
            var table = b.GlobalTable("global", InMemory.As<string, string>("global-store"));
            var stream = b.Stream<string, string>("in");
            stream.Join(table, (_, v) => v, (v, g) => v + g).To("inner");
            stream.LeftJoin(table, (_, v) => v, (v, g) => v + (g ?? "-")).To("left");
        });
        driver.In("global", "x", "X", 1);
        driver.In("in", "k", "x", 2);
        driver.In("in", "k", "y", 3);
        Assert.Equal(["k=xX@2"], driver.Out("inner"));
        Assert.Equal(["k=xX@2", "k=y-@3"], driver.Out("left"));
        Assert.Equal("X", driver.Test.GetKeyValueStore<string, string>("global-store").Get("x"));
    }

    [Fact]
    public void A_stream_becomes_a_table()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").SelectKey((_, v, _) => v[..1])
            .ToTable(InMemory.As<string, string>("store")));
        driver.In("in", "k", "a1", 1);
        driver.In("in", "k", "a2", 2);
        driver.In("in", "k", "b1", 3);
        Assert.Equal(
            ["a=a2", "b=b1"], driver.Test.GetKeyValueStore<string, string>("store").All().Select(e => $"{e.Key}={e.Value}"));
    }

    [Fact]
    public void A_cached_aggregate_forwards_once_per_key_and_commit()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
            .Count(InMemory.As<string, long>("counts").WithCachingEnabled())
            .ToStream().MapValues((v, _) => $"{v}").To("out"));
        driver.In("in", "a", "x", 1);
        driver.In("in", "b", "x", 2);
        driver.In("in", "a", "x", 3);
        Assert.Empty(driver.Out());
        Assert.Equal(2, driver.Test.GetKeyValueStore<string, long>("counts").Get("a"));
        driver.Test.Commit();
        Assert.Equal(["b=1@2", "a=2@3"], driver.Out());
        driver.Test.Commit();
        Assert.Empty(driver.Out());
    }

    [Fact]
    public void A_cache_that_is_full_forwards_what_was_changed_longest_ago()
    {
        using var driver = new Driver(
            b => b.Stream<string, string>("in").GroupByKey()
                .Count(InMemory.As<string, long>("counts").WithCachingEnabled())
                .ToStream().MapValues((v, _) => $"{v}").To("out"),
            c => c.DefaultStateStoreCacheMaxBytes = 300);
        driver.In("in", "a", "x", 1);
        driver.In("in", "b", "x", 2);
        driver.In("in", "a", "x", 3);
        driver.In("in", "c", "x", 4);
        Assert.Equal(["b=1@2"], driver.Out());
        driver.Test.Commit();
        Assert.Equal(["a=2@3", "c=1@4"], driver.Out());
    }
}
