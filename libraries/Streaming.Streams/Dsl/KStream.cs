using Confluent.Kafka;
using Streaming.Streams.Operators;
using Streaming.Streams.Processors;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

/// <summary>A stream: a node of the graph, and what is known of its records.</summary>
/// <param name="repartitionRequired">The key may have changed: what groups or joins repartitions first.</param>
internal sealed partial class KStream<K, V>(
    TopologyGraph graph, Emitter<K, V> node, ISerDes<K>? keys, ISerDes<V>? values,
    IReadOnlyCollection<ISourceDefinition> sources, bool repartitionRequired) : IKStream<K, V>
{
    public TopologyGraph Graph => graph;

    public Emitter<K, V> Node => node;

    public ISerDes<K>? KeySerDes => keys;

    public ISerDes<V>? ValueSerDes => values;

    public IReadOnlyCollection<ISourceDefinition> Sources => sources;

    public bool RepartitionRequired => repartitionRequired;

    public IKStream<K, V>[] Branch(params Func<K, V, IRecordContext, bool>[] predicates) => Branches(null, predicates);

    public IKStream<K, V>[] Branch(string named, params Func<K, V, IRecordContext, bool>[] predicates) =>
        Branches(named, predicates);

    public IKStream<K, V> Merge(IKStream<K, V> stream, string? named = null)
    {
        var other = Own(stream);
        var merge = graph.Add(new OperatorDefinition<K, V, K, V>(
            graph.NameOr(named, Names.Merge), static (_, next) => new PassNode<K, V>(next)) { Effect = KeyEffect.Merges });
        node.Feed(merge);
        other.Node.Feed(merge);
        return new KStream<K, V>(
            graph, merge, null, null, [.. sources.Union(other.Sources)], repartitionRequired || other.RepartitionRequired);
    }

    public IKStream<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null) =>
        Same(graph.NameOr(named, Names.Filter), (b, next) => new FilterNode<K, V>(b.Context, predicate, true, next));

    public IKStream<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null) =>
        Same(graph.NameOr(named, Names.Filter), (b, next) => new FilterNode<K, V>(b.Context, predicate, false, next));

    public void Foreach(Action<K, V, IRecordContext> action, string? named = null) =>
        Same(graph.NameOr(named, Names.ForEach), (b, next) => new PeekNode<K, V>(b.Context, action, next));

    public IKStream<K, V> Peek(Action<K, V, IRecordContext> action, string? named = null) =>
        Same(graph.NameOr(named, Names.Peek), (b, next) => new PeekNode<K, V>(b.Context, action, next));

    public void Print(Printed<K, V> printed)
    {
        var name = graph.NameOr(printed.Name, Names.Printer);
        var label = printed.Label ?? node.Name;
        Same(name, (b, _) => new PrintNode<K, V>(b.Context, printed, label));
    }

    public IKStream<K, V> WithRecordTimestamp(Func<K, V, IRecordContext, long> timestampExtractor, string? named = null) =>
        Same(
            graph.NameOr(named, Names.Timestamp),
            (b, next) => new TimestampNode<K, V>(b.Context, timestampExtractor, next));

    public IKStream<KR, VR> Map<KR, VR>(Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, string? named = null) =>
        Next<KR, VR>(
            graph.NameOr(named, Names.Map), (b, next) => new MapNode<K, V, KR, VR>(b.Context, mapper, next), null, null, true);

    public IKStream<KR, VR> Map<KR, VR>(IKeyValueMapper<K, V, KeyValuePair<KR, VR>> mapper, string? named = null) =>
        Map(mapper.Apply, named);

    public IKStream<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null) => Next<K, VR>(
        graph.NameOr(named, Names.MapValues), (b, next) => new MapValuesNode<K, V, VR>(b.Context, mapper, next), keys, null, false);

    public IKStream<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null) =>
        MapValues((V value, IRecordContext context) => mapper.Apply(value, context), named);

    public IKStream<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapper, string? named = null) => Next<K, VR>(
        graph.NameOr(named, Names.MapValues), (b, next) => new MapValuesWithKeyNode<K, V, VR>(b.Context, mapper, next), keys, null, false);

    public IKStream<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapper, string? named = null) =>
        MapValues((K key, V value, IRecordContext context) => mapper.Apply(key, value, context), named);

    public IKStream<KR, VR> FlatMap<KR, VR>(
        Func<K, V, IRecordContext, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null) => Next<KR, VR>(
        graph.NameOr(named, Names.FlatMap), (b, next) => new FlatMapNode<K, V, KR, VR>(b.Context, mapper, next), null, null, true);

    public IKStream<KR, VR> FlatMap<KR, VR>(
        IKeyValueMapper<K, V, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null) => FlatMap(mapper.Apply, named);

    public IKStream<K, VR> FlatMapValues<VR>(Func<V, IRecordContext, IEnumerable<VR>> mapper, string? named = null) =>
        FlatMapValues((K _, V value, IRecordContext context) => mapper(value, context), named);

    public IKStream<K, VR> FlatMapValues<VR>(IValueMapper<V, IEnumerable<VR>> mapper, string? named = null) =>
        FlatMapValues((K _, V value, IRecordContext context) => mapper.Apply(value, context), named);

    public IKStream<K, VR> FlatMapValues<VR>(Func<K, V, IRecordContext, IEnumerable<VR>> mapper, string? named = null) =>
        Next<K, VR>(
            graph.NameOr(named, Names.FlatMapValues),
            (b, next) => new FlatMapValuesNode<K, V, VR>(b.Context, mapper, next), keys, null, false);

    public IKStream<K, VR> FlatMapValues<VR>(IValueMapperWithKey<K, V, IEnumerable<VR>> mapper, string? named = null) =>
        FlatMapValues((K key, V value, IRecordContext context) => mapper.Apply(key, value, context), named);

    public IKStream<KR, V> SelectKey<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null) => Next<KR, V>(
        graph.NameOr(named, Names.KeySelect),
        (b, next) => new SelectKeyNode<K, V, KR>(b.Context, mapper, next), null, values, true);

    public IKStream<KR, V> SelectKey<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null) =>
        SelectKey(mapper.Apply, named);

    public IKGroupedStream<K, V> GroupByKey(string? named = null) =>
        new KGroupedStream<K, V>(this, keys, values, named);

    public IKGroupedStream<K, V> GroupByKey<KS, VS>(string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => new KGroupedStream<K, V>(this, new KS(), new VS(), named);

    public IKGroupedStream<KR, V> GroupBy<KR>(Func<K, V, IRecordContext, KR> keySelector, string? named = null) =>
        GroupBy(keySelector, null, values, named);

    public IKGroupedStream<KR, V> GroupBy<KR>(IKeyValueMapper<K, V, KR> keySelector, string? named = null) =>
        GroupBy(keySelector.Apply, null, values, named);

    public IKGroupedStream<KR, V> GroupBy<KR, KRS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new() => GroupBy(keySelector, new KRS(), values, named);

    public IKGroupedStream<KR, V> GroupBy<KR, KRS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new() => GroupBy(keySelector.Apply, new KRS(), values, named);

    public IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VS : ISerDes<V>, new() => GroupBy(keySelector, new KRS(), new VS(), named);

    public IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VS : ISerDes<V>, new() => GroupBy(keySelector.Apply, new KRS(), new VS(), named);

    public IKTable<K, V> ToTable() => ToTable(Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create());

    public IKTable<K, V> ToTable(Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null)
    {
        // Java's order: the table's node is named before its store.
        var name = graph.NameOr(named, Names.ToTable);
        var completed = materialized.OrSerdes(keys, values);
        var store = TableStores.Define(graph, completed, Names.ToTable);
        var stream = repartitionRequired
            ? Repartitioning.ThroughTopic(this, name, completed.KeySerdes, completed.ValueSerdes)
            : this;
        var table = KTable<K, V>.OfStream(
            graph, stream.Node, name, store, completed.StoreName, force: completed.StoreName is not null, completed.KeySerdes, completed.ValueSerdes,
            stream.Sources);
        return table;
    }

    public IKStream<K, V> Repartition(Repartitioned<K, V>? repartitioned = null)
    {
        var name = repartitioned?.Named ?? graph.NewName(Names.Repartition);
        var keySerDes = repartitioned?.KeySerdes ?? keys;
        var valueSerDes = repartitioned?.ValueSerdes ?? values;
        return Repartitioning.ThroughTopic(
            this, name, keySerDes, valueSerDes, repartitioned?.Partitions, repartitioned?.StreamPartitioner,
            explicitly: true);
    }

    public IKStream<K, V> DropDuplicate(Func<K, V, V, bool> valueComparer, TimeSpan interval, string? named = null) =>
        DropDuplicate(
            valueComparer, interval, Materialized<K, V, IWindowStore<Bytes, byte[]>>.Create(), named);

    public IKStream<K, V> DropDuplicate(
        Func<K, V, V, bool> valueComparer, TimeSpan interval,
        Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null)
    {
        var name = graph.NameOr(named, Names.DropDuplicate);
        var completed = materialized.OrSerdes(keys, values);
        var intervalMs = (long)interval.TotalMilliseconds;
        var storeName = completed.StoreName
            ?? (named is null ? graph.NewStoreName(Names.DropDuplicate) : $"{named}-store");
        var input = repartitionRequired ? Repartitioning.ThroughTopic(this, storeName, keys, values) : this;
        var store = graph.Add(new StoreDefinition
        {
            Name = storeName,
            Kind = StoreKind.Window,
            Persistent = completed.Persistent,
            Logged = completed.Logged,
            LogConfig = completed.LogConfig,
            RetentionMs = Math.Max(
                (long)(completed.Retention?.TotalMilliseconds ?? completed.WindowSupplier?.Retention ?? 0), (2 * intervalMs) + 1),
            Bind = StoreDefinition.Window(
                completed.KeySerdes, completed.ValueSerdes, timestamped: false, Math.Max(1, intervalMs), retainDuplicates: true),
        });
        var result = input.Next<K, V>(
            name,
            (b, next) => new DropDuplicateNode<K, V>(
                b.Context, b.Store<WindowTable<K, V>>(storeName), valueComparer, intervalMs, next),
            input.KeySerDes, input.ValueSerDes, repartition: false);
        result.Node.Use(store);
        return result;
    }

    public void Process(ProcessorSupplier<K, V> processorSupplier, string? named = null, params string[] storeNames)
    {
        var name = graph.NameOr(named, Names.Processor);
        var processor = graph.Add(new RouterDefinition<K, V, K, V>(
            name,
            (b, successors) => new ProcessorNode<K, V>(b.Context, processorSupplier.Create(), OutputsOf(b, name, successors))));
        node.Feed(processor);
        Connect(processor, processorSupplier.Stores, storeNames);
    }

    public IKStream<K1, V1> Transform<K1, V1>(
        TransformerSupplier<K, V, K1, V1> transformerSupplier, string? named = null, params string[] storeNames) =>
        Transform(transformerSupplier, graph.NameOr(named, Names.Transform), storeNames, null, null, true);

    public IKStream<K, V1> TransformValues<V1>(
        TransformerSupplier<K, V, K, V1> transformerSupplier, string? named = null, params string[] storeNames) =>
        Transform(
            transformerSupplier, graph.NameOr(named, Names.TransformValues), storeNames, static k => k, keys, repartitionRequired);

    /// <summary>The same stream as the engine's class; another implementation cannot take part.</summary>
    internal static KStream<K, V> Own(IKStream<K, V> stream) => stream as KStream<K, V>
        ?? throw new TopologyException($"A {stream.GetType()} is no stream of this engine");

    /// <summary>A stream of the same records, or of fewer.</summary>
    internal KStream<K, V> Same(string name, Func<TaskBuild, Receiver<K, V>, Receiver<K, V>> create) =>
        Next(name, create, keys, values, false, KeyEffect.Passes);

    /// <param name="name">The node's.</param>
    /// <param name="create">Makes its processor.</param>
    /// <param name="keySerDes">Of the new stream's keys.</param>
    /// <param name="valueSerDes">Of the new stream's values.</param>
    /// <param name="repartition">The node may change the key.</param>
    /// <param name="effect">What it does otherwise.</param>
    internal KStream<KR, VR> Next<KR, VR>(
        string name, Func<TaskBuild, Receiver<KR, VR>, Receiver<K, V>> create, ISerDes<KR>? keySerDes,
        ISerDes<VR>? valueSerDes, bool repartition, KeyEffect effect = KeyEffect.Other)
    {
        var definition = graph.Add(new OperatorDefinition<K, V, KR, VR>(name, create)
        {
            Effect = repartition ? KeyEffect.Changes : effect,
        });
        node.Feed(definition);
        return new KStream<KR, VR>(graph, definition, keySerDes, valueSerDes, sources, repartitionRequired || repartition);
    }

    internal KStream<K, V> With(ISerDes<K>? keySerDes, ISerDes<V>? valueSerDes) =>
        new(graph, node, keySerDes ?? keys, valueSerDes ?? values, sources, repartitionRequired);

    private static Outputs<KO, VO> OutputsOf<KO, VO>(
        TaskBuild build, string owner, IReadOnlyList<(string Name, Receiver<KO, VO> Receiver)> successors) => new(
            owner,
            build.Fan([.. successors.Select(s => s.Receiver)]),
            successors.ToDictionary(s => s.Name, s => s.Receiver));

    private KGroupedStream<KR, V> GroupBy<KR>(
        Func<K, V, IRecordContext, KR> keySelector, ISerDes<KR>? keySerDes, ISerDes<V>? valueSerDes, string? named)
    {
        var selected = Next<KR, V>(
            graph.NameOr(named, Names.KeySelect),
            (b, next) => new SelectKeyNode<K, V, KR>(b.Context, keySelector, next), keySerDes, valueSerDes, true);
        return new KGroupedStream<KR, V>(selected, keySerDes, valueSerDes, named);
    }

    private KStream<K1, V1> Transform<K1, V1>(
        TransformerSupplier<K, V, K1, V1> supplier, string name, string[] storeNames, Func<K, K1>? keepKey,
        ISerDes<K1>? keySerDes, bool repartition)
    {
        var transformer = graph.Add(new RouterDefinition<K, V, K1, V1>(
            name,
            (b, successors) => new TransformerNode<K, V, K1, V1>(
                b.Context, supplier.Create(), OutputsOf(b, name, successors), keepKey))
        {
            Effect = keepKey is null ? KeyEffect.Changes : KeyEffect.Other,
        });
        node.Feed(transformer);
        Connect(transformer, supplier.Stores, storeNames);
        return new KStream<K1, V1>(graph, transformer, keySerDes, null, sources, repartition || repartitionRequired);
    }

    private void Connect(NodeDefinition user, IReadOnlyList<IStoreBuilder> owned, string[] storeNames)
    {
        foreach (var builder in owned)
        {
            user.Use(graph.FindStore(builder.Name) is { } known && builder is not IStoreDefiner
                ? known
                : graph.Add(StreamBuilder.Define(builder)));
        }

        foreach (var name in storeNames)
        {
            if (graph.Globals.Any(g => g.Store.Name == name))
            {
                // Every processor sees the global stores.
                continue;
            }

            user.Use(graph.FindStore(name)
                ?? throw new TopologyException($"{user.Name} names the store {name}, which was not added to the builder"));
        }
    }

    private IKStream<K, V>[] Branches(string? named, Func<K, V, IRecordContext, bool>[] predicates)
    {
        if (predicates.Length == 0)
        {
            throw new TopologyException("A branch needs a predicate");
        }

        var name = graph.NameOr(named, Names.Branch);
        var children = predicates
            .Select((_, i) => graph.NameOr(named, Names.BranchChild, $"-predicate-{i}"))
            .ToArray();
        return Split(name, [.. predicates.Zip(children, (p, c) => ((Func<K, V, IRecordContext, bool>?)p, c))]);
    }

    /// <summary>A node that routes, and a stream per branch.</summary>
    internal IKStream<K, V>[] Split(string name, IReadOnlyList<(Func<K, V, IRecordContext, bool>? Predicate, string Name)> branches)
    {
        var router = graph.Add(new RouterDefinition<K, V, K, V>(
            name,
            (b, successors) => new BranchNode<K, V>(
                b.Context,
                [.. branches.Select(branch => (branch.Predicate, successors.First(s => s.Name == branch.Name).Receiver))]))
        {
            Effect = KeyEffect.Passes,
        });
        node.Feed(router);
        return [.. branches.Select(branch =>
        {
            var child = graph.Add(new OperatorDefinition<K, V, K, V>(
                branch.Name, static (_, next) => new PassNode<K, V>(next)) { Effect = KeyEffect.Passes });
            router.Feed(child);
            return (IKStream<K, V>)new KStream<K, V>(graph, child, keys, values, sources, repartitionRequired);
        })];
    }
}
