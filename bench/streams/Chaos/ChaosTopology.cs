using System.Buffers.Binary;
using System.Text;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Bench.Chaos;

/// <summary>
/// Two sub-topologies, by hand (so that what breaks is the runtime) or with the DSL: lines are re-keyed by product through a
/// repartition topic, then counted per product and per product and hour; each count goes out.
/// </summary>
internal static class ChaosTopology
{
    public const string Totals = "totals", Hourly = "hourly";
    public const long HourMs = 3_600_000;
    public const int KeyLength = 8;

    public static string Source(string app) => $"{app}-lines";

    public static string Repartition(string app) => $"{app}-by-product-repartition";

    public static string Target(string app) => $"{app}-counts";

    public static string Changelog(string app, string store) => $"{app}-{store}-changelog";

    /// <summary>Products by name, for the join of the DSL's form.</summary>
    public static string Products(string app) => $"{app}-products";

    public static string Joined(string app) => $"{app}-joined";

    /// <summary>
    /// The same written with the DSL, and a join beside it: each line with its product's description. No record caches:
    /// every update goes out.
    /// </summary>
    public static TopologyPlan DslPlan(StreamConfig config, bool persistent)
    {
        PersistentStores.Engine ??= Streams.Runtime.RocksDb.RocksDbStore.Open;
        config.DefaultCacheEnabled = false;
        var (app, text, number) = (config.ApplicationId, new StringSerDes(), new Int64SerDes());
        var builder = new StreamBuilder();
        var byProduct = builder.Stream(Source(app), text, text).Map((line, product, _) => KeyValuePair.Create(product, line))
            .Repartition(Repartitioned<string, string>.As("by-product").WithKeySerdes(text).WithValueSerdes(text));
        var grouped = byProduct.GroupByKey();
        grouped.Count((persistent ? Streamiz.Kafka.Net.Table.RocksDb.As<string, long>(Totals) : InMemory.As<string, long>(Totals)).With(text, number))
            .ToStream().To(Target(app), text, number);
        grouped.WindowedBy(TumblingWindowOptions.Of(HourMs, 500 * HourMs))
            .Count((persistent ? RocksDbWindows.As<string, long>(Hourly) : InMemoryWindows.As<string, long>(Hourly)).With(text, number).WithRetention(TimeSpan.FromHours(1000)));
        var products = builder.Table(Products(app), text, text, InMemory.As<string, string>("products").With(text, text));
        byProduct.Join(products, (line, description) => $"{line} {description}", new StreamTableJoinProps<string, string, string>(text, text, text)).To(Joined(app), text, text);
        return builder.Build().Compile(config);
    }

    public static TopologyPlan Plan(string app, bool persistent) => new()
    {
        ApplicationId = app,
        GlobalStores = [],
        SubTopologies =
        [
            new()
            {
                Id = 0,
                Sources = [new() { Topic = Source(app) }],
                SinkTopics = [Repartition(app)],
                RepartitionTopics = [],
                CoPartitionGroups = [],
                Stores = [],
                Blueprint = new Rekey(app),
            },
            new()
            {
                Id = 1,
                Sources = [new() { Topic = Repartition(app), IsRepartition = true }],
                SinkTopics = [Target(app)],
                RepartitionTopics = [new() { Topic = Repartition(app), Config = new Dictionary<string, string> { ["cleanup.policy"] = "delete", ["retention.ms"] = "-1" } }],
                CoPartitionGroups = [],
                Stores = [Store(app, Totals, StoreKind.KeyValue, persistent), Store(app, Hourly, StoreKind.Window, persistent)],
                Blueprint = new Count(app),
            },
        ],
    };

    private static StorePlan Store(string app, string name, StoreKind kind, bool persistent) => new()
    {
        Name = name,
        ChangelogTopic = Changelog(app, name),
        ChangelogConfig = new Dictionary<string, string> { ["cleanup.policy"] = "compact" },
        Persistent = persistent,
        Spec = new()
        {
            Kind = kind,
            RetentionMs = 1000 * HourMs,
            Open = s => new Named(s.Name),
            PersistentStore = persistent ? Streams.Runtime.RocksDb.RocksDbStore.Open : null,
        },
    };

    private sealed class Rekey(string app) : ISubTopologyBlueprint
    {
        public TaskGraph Build(TaskContext context)
        {
            var node = new Node(context, app);
            return new([node], [node]);
        }

        private sealed class Node(TaskContext context, string app) : SourceReceiver
        {
            private readonly OutputTopic _target = context.Collector.Resolve(Repartition(app));

            public override string Topic => Source(app);

            public override void Receive(in TaskRecord record) =>
                context.Collector.Send(_target, Partitioning.Of(record.Value, false, 0, _target.PartitionCount),
                    new() { Key = record.Value, Value = record.Key, Timestamp = record.Timestamp, Headers = record.Headers });
        }
    }

    private sealed class Count(string app) : ISubTopologyBlueprint
    {
        public TaskGraph Build(TaskContext context)
        {
            var node = new Node(context, app);
            return new([node], [node]);
        }

        private sealed class Node(TaskContext context, string app) : SourceReceiver
        {
            private readonly OutputTopic _target = context.Collector.Resolve(Target(app));
            private readonly StoreState _totals = context.StateOf(Totals);
            private readonly StoreState _hourly = context.StateOf(Hourly);

            public override string Topic => Repartition(app);

            public override void Receive(in TaskRecord record)
            {
                Span<byte> value = stackalloc byte[16];
                BinaryPrimitives.WriteInt64BigEndian(value, Increment(_totals, record.Key, record.Timestamp));
                Span<byte> window = stackalloc byte[record.Key.Length + 12];
                record.Key.CopyTo(window);
                BinaryPrimitives.WriteInt64BigEndian(window[record.Key.Length..], record.Timestamp / HourMs * HourMs);
                BinaryPrimitives.WriteInt32BigEndian(window[(record.Key.Length + 8)..], 0);
                BinaryPrimitives.WriteInt64BigEndian(value[8..], Increment(_hourly, window, record.Timestamp));
                context.Collector.Send(_target, context.Id.Partition, new() { Key = record.Key, Value = value, Timestamp = record.Timestamp });
            }

            private static long Increment(StoreState store, ReadOnlySpan<byte> key, long timestamp)
            {
                var count = store.TryGet(key, out var value, out _) ? BinaryPrimitives.ReadInt64BigEndian(value) + 1 : 1;
                Span<byte> bytes = stackalloc byte[8];
                BinaryPrimitives.WriteInt64BigEndian(bytes, count);
                store.Put(key, bytes, timestamp);
                return count;
            }
        }
    }

    /// <summary>A store's entry as text: the key, for windows with its start, and the count.</summary>
    public static (string Key, long Count) Entry(StoreKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        (kind == StoreKind.KeyValue
            ? Encoding.UTF8.GetString(key)
            : $"{Encoding.UTF8.GetString(key[..^12])}@{BinaryPrimitives.ReadInt64BigEndian(key[^12..])}", BinaryPrimitives.ReadInt64BigEndian(value));

    private sealed class Named(string name) : Streamiz.Kafka.Net.IStateStore
    {
        public string Name => name;

        public bool Persistent => false;

        public bool IsLocally => true;

        public bool IsOpen => true;

        public void Init(Streamiz.Kafka.Net.ProcessorContext context, Streamiz.Kafka.Net.IStateStore root)
        {
        }

        public void Flush()
        {
        }

        public void Close()
        {
        }
    }
}
