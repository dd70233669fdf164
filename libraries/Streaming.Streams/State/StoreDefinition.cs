using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.Tasks;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streaming.Streams.State;

/// <summary>Where stores on disk come from; without an engine they live in memory.</summary>
internal static class PersistentStores
{
    public static Func<StorePlan, TaskId, IStreamConfig, CommittedStore>? Engine { get; set; }
}

/// <summary>A store as the builder knows it.</summary>
internal sealed class StoreDefinition
{
    public required string Name { get; init; }

    public required StoreKind Kind { get; init; }

    public bool Persistent { get; init; }

    public bool Logged { get; set; } = true;

    public IDictionary<string, string> LogConfig { get; init; } = new Dictionary<string, string>();

    /// <summary>Null: as the configuration says.</summary>
    public bool? Cached { get; init; }

    public long RetentionMs { get; init; }

    /// <summary>Makes the typed store, given configuration and the topic that names it to serdes.</summary>
    public required Func<IStreamConfig, string, Func<StoreState, IStateStore>> Bind { get; init; }

    /// <summary>A source topic that serves as the changelog; null: one of the store's own.</summary>
    public string? SourceTopic { get; init; }

    /// <summary>Nodes that use the store; together with it they form one sub-topology.</summary>
    public List<NodeDefinition> Users { get; } = [];

    public StorePlan Plan(IStreamConfig config)
    {
        var topic = $"{config.ApplicationId}-{Name}-changelog";
        var topicConfig = new Dictionary<string, string>();
        if (Kind == StoreKind.KeyValue)
        {
            topicConfig["cleanup.policy"] = "compact";
        }
        else
        {
            var retention = RetentionMs > long.MaxValue - config.WindowStoreChangelogAdditionalRetentionMs
                ? -1
                : RetentionMs + config.WindowStoreChangelogAdditionalRetentionMs;
            topicConfig["cleanup.policy"] = "compact,delete";
            topicConfig["retention.ms"] = retention.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        topicConfig["message.timestamp.type"] = "CreateTime";
        foreach (var (key, value) in LogConfig)
        {
            topicConfig[key] = value;
        }

        var engine = Persistent ? PersistentStores.Engine : null;
        return new StorePlan
        {
            Name = Name,
            ChangelogTopic = Logged ? topic : null,
            ChangelogConfig = topicConfig,
            Persistent = engine is not null,
            Cached = Cached ?? config.DefaultCacheEnabled,
            Spec = Spec(config, topic, engine),
        };
    }

    public StoreSpec Spec(
        IStreamConfig config, string topic, Func<StorePlan, TaskId, IStreamConfig, CommittedStore>? engine = null) => new()
        {
            Kind = Kind,
            RetentionMs = RetentionMs,
            Open = Bind(config, topic),
            PersistentStore = engine,
        };

    public static Func<IStreamConfig, string, Func<StoreState, IStateStore>> KeyValue<K, V>(
        ISerDes<K>? keys, ISerDes<V>? values, bool timestamped) => (config, topic) =>
        {
            return timestamped
                ? state => new TimestampedKeyValueStore<K, V>(state, Keys(keys, topic, config), Values(values, topic, config))
                : state => new KeyValueStore<K, V>(state, Keys(keys, topic, config), Values(values, topic, config));
        };

    public static Func<IStreamConfig, string, Func<StoreState, IStateStore>> Window<K, V>(
        ISerDes<K>? keys, ISerDes<V>? values, bool timestamped, long windowSize, bool retainDuplicates) =>
        (config, topic) =>
        {
            return timestamped
                ? state => new TimestampedWindowStore<K, V>(
                    state, Keys(keys, topic, config), Values(values, topic, config), windowSize)
                : state => new WindowStore<K, V>(
                    state, Keys(keys, topic, config), Values(values, topic, config), windowSize, retainDuplicates);
        };

    public static Func<IStreamConfig, string, Func<StoreState, IStateStore>> Session<K, V>(
        ISerDes<K>? keys, ISerDes<V>? values) => (config, topic) =>
            state => new SessionStore<K, V>(state, Keys(keys, topic, config), Values(values, topic, config));

    private static Codec<K> Keys<K>(ISerDes<K>? serDes, string topic, IStreamConfig config) =>
        Codec<K>.Of(serDes, MessageComponentType.Key, topic, config);

    private static Codec<V> Values<V>(ISerDes<V>? serDes, string topic, IStreamConfig config) =>
        Codec<V>.Of(serDes, MessageComponentType.Value, topic, config);
}
