using System.Text;
using Streaming.Streams.State;
using Streaming.Streams.Tests.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>Stores that forget what was used least recently.</summary>
public sealed class LruStoreTests
{
    [Fact]
    public void The_least_recently_used_entry_makes_room_and_a_read_is_a_use()
    {
        using var task = Task();
        Run(task, "put a", "put b", "put c", "get a", "all", "put d");
        Assert.Equal(["a", "c", "d"], Content(task));
        Run(task, "put a", "put e"); // d is the newest but a
        Assert.Equal(["a", "d", "e"], Content(task));
        Run(task, "delete d", "put f", "put g");
        Assert.Equal(["e", "f", "g"], Content(task));
        Run(task, "get gone", "put h");
        Assert.Equal(["f", "g", "h"], Content(task));
    }

    [Fact]
    public void What_makes_room_is_deleted_from_the_changelog()
    {
        using var task = Task();
        Run(task, "put a", "put b", "put c");
        task.Commit();
        task.Sent.Clear();
        Run(task, "put d", "put e");
        task.Commit();
        Assert.Equal(["a=", "b=", "d=d", "e=e"], task.SentText("app-lru-changelog").Order());
    }

    [Fact]
    public void A_restored_store_goes_on_in_the_order_of_its_changelog()
    {
        using var task = Task();
        Run(task, "put a", "put b", "put c", "put a");
        task.Commit();
        task.Restart(task.Sent.Count);
        Run(task, "put d");
        Assert.Equal(["a", "c", "d"], Content(task));
        task.Commit();
        task.Restart(task.Sent.Count);
        Assert.Equal(["a", "c", "d"], Content(task));
    }

    [Fact]
    public void A_smaller_store_takes_the_newest_of_an_older_changelog()
    {
        using var task = Task();
        Run(task, "put a", "put b", "put c");
        task.Commit();
        using var smaller = Task(size: 2);
        smaller.Sent.AddRange(task.Sent);
        smaller.Restart(smaller.Sent.Count);
        Assert.Equal(["b", "c"], Content(smaller));
    }

    [Fact]
    public void An_abort_leaves_no_trace_in_content_or_order()
    {
        using var task = Task();
        Run(task, "put a", "put b", "put c", "get a");
        task.Commit();
        Run(task, "get b", "put x", "put y", "delete a", "put b");
        task.Task.Abort();
        Assert.Equal(["a", "b", "c"], Content(task));
        Run(task, "put d");
        Assert.Equal(["a", "c", "d"], Content(task)); // b was the oldest, as at the commit
    }

    [Fact]
    public void Reads_alone_count_as_of_the_next_commit()
    {
        using var task = Task();
        Run(task, "put a", "put b", "put c");
        task.Commit();
        Run(task, "get a");
        task.Commit();
        task.Task.Abort();
        Run(task, "put d");
        Assert.Equal(["a", "c", "d"], Content(task));
    }

    [Fact]
    public void A_record_that_fails_leaves_no_trace_in_content_or_order()
    {
        using var task = Task(skips: true);
        Run(task, "put a", "put b", "put c");
        Run(task, "get a;put x;put y;delete c;put b;fail");
        Assert.Equal(["a", "b", "c"], Content(task));
        Run(task, "put d");
        Assert.Equal(["b", "c", "d"], Content(task));
        task.Commit();
        Assert.Equal(["a=", "b=b", "c=c", "d=d"], task.SentText("app-lru-changelog").Order());
    }

