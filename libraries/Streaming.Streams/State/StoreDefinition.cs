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

    /// <summary>How many entries the store may have; null: any number.</summary>
    public int? MaxEntries { get; init; }

    /// <summary>Makes the typed store, given configuration and the topic that names it to serdes.</summary>
    public required Func<IStreamConfig, string, Func<StoreState, IStateStore>> Bind { get; init; }

    /// <summary>The topic whose records, as they stand, are the store's content; null: it holds something else.</summary>
    public string? SourceTopic { get; set; }

    /// <summary>Tells what of the source topic can be read.</summary>
    public Func<IStreamConfig, string, Func<RecordCheck>>? Readable { get; set; }

    /// <summary>A store of the engine's own, which descriptions leave out.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Nodes that use the store; together with it they form one sub-topology.</summary>
    public List<NodeDefinition> Users { get; } = [];

    /// <summary>The same store, used by nobody.</summary>
    public StoreDefinition Copy() => new()
    {
        Name = Name,
        Kind = Kind,
        Persistent = Persistent,
        Logged = Logged,
        LogConfig = LogConfig,
        Cached = Cached,
        RetentionMs = RetentionMs,
        MaxEntries = MaxEntries,
        Bind = Bind,
        IsHidden = IsHidden,
        SourceTopic = SourceTopic,
        Readable = Readable,
    };

    /// <param name="config">The application's.</param>
    /// <param name="ofSource">The store is restored from its source topic and has no changelog of its own.</param>
    public StorePlan Plan(IStreamConfig config, bool ofSource)
    {
        var topic = ofSource ? SourceTopic! : $"{config.ApplicationId}-{Name}-changelog";
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
            ChangelogTopic = Logged || ofSource ? topic : null,
            RestoresFromSource = ofSource,
            ChangelogConfig = topicConfig,
            Persistent = engine is not null,
            Cached = Cached ?? config.DefaultCacheEnabled,
            Spec = Spec(config, topic, engine) with { Readable = ofSource ? Readable?.Invoke(config, topic) : null },
        };
    }

    public StoreSpec Spec(
        IStreamConfig config, string topic, Func<StorePlan, TaskId, IStreamConfig, CommittedStore>? engine = null) => new()
        {
            Kind = Kind,
            RetentionMs = RetentionMs,
            MaxEntries = MaxEntries,
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

    /// <summary>Whether the codecs of a key-value store can read a record.</summary>
    public static Func<IStreamConfig, string, Func<RecordCheck>> CanRead<K, V>(ISerDes<K>? keys, ISerDes<V>? values) =>
        (config, topic) => () =>
        {
            var (keyCodec, valueCodec) = (Keys(keys, topic, config), Values(values, topic, config));
            return (key, value) =>
            {
                try
                {
                    keyCodec.Read(key);
                    valueCodec.Read(value);
                    return true;
                }
                catch (Exception)
                {
                    // Whatever a serdes throws: the record was not read when it was to be processed, either.
                    return false;
                }
            };
        };

    private static Codec<K> Keys<K>(ISerDes<K>? serDes, string topic, IStreamConfig config) =>
        Codec<K>.Of(serDes, MessageComponentType.Key, topic, config);

    private static Codec<V> Values<V>(ISerDes<V>? serDes, string topic, IStreamConfig config) =>
        Codec<V>.Of(serDes, MessageComponentType.Value, topic, config);
}
