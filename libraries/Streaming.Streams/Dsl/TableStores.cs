using Confluent.Kafka;
using Streaming.Streams.Operators;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Dsl;

/// <summary>The stores of tables and aggregates.</summary>
internal static class TableStores
{
    /// <summary>A key-value store as materialized, with a generated name where it has none. Not added yet.</summary>
    public static StoreDefinition Define<K, V>(
        TopologyGraph graph, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string prefix) => new()
        {
            Name = materialized.StoreName ?? graph.NewStoreName(prefix),
            Kind = StoreKind.KeyValue,
            Persistent = materialized.Persistent,
            MaxEntries = materialized.MaxEntries,
            Logged = materialized.Logged,
            LogConfig = materialized.LogConfig,
            Cached = materialized.Cached,
            Bind = StoreDefinition.KeyValue(materialized.KeySerdes, materialized.ValueSerdes, timestamped: true),
        };

    /// <summary>The store of the windows that are open, beside that of their results. Not added yet.</summary>
    public static StoreDefinition OpenWindowsOf(StoreDefinition results) => new()
    {
        Name = $"{results.Name}-open",
        Kind = StoreKind.KeyValue,
        Persistent = results.Persistent,
        Logged = results.Logged,
        Cached = false,
        IsHidden = true,
        Bind = StoreDefinition.KeyValue<byte[], byte[]>(new ByteArraySerDes(), new ByteArraySerDes(), timestamped: false),
    };

    /// <summary>What sends a table's changes on, with the record cache if the store has one.</summary>
    public static TableForwarder<K, V> Forwarder<K, V>(
        TaskBuild build, Receiver<K, Change<V>> next, bool sendsOld, StoreDefinition? store)
    {
        var cached = store is not null && (store.Cached ?? build.Config.DefaultCacheEnabled)
            && build.Config.DefaultStateStoreCacheMaxBytes > 0;
        if (!cached)
        {
            return new TableForwarder<K, V>(build.Context, next, sendsOld, null);
        }

        return new TableForwarder<K, V>(
            build.Context, next, sendsOld,
            new TableCache<K, V>(
                build.Context, next, sendsOld, build.Context.StateOf(store!.Name).Dirty.Table, CacheBudget.Of(build.Config)));
    }
}
