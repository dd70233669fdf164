using Streaming.Streams.Runtime.RocksDb;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Bench.Workloads;

/// <summary>The peer's topologies, and the bare copy.</summary>
internal static class Workload
{
    public static TopologyPlan Plan(Options options, StreamConfig config, string app, string source, string target)
    {
        var arrays = options.Get("serdes", "spans") == "arrays";
        ISerDes<string> text = arrays ? new ArraysOnly<string>(new StringSerDes()) : new StringSerDes();
        ISerDes<OrderLine> lineSerDes = arrays ? new ArraysOnly<OrderLine>(new OrderLineSerDes()) : new OrderLineSerDes();
        var totals = new ProductTotalsSerDes();
        if (options.Get("topology", "map") == "copy") return Copy.Plan(app, source, target);
        PersistentStores.Engine ??= RocksDbStore.Open;
        config.DefaultStateStoreCacheMaxBytes = options.Get("cache-bytes", 10_485_760L);
        config.DefaultCacheEnabled = config.DefaultStateStoreCacheMaxBytes > 0; // the peer's default: one update a key and commit
        var builder = new StreamBuilder();
        var lines = builder.Stream(source, text, lineSerDes);
        var onDisk = options.Get("store", "memory") == "rocksdb";
        switch (options.Get("topology", "map"))
        {
            case "map":
                lines.MapValues((line, _) => line with { Quantity = line.Quantity + 1 }).To(target, text, lineSerDes);
                break;
            case "rekey":
                lines.Map((_, line, _) => KeyValuePair.Create(line.ProductId, line)).To(target, text, lineSerDes);
                break;
            case "aggregate":
                ByProduct(lines).Aggregate(Zero, Add, (onDisk ? Streamiz.Kafka.Net.Table.RocksDb.As<string, ProductTotals>("totals") : InMemory.As<string, ProductTotals>("totals")).With(text, totals))
                    .ToStream().To(target, text, totals);
                break;
            case "window":
                ByProduct(lines).WindowedBy(TumblingWindowOptions.Of(TimeSpan.FromHours(1), TimeSpan.FromHours(24)))
                    .Aggregate(Zero, Add, (onDisk ? RocksDbWindows.As<string, ProductTotals>("hourly") : InMemoryWindows.As<string, ProductTotals>("hourly")).With(text, totals).WithRetention(TimeSpan.FromHours(25)))
                    .ToStream((window, _, _) => $"{window.Key}@{window.Window.StartMs}").To(target, text, totals);
                break;
            case "join":
                var customers = builder.Table(options.Get("customers-topic", "bench.customers"), text, text,
                    (onDisk ? Streamiz.Kafka.Net.Table.RocksDb.As<string, string>("customers") : InMemory.As<string, string>("customers")).With(text, text));
                lines.SelectKey((_, line, _) => line.CustomerId)
                    .Join(customers, (line, country) => $"{country},{line.OrderId}", new StreamTableJoinProps<string, OrderLine, string>(text, lineSerDes, text))
                    .To(target, text, text);
                break;
            case var other:
                throw new ArgumentException($"no topology {other}");
        }
        return builder.Build().Compile(config);
    }

    private static IKGroupedStream<string, OrderLine> ByProduct(IKStream<string, OrderLine> lines) => lines.GroupBy((_, line, _) => line.ProductId);

    private static ProductTotals Zero() => new(0, 0, 0);

    private static ProductTotals Add(string product, OrderLine line, ProductTotals totals) =>
        new(totals.Lines + 1, totals.Units + line.Quantity, totals.RevenueCents + (line.Quantity * line.UnitPriceCents));
}
