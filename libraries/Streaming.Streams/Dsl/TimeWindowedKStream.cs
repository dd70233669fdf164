using Streaming.Streams.Operators;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

/// <summary>A windowed stream that can be told when to emit.</summary>
internal interface IEmitting<out T>
{
    T Emitting(EmitStrategy strategy);
}

internal sealed class TimeWindowedKStream<K, V, W>(KGroupedStream<K, V> grouped, WindowOptions<W> windows, bool onClose)
    : ITimeWindowedKStream<K, V>, IEmitting<ITimeWindowedKStream<K, V>>
    where W : Window
{
    public ITimeWindowedKStream<K, V> Emitting(EmitStrategy strategy) => strategy.IsOnClose && !windows.IsRegular
        ? throw new TopologyException($"Results of {windows.GetType().Name} cannot be emitted on close: only windows of a fixed size close")
        : new TimeWindowedKStream<K, V, W>(grouped, windows, strategy.IsOnClose);

    public IKTable<Windowed<K>, long> Count(string? named = null) => Build(
        Materialized<K, long, IWindowStore<Bytes, byte[]>>.Create(), Names.Aggregate, named, KGroupedStream<K, V>.Zero,
        KGroupedStream<K, V>.CountOne, new Int64SerDes());

    public IKTable<Windowed<K>, long> Count(
        Materialized<K, long, IWindowStore<Bytes, byte[]>> materialized, string? named = null)
    {
        if (materialized.StoreName is null)
        {
            grouped.Stream.Graph.NewStoreName(Names.Aggregate);
        }

        return Build(
            materialized, Names.Aggregate, named, KGroupedStream<K, V>.Zero, KGroupedStream<K, V>.CountOne, new Int64SerDes());
    }

    public IKTable<Windowed<K>, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) =>
        Aggregate(initializer, aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>>.Create());

    public IKTable<Windowed<K>, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) =>
        Aggregate(initializer.Apply, aggregator.Apply);

    public IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator)
        where VRS : ISerDes<VR>, new() => Aggregate(
            initializer, aggregator, Materialized<K, VR, IWindowStore<Bytes, byte[]>>.Create().WithValueSerdes<VRS>());

    public IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator)
        where VRS : ISerDes<VR>, new() => Aggregate<VR, VRS>(initializer.Apply, aggregator.Apply);

    public IKTable<Windowed<K>, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> aggregator,
        Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        Build(materialized, Names.Aggregate, named, initializer, (k, v, a, _) => aggregator(k, v, a), null);

    public IKTable<Windowed<K>, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> aggregator,
        Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        Aggregate(initializer.Apply, aggregator.Apply, materialized, named);

    public IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer) =>
        Reduce(reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>>.Create());

    public IKTable<Windowed<K>, V> Reduce(Reducer<V> reducer) => Reduce(reducer.Apply);

    public IKTable<Windowed<K>, V> Reduce(
        Func<V, V, V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        Build(
            materialized, Names.Reduce, named, null, (_, v, a, exists) => exists ? reducer(a, v) : v, grouped.ValueSerDes);

    public IKTable<Windowed<K>, V> Reduce(
        Reducer<V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null) =>
        Reduce(reducer.Apply, materialized, named);

    private KTable<Windowed<K>, VR> Build<VR>(
        Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string prefix, string? named, Func<VR>? initializer,
        Func<K, V, VR, bool, VR> aggregator, ISerDes<VR>? defaultSerDes)
    {
        var graph = grouped.Stream.Graph;
        var completed = materialized.OrSerdes(grouped.KeySerDes, defaultSerDes);
        var needed = windows.Size + windows.GracePeriodMs;
        var retention = (long?)completed.Retention?.TotalMilliseconds ?? completed.WindowSupplier?.Retention ?? needed;
        if (retention < needed)
        {
            throw new TopologyException(
                $"The retention of {retention} ms is shorter than window and grace period, {needed} ms");
        }

        var store = new StoreDefinition
        {
            Name = completed.StoreName ?? graph.NewStoreName(prefix),
            Kind = StoreKind.Window,
            Persistent = completed.Persistent,
            Logged = completed.Logged,
            LogConfig = completed.LogConfig,
            Cached = onClose ? false : completed.Cached,
            RetentionMs = retention,
            Bind = StoreDefinition.Window(
                completed.KeySerdes, completed.ValueSerdes, timestamped: true, windows.Size, retainDuplicates: false),
        };
        var open = onClose ? graph.Add(TableStores.OpenWindowsOf(store)) : null;
        var name = graph.NameOr(named, prefix);
        var input = grouped.Grouped(store.Name, completed.KeySerdes);
        return new KTable<Windowed<K>, VR>(
            graph,
            table =>
            {
                var node = graph.Add(new OperatorDefinition<K, V, Windowed<K>, Change<VR>>(name, (b, next) =>
                {
                    var typed = b.Store<WindowTable<K, VR>>(store.Name);
                    var forwarder = TableStores.Forwarder(b, next, table.SendsOld, store);
                    return new WindowAggregateNode<K, V, VR, W>(
                        b.Context, typed, windows, initializer, aggregator, forwarder,
                        open is null ? null : new FinalWindows<K, VR, W>(b.Context, b.Context.StateOf(open.Name), forwarder, typed, windows));
                }));
                input.Node.Feed(node);
                if (open is not null)
                {
                    node.Use(open);
                }

                return node;
            },
            store, true, completed.StoreName,
            new TimeWindowedSerDes<K>(completed.KeySerdes, windows.Size), completed.ValueSerdes, input.Sources,
            static () => { }, static (t, _) => throw new TopologyException($"{t.Node.Name} has no store"), null);
    }
}
