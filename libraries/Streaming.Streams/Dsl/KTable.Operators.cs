using Streaming.Streams.Operators;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

/// <summary>The operators of tables.</summary>
internal sealed partial class KTable<K, V>
{
    public IKTable<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null) =>
        Filter(predicate, true, null, named);

    public IKTable<K, V> Filter(
        Func<K, V, IRecordContext, bool> predicate, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null) => Filter(predicate, true, materialized, named);

    public IKTable<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null) =>
        Filter(predicate, false, null, named);

    public IKTable<K, V> FilterNot(
        Func<K, V, IRecordContext, bool> predicate, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null) => Filter(predicate, false, materialized, named);

    public IKTable<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null) =>
        MapWith((_, v, c) => mapper(v, c), null, named);

    public IKTable<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null) =>
        MapWith((_, v, c) => mapper.Apply(v, c), null, named);

    public IKTable<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapper, string? named = null) =>
        MapWith(mapper, null, named);

    public IKTable<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapper, string? named = null) =>
        MapWith(mapper.Apply, null, named);

    public IKTable<K, VR> MapValues<VR>(
        Func<V, IRecordContext, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null) => MapWith((_, v, c) => mapper(v, c), materialized, named);

    public IKTable<K, VR> MapValues<VR>(
        IValueMapper<V, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null) => MapWith((_, v, c) => mapper.Apply(v, c), materialized, named);

    public IKTable<K, VR> MapValues<VR>(
        Func<K, V, IRecordContext, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null) => MapWith(mapper, materialized, named);

    public IKTable<K, VR> MapValues<VR>(
        IValueMapperWithKey<K, V, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null) => MapWith(mapper.Apply, materialized, named);

    public IKStream<K, V> ToStream(string? named = null)
    {
        var node = _graph.Add(new OperatorDefinition<K, Change<V>, K, V>(
            _graph.NameOr(named, Names.TableToStream), static (b, next) => new ToStreamNode<K, V>(b.Context, next)));
        Node.Feed(node);
        return new KStream<K, V>(_graph, node, KeySerDes, ValueSerDes, Sources, repartitionRequired: false);
    }

    public IKStream<KR, V> ToStream<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null) =>
        ToStream().SelectKey(mapper, named);

    public IKStream<KR, V> ToStream<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null) =>
        ToStream().SelectKey(mapper, named);

    public IKGroupedTable<KR, VR> GroupBy<KR, VR>(
        Func<K, V, IRecordContext, KeyValuePair<KR, VR>> keySelector, string? named = null) =>
        GroupBy(keySelector, null, null, named);

    public IKGroupedTable<KR, VR> GroupBy<KR, VR>(
        IKeyValueMapper<K, V, KeyValuePair<KR, VR>> keySelector, string? named = null) =>
        GroupBy(keySelector.Apply, null, null, named);

    public IKGroupedTable<KR, VR> GroupBy<KR, VR, KRS, VRS>(
        Func<K, V, IRecordContext, KeyValuePair<KR, VR>> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VRS : ISerDes<VR>, new() => GroupBy(keySelector, new KRS(), new VRS(), named);

    public IKGroupedTable<KR, VR> GroupBy<KR, VR, KRS, VRS>(
        IKeyValueMapper<K, V, KeyValuePair<KR, VR>> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VRS : ISerDes<VR>, new() => GroupBy(keySelector.Apply, new KRS(), new VRS(), named);

    public IKTable<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) =>
        Join(table, valueJoiner, false, false, null, named);

    public IKTable<K, VR> Join<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) =>
        Join(table, valueJoiner.Apply, false, false, null, named);

    public IKTable<K, VR> Join<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Join(table, valueJoiner, false, false, materialized, named);

    public IKTable<K, VR> Join<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Join(table, valueJoiner.Apply, false, false, materialized, named);

    public IKTable<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) =>
        Join(table, valueJoiner, true, false, null, named);

    public IKTable<K, VR> LeftJoin<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) =>
        Join(table, valueJoiner.Apply, true, false, null, named);

    public IKTable<K, VR> LeftJoin<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Join(table, valueJoiner, true, false, materialized, named);

    public IKTable<K, VR> LeftJoin<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Join(table, valueJoiner.Apply, true, false, materialized, named);

    public IKTable<K, VR> OuterJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null) =>
        Join(table, valueJoiner, true, true, null, named);

    public IKTable<K, VR> OuterJoin<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null) =>
        Join(table, valueJoiner.Apply, true, true, null, named);

    public IKTable<K, VR> OuterJoin<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Join(table, valueJoiner, true, true, materialized, named);

    public IKTable<K, VR> OuterJoin<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null) =>
        Join(table, valueJoiner.Apply, true, true, materialized, named);

    public IKTable<K, V> Suppress(Suppressed<K, V> suppressed, string? named = null)
    {
        var name = _graph.NameOr(suppressed.Name ?? named, Names.TableSuppress);
        var storeName = suppressed.Name is { } given ? $"{given}-store" : _graph.NewStoreName(Names.TableSuppress);
        var keys = suppressed.KeySerdes ?? KeySerDes;
        var values = suppressed.ValueSerdes ?? ValueSerDes;
        var rule = new SuppressRule(
            (long)suppressed.Time.TotalMilliseconds,
            suppressed.UntilWindowClose,
            suppressed.Buffer.MaxRecords,
            suppressed.Buffer.MaxBytes?.CacheSizeBytes ?? long.MaxValue,
            suppressed.Buffer is EagerConfig);
        var buffer = _graph.Add(new StoreDefinition
        {
            Name = storeName,
            Kind = StoreKind.KeyValue,
            Logged = suppressed.Logged,
            LogConfig = suppressed.LogConfig,
            Bind = StoreDefinition.KeyValue<byte[], byte[]>(new ByteArraySerDes(), new ByteArraySerDes(), timestamped: false),
        });

        // What is held back is the change from what the successors know.
        return new KTable<K, V>(
            _graph,
            table =>
            {
                var node = _graph.Add(new OperatorDefinition<K, Change<V>, K, Change<V>>(name, (b, next) =>
                    new SuppressNode<K, V>(
                        b.Context,
                        b.Store<KeyValueStore<byte[], byte[]>>(storeName),
                        Codec<K>.Of(keys, Confluent.Kafka.MessageComponentType.Key, storeName, b.Config),
                        Codec<V>.Of(values, Confluent.Kafka.MessageComponentType.Value, storeName, b.Config),
                        rule, table.SendsOld, next)));
                Node.Feed(node);
                node.Use(buffer);
                return node;
            },
            null, false, null, keys, values, Sources,
            DemandOld,
            (_, b) => View(b),
            ConnectView);
    }

    private KTable<K, V> Filter(
        Func<K, V, IRecordContext, bool> predicate, bool keeps,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>>? materialized, string? named)
    {
        var completed = materialized?.OrSerdes(KeySerDes, ValueSerDes);
        var store = completed is null ? null : TableStores.Define(_graph, completed, Names.TableFilter);
        var name = _graph.NameOr(named, Names.TableFilter);
        return Derive(
            name, store, completed?.StoreName, completed?.KeySerdes ?? KeySerDes, completed?.ValueSerdes ?? ValueSerDes,
            (table, b, next) => new TableFilterNode<K, V>(
                b.Context, predicate, keeps, table.StoreIn(b), table.ForwarderIn(b, next)),
            (_, b) => new FilterView<K, V>(b.Context, View(b), predicate, keeps));
    }

    private KTable<K, VR> MapWith<VR>(
        Func<K, V, IRecordContext, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>? materialized,
        string? named)
    {
        var completed = materialized?.OrSerdes(KeySerDes, null);
        var store = completed is null ? null : TableStores.Define(_graph, completed, Names.TableMapValues);
        var name = _graph.NameOr(named, Names.TableMapValues);
        return Derive<VR>(
            name, store, completed?.StoreName, completed?.KeySerdes ?? KeySerDes, completed?.ValueSerdes,
            (table, b, next) => new TableMapNode<K, V, VR>(b.Context, mapper, table.StoreIn(b), table.ForwarderIn(b, next)),
            (_, b) => new MapView<K, V, VR>(b.Context, View(b), mapper));
    }

    /// <summary>A table that follows from this one alone.</summary>
    private KTable<K, VR> Derive<VR>(
        string name, StoreDefinition? store, string? queryableName, ISerDes<K>? keys, ISerDes<VR>? values,
        Func<KTable<K, VR>, TaskBuild, Receiver<K, Change<VR>>, Receiver<K, Change<V>>> create,
        Func<KTable<K, VR>, TaskBuild, TableView<K, VR>> view) => new(
            _graph,
            table =>
            {
                var node = _graph.Add(new OperatorDefinition<K, Change<V>, K, Change<VR>>(name, (b, next) => create(table, b, next)));
                Node.Feed(node);
                return node;
            },
            store, store is not null, queryableName, keys, values, Sources,
            demandParents: () =>
            {
                if (store is null)
                {
                    DemandOld();
                }
            },
            view,
            useParents: ConnectView);

    private KGroupedTable<KR, VR> GroupBy<KR, VR>(
        Func<K, V, IRecordContext, KeyValuePair<KR, VR>> keySelector, ISerDes<KR>? keys, ISerDes<VR>? values, string? named)
    {
        // A group is left and entered: both ends of a change count.
        DemandOld();
        var node = _graph.Add(new OperatorDefinition<K, Change<V>, KR, Change<VR>>(
            _graph.NameOr(named, Names.TableSelect),
            (b, next) => new TableRegroupNode<K, V, KR, VR>(b.Context, keySelector, next)));
        Node.Feed(node);
        return new KGroupedTable<KR, VR>(_graph, node, keys, values, Sources, named);
    }

    private KTable<K, VR> Join<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> joiner, bool leftJoins, bool outer,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>>? materialized, string? named)
    {
        var other = KTable<K, VT>.Own(table);
        var completed = materialized?.OrSerdes(KeySerDes, null);
        var mergeName = _graph.NameOr(named, Names.TableMerge);
        var sources = Repartitioning.CoPartition(_graph, Sources, other.Sources);
        if (leftJoins)
        {
            DemandOld();
        }

        if (outer)
        {
            other.DemandOld();
        }

        var thisName = _graph.NameOr(named, Names.TableJoinThis, "-join-this");
        var otherName = _graph.NameOr(named, Names.TableJoinOther, "-join-other");
        var store = completed is null ? null : TableStores.Define(_graph, completed, Names.TableMerge);

        // What the join of left without right, and of right without left, gives.
        bool rightOptional = leftJoins, leftOptional = outer;
        var thisJoin = _graph.Add(new OperatorDefinition<K, Change<V>, K, Change<VR>>(thisName, (b, next) =>
            new TableJoinNode<K, V, VT, VR>(b.Context, other.View(b), joiner, leftOptional, rightOptional, next)));
        var otherJoin = _graph.Add(new OperatorDefinition<K, Change<VT>, K, Change<VR>>(otherName, (b, next) =>
            new TableJoinNode<K, VT, V, VR>(b.Context, View(b), (o, t) => joiner(t, o), rightOptional, leftOptional, next)));
        Node.Feed(thisJoin);
        other.Node.Feed(otherJoin);
        other.ConnectView(thisJoin);
        ConnectView(otherJoin);
        return new KTable<K, VR>(
            _graph,
            result =>
            {
                var merge = _graph.Add(new OperatorDefinition<K, Change<VR>, K, Change<VR>>(mergeName, (b, next) =>
                    new TableMergeNode<K, VR>(b.Context, result.StoreIn(b), result.ForwarderIn(b, next))));
                thisJoin.Feed(merge);
                otherJoin.Feed(merge);
                return merge;
            },
            store, store is not null, completed?.StoreName, completed?.KeySerdes ?? KeySerDes, completed?.ValueSerdes, sources,
            demandParents: () =>
            {
                if (store is null)
                {
                    DemandOld();
                    other.DemandOld();
                }
            },
            (_, b) => new JoinView<K, V, VT, VR>(View(b), other.View(b), joiner, leftOptional, rightOptional),
            node =>
            {
                ConnectView(node);
                other.ConnectView(node);
            });
    }
}
