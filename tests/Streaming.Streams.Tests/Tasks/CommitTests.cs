using System.Text;
using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Tasks;

public sealed class CommitTests
{
    [Fact]
    public void Stores_change_only_when_the_commit_has_succeeded()
    {
        using var task = new TaskFixture(Counting);
        task.Process("in", "a", "x", 1);
        Assert.Null(Read(task, "a", uncommitted: false));
        Assert.Equal("1", Read(task, "a", uncommitted: true));
        task.Task.PrepareCommit();
        Assert.Null(Read(task, "a", uncommitted: false));
        task.Task.CommitSucceeded([]);
        Assert.Equal("1", Read(task, "a", uncommitted: false));
    }

    [Fact]
    public void An_abort_leaves_no_trace()
    {
        using var task = new TaskFixture(Counting);
        task.Process("in", "a", "x", 5);
        task.Commit();
        task.Process("in", "a", "x", 50);
        task.Process("in", "b", "x", 60);
        Assert.Equal(60, task.Task.GetPartitionTime(1));
        task.Task.Abort();
        Assert.Equal(5, task.Task.GetPartitionTime(1));
        Assert.Equal("1", Read(task, "a", uncommitted: true));
        Assert.Null(Read(task, "b", uncommitted: true));
        task.Process("in", "a", "x", 6);
        task.Commit();
        Assert.Equal("2", Read(task, "a", uncommitted: false));
    }

    [Fact]
    public void A_record_whose_first_result_is_refused_is_a_dead_letter_and_one_that_is_half_sent_ends_the_transaction()
    {
        static void Twice(StreamBuilder builder)
        {
            var stream = builder.Stream<string, string>("in");
            stream.To("first");
            stream.To("second");
        }

        using var task = new TaskFixture(Twice, c => Streaming.Streams.Errors.DeadLetterConfig.UseDeadLetters(c, null));
        task.Refused = "first";
        task.Process("in", "a", "x", 1);
        Assert.Equal(["app.dlq"], task.Sent.Select(s => s.Topic));
        task.Refused = "second";
        var e = Assert.Throws<Streamiz.Kafka.Net.Errors.StreamsException>(() => task.Process("in", "b", "x", 2));
        Assert.Contains("after others were sent", e.Message, StringComparison.Ordinal);
        Assert.Equal(["app.dlq", "first"], task.Sent.Select(s => s.Topic)); // an abort takes it back
    }

    [Fact]
    public void The_changelog_gets_each_key_once_per_commit_and_restores_the_store()
    {
        using var task = new TaskFixture(Counting);
        for (var i = 0; i < 10; i++)
        {
            task.Process("in", "a", "x", i);
            task.Process("in", "b", "x", i);
        }

        task.Commit();
        Assert.Equal(["a=10", "b=10"], task.SentText("app-counts-changelog").Order());
        var committed = task.Sent.Count;
        task.Process("in", "a", "x", 11);
        task.Task.PrepareCommit();
        task.Restart(committed);
        Assert.Equal("10", Read(task, "a", uncommitted: false));
        task.Process("in", "a", "x", 12);
        task.Commit();
        Assert.Equal("11", Read(task, "a", uncommitted: false));
    }

    [Fact]
    public void A_window_store_is_restored_with_its_notion_of_time()
    {
        using var task = new TaskFixture(b => b.Stream<string, string>("in").GroupByKey()
            .WindowedBy(TumblingWindowOptions.Of(10, 0)).Count(InMemoryWindows.As<string, long>("counts"))
            .ToStream((k, _, _) => $"{k.Key}@{k.Window.StartMs}").MapValues((v, _) => $"{v}").To("out"));
        task.Process("in", "a", "x", 5);
        task.Process("in", "a", "x", 30);
        task.Commit();
        task.Restart(task.Sent.Count);
        task.Sent.Clear();
        task.Process("in", "a", "late", 6);
        task.Process("in", "a", "x", 31);
        Assert.Equal(["a@30=2"], task.SentText("out"));
    }

