using Streaming.Streams.Operators;
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

internal sealed class KGroupedStream<K, V>(KStream<K, V> stream, ISerDes<K>? keys, ISerDes<V>? values, string? named)
    : IKGroupedStream<K, V>
{
    private KStream<K, V>? _repartitioned;

    public KStream<K, V> Stream => stream;

    public ISerDes<K>? KeySerDes => keys;

    public ISerDes<V>? ValueSerDes => values;

    public IKTable<K, long> Count(string? named = null) =>
        Build<long>(Materialized<K, long, IKeyValueStore<Bytes, byte[]>>.Create(), Names.Aggregate, named, Zero, CountOne, new Int64SerDes());

    public IKTable<K, long> Count(
        Materialized<K, long, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null)
    {
        if (materialized.StoreName is null)
        {
            // Java uses up an index here, and so names what follows.
            stream.Graph.NewStoreName(Names.Aggregate);
        }

        return Build(materialized, Names.Aggregate, named, Zero, CountOne, new Int64SerDes());
    }

    public IKTable<K, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator) =>
        Aggregate(initializer, aggregator, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>.Create());

    public IKTable<K, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator) =>
        Aggregate(initializer.Apply, aggregator.Apply);

    public IKTable<K, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator)
        where VRS : ISerDes<VR>, new() => Aggregate(
            initializer, aggregator,
            Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>.Create().WithValueSerdes<VRS>());

    public IKTable<K, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator)
        where VRS : ISerDes<VR>, new() => Aggregate<VR, VRS>(initializer.Apply, aggregator.Apply);

    public IKTable<K, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> aggregator,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Build(materialized, Names.Aggregate, named, initializer, (k, v, a, _) => aggregator(k, v, a), null);

    public IKTable<K, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> aggregator,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Aggregate(initializer.Apply, aggregator.Apply, materialized, named);

    public IKTable<K, V> Reduce(Func<V, V, V> reducer) =>
        Reduce(reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create());

    public IKTable<K, V> Reduce(Reducer<V> reducer) => Reduce(reducer.Apply);

    public IKTable<K, V> Reduce(
        Func<V, V, V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Build(materialized, Names.Reduce, named, null, (_, v, a, exists) => exists ? reducer(a, v) : v, values);

    public IKTable<K, V> Reduce(
        Reducer<V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Reduce(reducer.Apply, materialized, named);

    public ITimeWindowedKStream<K, V> WindowedBy<W>(WindowOptions<W> options)
        where W : Window => options is WindowOptions<TimeWindow> or UnlimitedWindowOptions or { IsRegular: true }
        ? new TimeWindowedKStream<K, V, W>(this, options, onClose: false)
        : throw new TopologyException($"A stream cannot be grouped by {options.GetType().Name}");

    internal static long Zero() => 0;

    internal static long CountOne(K key, V value, long count, bool exists) => count + 1;

    /// <summary>The stream grouped: over a repartition topic if the key may have changed, one for all aggregates.</summary>
    internal KStream<K, V> Grouped(string storeName, ISerDes<K>? storeKeys)
    {
        if (!stream.RepartitionRequired)
        {
            return stream;
        }

        if (named is not null && _repartitioned is not null)
        {
            // A named grouping has one topic, whatever is aggregated over it.
            return _repartitioned;
        }

        return _repartitioned = Repartitioning.ThroughTopic(
            stream, named ?? storeName, keys ?? storeKeys ?? stream.KeySerDes, values ?? stream.ValueSerDes);
    }

    private KTable<K, VR> Build<VR>(
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string prefix, string? named, Func<VR>? initializer,
        Func<K, V, VR, bool, VR> aggregator, ISerDes<VR>? defaultSerDes)
    {
        var graph = stream.Graph;
        var completed = materialized.OrSerdes(keys, defaultSerDes);
        var store = TableStores.Define(graph, completed, prefix);
        var name = graph.NameOr(named, prefix);
        var input = Grouped(store.Name, completed.KeySerdes);
        return new KTable<K, VR>(
            graph,
            table =>
            {
                var node = graph.Add(new OperatorDefinition<K, V, K, Change<VR>>(name, (b, next) =>
                    new AggregateNode<K, V, VR>(
                        b.Context, table.StoreIn(b)!, initializer, aggregator, table.ForwarderIn(b, next))));
                input.Node.Feed(node);
                return node;
            },
            store, true, completed.StoreName, completed.KeySerdes, completed.ValueSerdes, input.Sources,
            static () => { }, static (t, _) => throw new TopologyException($"{t.Node.Name} has no store"), null);
    }
}
