using Streaming.Streams.Operators;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

internal sealed class KGroupedTable<K, V>(
    TopologyGraph graph, Emitter<K, Change<V>> node, ISerDes<K>? keys, ISerDes<V>? values,
    IReadOnlyCollection<ISourceDefinition> sources, string? named) : IKGroupedTable<K, V>
{
    public IKTable<K, long> Count(string? named = null) =>
        Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>>.Create(), named);

    public IKTable<K, long> Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Build(materialized, Names.TableAggregate, named, static () => 0L, static (_, _, a, _) => a + 1, static (_, _, a) => a - 1, new Int64SerDes());

    public IKTable<K, V> Reduce(Func<V, V, V> adder, Func<V, V, V> subtractor, string? named = null) =>
        Reduce(adder, subtractor, Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create(), named);

    public IKTable<K, V> Reduce(Reducer<V> adder, Reducer<V> subtractor, string? named = null) =>
        Reduce(adder.Apply, subtractor.Apply, named);

    public IKTable<K, V> Reduce(
        Func<V, V, V> adder, Func<V, V, V> subtractor,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) => Build(
            materialized, Names.TableReduce, named, null, (_, v, a, exists) => exists ? adder(a, v) : v,
            (_, v, a) => subtractor(a, v), values);

    public IKTable<K, V> Reduce(
        Reducer<V> adder, Reducer<V> subtractor,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Reduce(adder.Apply, subtractor.Apply, materialized, named);

    public IKTable<K, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> adder, Func<K, V, VR, VR> subtractor, string? named = null) =>
        Aggregate(initializer, adder, subtractor, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>.Create(), named);

    public IKTable<K, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> adder, Aggregator<K, V, VR> subtractor, string? named = null) =>
        Aggregate(initializer.Apply, adder.Apply, subtractor.Apply, named);

    public IKTable<K, VR> Aggregate<VR, VRS>(
        Func<VR> initializer, Func<K, V, VR, VR> adder, Func<K, V, VR, VR> subtractor, string? named = null)
        where VRS : ISerDes<VR>, new() => Aggregate(
            initializer, adder, subtractor,
            Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>.Create().WithValueSerdes<VRS>(), named);

    public IKTable<K, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> adder, Func<K, V, VR, VR> subtractor,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) => Build(
            materialized, Names.TableAggregate, named, initializer, (k, v, a, _) => adder(k, v, a), subtractor, null);

    public IKTable<K, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> adder, Aggregator<K, V, VR> subtractor,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Aggregate(initializer.Apply, adder.Apply, subtractor.Apply, materialized, named);

    private KTable<K, VR> Build<VR>(
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string prefix, string? functionName,
        Func<VR>? initializer, Func<K, V, VR, bool, VR> adder, Func<K, V, VR, VR> subtractor, ISerDes<VR>? defaultSerDes)
    {
        _ = sources;
        var completed = materialized.OrSerdes(keys, defaultSerDes);
        var store = TableStores.Define(graph, completed, prefix);

        // Java's order of names: sink, source, then the function.
        var sinkName = graph.NewName(Names.Sink);
        var sourceName = graph.NewName(Names.Source);
        var name = graph.NameOr(functionName, prefix);
        var topic = (named ?? store.Name) + Names.RepartitionSuffix;
        if (!graph.RepartitionTopics.TryAdd(topic, null))
        {
            throw new TopologyException($"The name {topic} is taken by another repartition topic");
        }

        var changes = new ChangeSerDes<V>(values);
        var keySerDes = keys ?? completed.KeySerdes;
        node.Feed(graph.Add(new SinkDefinition<K, Change<V>>(sinkName)
        {
            Topic = topic, IsInternal = true, Keys = keySerDes, Values = changes,
        }));
        var source = graph.Add(new SourceDefinition<K, Change<V>>(sourceName, topic, isInternal: true, keySerDes, changes, null));
        return new KTable<K, VR>(
            graph,
            table =>
            {
                var aggregate = graph.Add(new OperatorDefinition<K, Change<V>, K, Change<VR>>(name, (b, next) =>
                    new TableAggregateNode<K, V, VR>(
                        b.Context, table.StoreIn(b)!, initializer, adder, subtractor, table.ForwarderIn(b, next))));
                source.Feed(aggregate);
                return aggregate;
            },
            store, true, completed.StoreName, completed.KeySerdes, completed.ValueSerdes, [source],
            static () => { }, static (t, _) => throw new TopologyException($"{t.Node.Name} has no store"), null);
    }
}