    [Fact]
    public void Whatever_happens_the_order_is_that_of_a_plain_list()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var capacity = random.Next(0, 6);
            var order = new LruOrder(capacity) { KeepUndo = true };
            List<string> model = [], beforeRecord = [], committed = [];
            for (var step = 0; step < 60; step++)
            {
                var key = $"k{random.Next(8)}";
                var bytes = Encoding.UTF8.GetBytes(key);
                switch (random.Next(10))
                {
                    case 0:
                        order.AcceptRecord();
                        beforeRecord = [.. model];
                        break;
                    case 1:
                        order.RollbackRecord();
                        model = [.. beforeRecord];
                        break;
                    case 2:
                        order.Commit();
                        committed = beforeRecord = [.. model];
                        break;
                    case 3:
                        order.Abort();
                        (model, beforeRecord) = ([.. committed], committed);
                        break;
                    case 4 or 5:
                        order.Read(bytes);
                        if (model.Remove(key)) model.Add(key);
                        break;
                    case 6:
                        order.Remove(bytes);
                        model.Remove(key);
                        break;
                    default:
                        var evicted = order.Write(bytes);
                        model.Remove(key);
                        model.Add(key);
                        var expected = model.Count > capacity ? model[0] : null;
                        if (expected is not null) model.RemoveAt(0);
                        Assert.Equal(expected, evicted is null ? null : Encoding.UTF8.GetString(evicted));
                        break;
                }

                Assert.Equal(model.Count, order.Count);
                Assert.DoesNotContain(model, k => order.UsedAt(Encoding.UTF8.GetBytes(k)) < 0);
                Assert.Equal(model, model.OrderBy(k => order.UsedAt(Encoding.UTF8.GetBytes(k))));
            }
        }
    }

    [Fact]
    public void A_table_may_be_kept_in_one()
    {
        using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
            .Count(Materialized<string, long, IKeyValueStore<Bytes, byte[]>>.Create(Stores.LruMap("lru", 2)))
            .ToStream().MapValues((v, _) => $"{v}").To("out"));
        foreach (var key in "abacbca")
        {
            driver.In("in", $"{key}", "x", 1);
        }

        Assert.Equal(["a=1@1", "b=1@1", "a=2@1", "c=1@1", "b=1@1", "c=2@1", "a=1@1"], driver.Out());
        Assert.Equal(2, driver.Test.GetKeyValueStore<string, long>("lru").All().Count());
    }

    [Fact]
    public void Its_size_is_not_negative_and_may_be_nothing()
    {
        Assert.Throws<StreamsException>(() => Stores.LruMap("lru", -1));
        using var task = Task(size: 0);
        Run(task, "put a", "get a");
        Assert.Empty(Content(task));
    }

    private static TaskFixture Task(int size = 3, bool skips = false) => new(
        b =>
        {
            var text = new StringSerDes();
            b.AddStateStore(Stores.KeyValueStoreBuilder(Stores.LruMap("lru", size), text, text));
            b.Stream<string, string>("in").Process(ProcessorBuilder.New<string, string>().Processor<Doing>().Build(), null, "lru");
        },
        c => c.InnerExceptionHandler = skips ? _ => ExceptionHandlerResponse.CONTINUE : null);

    private static void Run(TaskFixture task, params string[] records)
    {
        foreach (var record in records)
        {
            task.Process("in", "do", record, 1);
        }
    }

    private static IEnumerable<string> Content(TaskFixture task)
    {
        using var cursor = task.State.Find("lru")!.Range(default);
        var keys = new List<string>();
        while (cursor.MoveNext())
        {
            keys.Add(Encoding.UTF8.GetString(cursor.Key));
        }

        return keys;
    }

    private sealed class Doing : IProcessor<string, string>
    {
        private IKeyValueStore<string, string>? _store;

        public void Init(ProcessorContext<string, string> context) =>
            _store = (IKeyValueStore<string, string>)context.GetStateStore("lru");

        public void Process(Record<string, string> record)
        {
            foreach (var step in record.Value.Split(';'))
            {
                var words = step.Split(' ');
                switch (words[0])
                {
                    case "put":
                        _store!.Put(words[1], words[1]);
                        break;
                    case "get":
                        _store!.Get(words[1]);
                        break;
                    case "delete":
                        _store!.Delete(words[1]);
                        break;
                    case "all":
                        Assert.NotEmpty(_store!.All());
                        break;
                    default:
                        throw new InvalidOperationException("told to fail");
                }
            }
        }

        public void Close()
        {
        }
    }
}