    [Fact]
    public void A_reader_sees_one_commit_while_others_follow()
    {
        using var task = new TaskFixture(Counting);
        for (var i = 0; i < 2000; i++)
        {
            task.Process("in", $"{i:D4}", "x", 1);
        }

        task.Commit();
        var store = task.State.Find("counts")!;
        using var snapshot = store.OpenSnapshot(default, uncommitted: false);
        var seen = new List<string>();
        for (var i = 0; snapshot.MoveNext(); i++)
        {
            seen.Add(Encoding.UTF8.GetString(snapshot.Key) + Encoding.UTF8.GetString(snapshot.Value));
            if (i % 100 == 0)
            {
                // Changes behind, at and before the reader; new keys and deletions too.
                task.Process("in", $"{i:D4}", "x", 2);
                task.Process("in", $"{i + 300:D4}", "x", 2);
                task.Process("in", $"{i + 400:D4}", null, 2);
                task.Process("in", $"{i:D4}-new", "x", 2);
                task.Commit();
            }
        }

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i:D4}1"), seen);
    }

    [Fact]
    public async Task Readers_on_other_threads_see_whole_commits_only()
    {
        using var task = new TaskFixture(Counting);
        using var stop = new CancellationTokenSource();
        var store = task.State.Find("counts")!;
        var started = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var readers = started.Select(first => Task.Run(() =>
        {
            var rounds = 0;
            while (!stop.IsCancellationRequested)
            {
                // Each commit raises every key once: all values of a view are equal.
                var values = new HashSet<string>();
                using var all = store.OpenSnapshot(default, uncommitted: false);
                while (all.MoveNext())
                {
                    values.Add(Encoding.UTF8.GetString(all.Value));
                }

                Assert.True(values.Count <= 1, string.Join(", ", values));
                rounds++;
                first.TrySetResult();
            }

            return rounds;
        })).ToArray();
        await Task.WhenAll(started.Select(first => first.Task));
        for (var round = 0; round < 200; round++)
        {
            for (var key = 0; key < 300; key++)
            {
                task.Process("in", $"{key:D4}", "x", round);
            }

            task.Commit();
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), rounds => Assert.True(rounds > 0));
    }

    [Fact]
    public void A_failing_record_in_a_cache_takes_back_what_it_changed_there()
    {
        using var task = new TaskFixture(
            b => b.Stream<string, string>("in").GroupByKey()
                .Count(InMemory.As<string, long>("counts").WithCachingEnabled().WithValueSerdes(new TextSerDes()))
                .ToStream().MapValues((v, _) => $"{v}").To("out"),
            c =>
            {
                c.InnerExceptionHandler = _ => ExceptionHandlerResponse.CONTINUE;
                c.DefaultStateStoreCacheMaxBytes = 100_000;
            });
        task.Process("in", "a", "x", 1);
        task.Process("in", "a", "x", 2);
        TextSerDes.Fails = 3;
        task.Process("in", "a", "x", 3);
        TextSerDes.Fails = -1;
        task.Commit();
        Assert.Equal(["a=2"], task.SentText("out"));
        Assert.Equal("2", Read(task, "a", uncommitted: false));
    }

    private static void Counting(StreamBuilder builder) => builder.Table(
            "in-table", InMemory.As<string, string>("unused"))
        .ToStream().Merge(builder.Stream<string, string>("in")).GroupByKey()
        .Count(InMemory.As<string, long>("counts").WithValueSerdes(new TextSerDes()))
        .ToStream().MapValues((v, _) => $"{v}").To("out");

    private static string? Read(TaskFixture task, string key, bool uncommitted) =>
        task.State.Find("counts")!.TryRead(Encoding.UTF8.GetBytes(key), uncommitted, out var value, out _)
            ? Encoding.UTF8.GetString(value)
            : null;

    private sealed class TextSerDes : AbstractSerDes<long>
    {
        [ThreadStatic]
        private static long s_fails;

        public static long Fails
        {
            get => s_fails - 1;
            set => s_fails = value + 1;
        }

        public override long Deserialize(byte[]? data, Confluent.Kafka.SerializationContext context) =>
            long.Parse(Encoding.UTF8.GetString(data!));

        public override byte[]? Serialize(long data, Confluent.Kafka.SerializationContext context) =>
            data == Fails ? throw new InvalidOperationException("told to fail") : Encoding.UTF8.GetBytes($"{data}");
    }
}
