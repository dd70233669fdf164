using Streaming.Streams.Dsl;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streamiz.Kafka.Net;

/// <summary>Builds a topology: streams and tables from topics, and what becomes of them.</summary>
public class StreamBuilder
{
    internal TopologyGraph Graph { get; } = new();

    /// <summary>The records of a topic. The same topic may be read twice; its records are then shared.</summary>
    public IKStream<K, V> Stream<K, V>(string topic) => Stream<K, V>(topic, null, null, null, null);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) =>
        Stream(topic, keySerdes, valueSerdes, null, null);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string named) =>
        Stream(topic, keySerdes, valueSerdes, named, null);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V>(
        string topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, ITimestampExtractor extractor) =>
        Stream(topic, keySerdes, valueSerdes, null, extractor);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V>(
        string topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, string? named, ITimestampExtractor? extractor)
    {
        var source = Source(topic, keySerdes, valueSerdes, named, extractor);
        return new KStream<K, V>(Graph, source, keySerdes, valueSerdes, [source], repartitionRequired: false);
    }

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Stream(topic, new KS(), new VS(), null, null);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic, string named)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Stream(topic, new KS(), new VS(), named, null);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic, ITimestampExtractor extractor)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Stream(topic, new KS(), new VS(), null, extractor);

    /// <inheritdoc cref="Stream{K, V}(string)"/>
    public IKStream<K, V> Stream<K, V, KS, VS>(string topic, string named, ITimestampExtractor extractor)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Stream(topic, new KS(), new VS(), named, extractor);

    /// <summary>The last value of each key of a topic; a null deletes. Records without a key are dropped.</summary>
    public IKTable<K, V> Table<K, V>(string topic) => TableOf<K, V>(topic, null, null, null, null, null);

    /// <inheritdoc cref="Table{K, V}(string)"/>
    public IKTable<K, V> Table<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) =>
        TableOf(topic, keySerdes, valueSerdes, null, null, null);

    /// <inheritdoc cref="Table{K, V}(string)"/>
    public IKTable<K, V> Table<K, V>(string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized) =>
        TableOf(topic, materialized.KeySerdes, materialized.ValueSerdes, materialized, null, null);

    /// <inheritdoc cref="Table{K, V}(string)"/>
    public IKTable<K, V> Table<K, V>(
        string topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null,
        ITimestampExtractor? extractor = null) => TableOf(topic, keySerdes, valueSerdes, materialized, named, extractor);

    /// <inheritdoc cref="Table{K, V}(string)"/>
    public IKTable<K, V> Table<K, V, KS, VS>(string topic)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => TableOf(topic, new KS(), new VS(), null, null, null);

    /// <inheritdoc cref="Table{K, V}(string)"/>
    public IKTable<K, V> Table<K, V, KS, VS>(
        string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null,
        ITimestampExtractor? extractor = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => TableOf(topic, new KS(), new VS(), materialized, named, extractor);

    /// <summary>The last value of each key of a topic, whole in every instance.</summary>
    public IGlobalKTable<K, V> GlobalTable<K, V>(string topic) => GlobalOf<K, V>(topic, null, null, null, null, null);

    /// <inheritdoc cref="GlobalTable{K, V}(string)"/>
    public IGlobalKTable<K, V> GlobalTable<K, V>(string topic, ISerDes<K> keySerdes, ISerDes<V> valueSerdes) =>
        GlobalOf(topic, keySerdes, valueSerdes, null, null, null);

    /// <inheritdoc cref="GlobalTable{K, V}(string)"/>
    public IGlobalKTable<K, V> GlobalTable<K, V>(
        string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized) =>
        GlobalOf(topic, materialized.KeySerdes, materialized.ValueSerdes, materialized, null, null);

    /// <inheritdoc cref="GlobalTable{K, V}(string)"/>
    public IGlobalKTable<K, V> GlobalTable<K, V>(
        string topic, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null,
        ITimestampExtractor? extractor = null) => GlobalOf(topic, keySerdes, valueSerdes, materialized, named, extractor);

    /// <inheritdoc cref="GlobalTable{K, V}(string)"/>
    public IGlobalKTable<K, V> GlobalTable<K, V, KS, VS>(string topic)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => GlobalOf(topic, new KS(), new VS(), null, null, null);

    /// <inheritdoc cref="GlobalTable{K, V}(string)"/>
    public IGlobalKTable<K, V> GlobalTable<K, V, KS, VS>(
        string topic, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null,
        ITimestampExtractor? extractor = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => GlobalOf(topic, new KS(), new VS(), materialized, named, extractor);

    /// <summary>A store for processors, which connect to it by its name.</summary>
    public void AddStateStore(IStoreBuilder storeBuilder, params string[] processorNames)
    {
        var store = Graph.Add(Define(storeBuilder));
        foreach (var name in processorNames)
        {
            var node = Graph.FindNode(name)
                ?? throw new TopologyException($"The store {store.Name} cannot be connected to {name}: there is no such processor");
            node.Use(store);
        }
    }

    /// <summary>A store that a processor fills from a topic, whole in every instance.</summary>
    public void AddGlobalStore<K, V, S>(
        IStoreBuilder<S> storeBuilder, string topic, ProcessorSupplier<K, V> processorSupplier, ISerDes<K> keySerdes,
        ISerDes<V> valueSerdes, ITimestampExtractor? extractor = null, string? named = null)
        where S : IStateStore
    {
        var store = Define(storeBuilder);
        store.Logged = false;
        var source = Graph.NameOr(named is null ? null : named + "-source", Names.Source);
        var processor = Graph.NameOr(named, Names.TableSource);
        Graph.Globals.Add(new GlobalDefinition(
            source, processor, topic, store,
            new GlobalProcessorBlueprint<K, V>(processorSupplier.Create, keySerdes, valueSerdes, extractor, processor)));
    }

    /// <summary>The topology as it stands; the configuration of the application that runs it decides about optimizations.</summary>
    public Topology Build() => new(Graph, null);

    /// <summary>The topology as it stands, optimized as the configuration says. Not in Streamiz.</summary>
    /// <exception cref="StreamConfigException">The configuration asks for an optimization that there is not.</exception>
    public Topology Build(IStreamConfig config) => new(Graph, TopologyOptimizationConfig.Of(config));

    internal static StoreDefinition Define(IStoreBuilder builder) => builder is IStoreDefiner definer
        ? definer.Definition
        : throw new TopologyException($"{builder.GetType()} is a store builder of its own; take one from {nameof(Stores)}");

    private SourceDefinition<K, V> Source<K, V>(
        string topic, ISerDes<K>? keys, ISerDes<V>? values, string? named, ITimestampExtractor? extractor)
    {
        TopologyGraph.CheckName(topic);
        if (Graph.FindSource(topic) is { } known)
        {
            return known is SourceDefinition<K, V> same
                ? same
                : throw new TopologyException(
                    $"The topic {topic} is already read with other types than {typeof(K).Name} and {typeof(V).Name}");
        }

        return Graph.Add(new SourceDefinition<K, V>(
            Graph.NameOr(named, Names.Source), topic, isInternal: false, keys, values, extractor));
    }

    private KTable<K, V> TableOf<K, V>(
        string topic, ISerDes<K>? keys, ISerDes<V>? values,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>>? materialized, string? named, ITimestampExtractor? extractor)
    {
        var completed = (materialized ?? Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create()).OrSerdes(keys, values);
        var store = TableStores.Define(Graph, completed, topic + "-");
        var source = Source(
            topic, keys ?? completed.KeySerdes, values ?? completed.ValueSerdes,
            named is null ? null : named + "-source", extractor);
        if (source.KeySerDes?.GetType() == completed.KeySerdes?.GetType()
            && source.ValueSerDes?.GetType() == completed.ValueSerdes?.GetType())
        {
            // The topic's bytes are the store's.
            store.SourceTopic = topic;
            store.Readable = StoreDefinition.CanRead(completed.KeySerdes, completed.ValueSerdes);
        }

        return KTable<K, V>.OfStream(
            Graph, source, Graph.NameOr(named, Names.TableSource), store, completed.StoreName,
            force: completed.StoreName is not null, completed.KeySerdes, completed.ValueSerdes, [source]);
    }

    private GlobalKTable<K, V> GlobalOf<K, V>(
        string topic, ISerDes<K>? keys, ISerDes<V>? values,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>>? materialized, string? named, ITimestampExtractor? extractor)
    {
        TopologyGraph.CheckName(topic);
        var completed = (materialized ?? Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create()).OrSerdes(keys, values);
        var store = TableStores.Define(Graph, completed, topic + "-");
        store.Logged = false;
        var source = Graph.NameOr(named is null ? null : named + "-source", Names.Source);
        var processor = Graph.NameOr(named, Names.TableSource);
        IGlobalBlueprint blueprint = extractor is null
            ? GlobalTableBlueprint.Instance
            : new TimedGlobalTableBlueprint<K, V>(keys ?? completed.KeySerdes, values ?? completed.ValueSerdes, extractor);
        Graph.Globals.Add(new GlobalDefinition(source, processor, topic, store, blueprint));
        return new GlobalKTable<K, V>(store.Name);
    }
}
