using Streaming.Streams.State;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.State.Supplier;

namespace Streamiz.Kafka.Net.State.Supplier
{
    /// <summary>Names a store and its kind.</summary>
    public interface IStoreSupplier<out T>
        where T : IStateStore
    {
        /// <summary>The store's name.</summary>
        string Name { get; set; }

        /// <summary>What metrics call the kind.</summary>
        string MetricsScope { get; }

        /// <summary>Not supported: the engine makes the stores, from the supplier's properties.</summary>
        T Get();
    }

    /// <summary>Names a key-value store.</summary>
    public interface IKeyValueBytesStoreSupplier : IStoreSupplier<IKeyValueStore<Bytes, byte[]>>
    {
    }

    /// <summary>Names a window store.</summary>
    public interface IWindowBytesStoreSupplier : IStoreSupplier<IWindowStore<Bytes, byte[]>>
    {
        /// <summary>How long windows are kept, in milliseconds.</summary>
        long Retention { get; set; }

        /// <summary>Length of a window, in milliseconds; null: not known.</summary>
        long? WindowSize { get; set; }

        /// <summary>Span of a segment, in milliseconds.</summary>
        long SegmentInterval { get; }

        /// <summary>Whether a window holds several values of a key.</summary>
        bool RetainDuplicates { get; }
    }

    internal sealed class KeyValueSupplier(string name, bool persistent, int? maxEntries = null) : IKeyValueBytesStoreSupplier
    {
        public string Name { get; set; } = name;

        public bool Persistent => persistent;

        public int? MaxEntries => maxEntries;

        public string MetricsScope => persistent ? "rocksdb" : maxEntries is null ? "in-memory" : "in-memory-lru";

        public IKeyValueStore<Bytes, byte[]> Get() => throw StoreSuppliers.NoBytesStore(Name);
    }

    internal sealed class WindowSupplier(
        string name, long retentionMs, long? windowSizeMs, long segmentMs, bool duplicates, bool persistent)
        : IWindowBytesStoreSupplier
    {
        public string Name { get; set; } = name;

        public bool Persistent => persistent;

        public long Retention { get; set; } = retentionMs;

        public long? WindowSize { get; set; } = windowSizeMs;

        public long SegmentInterval => segmentMs;

        public bool RetainDuplicates => duplicates;

        public string MetricsScope => persistent ? "rocksdb-window" : "in-memory-window";

        public IWindowStore<Bytes, byte[]> Get() => throw StoreSuppliers.NoBytesStore(Name);
    }

    internal static class StoreSuppliers
    {
        public static StreamsException NoBytesStore(string name) =>
            new($"Store {name}: the engine makes its stores itself; a supplier only names and sizes them");

        public static int? MaxEntriesOf(object? supplier) => (supplier as KeyValueSupplier)?.MaxEntries;

        public static bool IsPersistent(object? supplier) => supplier switch
        {
            KeyValueSupplier s => s.Persistent,
            WindowSupplier s => s.Persistent,
            null => false,
            _ => throw new StreamsException(
                $"{supplier.GetType()} is a store supplier of its own; take one from {nameof(Stores)}"),
        };
    }
}

namespace Streamiz.Kafka.Net.State
{
    /// <summary>A store to be added to a topology.</summary>
    public interface IStoreBuilder
    {
        /// <summary>The store's name.</summary>
        string Name { get; }

        /// <summary>Configuration of the changelog's topic.</summary>
        IDictionary<string, string> LogConfig { get; }

        /// <summary>Whether it has a changelog.</summary>
        bool LoggingEnabled { get; }

        /// <summary>Whether it is cached.</summary>
        bool CachingEnabled { get; }
    }

    /// <summary>A store to be added to a topology.</summary>
    public interface IStoreBuilder<out T> : IStoreBuilder
        where T : IStateStore
    {
        /// <summary>Taken for compatibility: processors write to the uncommitted table, which deduplicates anyway.</summary>
        IStoreBuilder<T> WithCachingEnabled(CacheSize? cacheSize = null);

        /// <summary>No cache.</summary>
        IStoreBuilder<T> WithCachingDisabled();

        /// <summary>With a changelog, of the given topic configuration.</summary>
        IStoreBuilder<T> WithLoggingEnabled(IDictionary<string, string>? config = null);

        /// <summary>Without a changelog: the content is lost with the instance.</summary>
        IStoreBuilder<T> WithLoggingDisabled();
    }

    internal interface IStoreDefiner
    {
        StoreDefinition Definition { get; }
    }

    internal sealed class StoreBuilder<T>(Func<StoreBuilder<T>, StoreDefinition> define, string name) : IStoreBuilder<T>, IStoreDefiner
        where T : IStateStore
    {
        private StoreDefinition? _definition;

        public string Name => name;

        public IDictionary<string, string> LogConfig { get; private set; } = new Dictionary<string, string>();

        public bool LoggingEnabled { get; private set; } = true;

        public bool CachingEnabled { get; private set; }

        public StoreDefinition Definition => _definition ??= define(this);

        public IStoreBuilder<T> WithCachingEnabled(CacheSize? cacheSize = null)
        {
            CachingEnabled = true;
            return this;
        }

        public IStoreBuilder<T> WithCachingDisabled()
        {
            CachingEnabled = false;
            return this;
        }

        public IStoreBuilder<T> WithLoggingEnabled(IDictionary<string, string>? config = null)
        {
            LoggingEnabled = true;
            LogConfig = config ?? new Dictionary<string, string>();
            return this;
        }

        public IStoreBuilder<T> WithLoggingDisabled()
        {
            LoggingEnabled = false;
            return this;
        }
    }

    /// <summary>Makes store suppliers and builders.</summary>
    public static class Stores
    {
        /// <summary>In memory.</summary>
        public static IKeyValueBytesStoreSupplier DefaultKeyValueStore(string name) => InMemoryKeyValueStore(name);

        /// <summary>On disk.</summary>
        public static IKeyValueBytesStoreSupplier PersistentKeyValueStore(string name) => new KeyValueSupplier(name, persistent: true);

        /// <summary>In memory.</summary>
        public static IKeyValueBytesStoreSupplier InMemoryKeyValueStore(string name) => new KeyValueSupplier(name, persistent: false);

        /// <summary>
        /// In memory, with so many entries at most in each task: the least recently read or written one makes room, and is
        /// deleted from the changelog, too. Not in Streamiz.
        /// </summary>
        public static IKeyValueBytesStoreSupplier LruMap(string name, int maxCacheSize) => maxCacheSize >= 0
            ? new KeyValueSupplier(name, persistent: false, maxCacheSize)
            : throw new StreamsException($"Store {name}: a size of {maxCacheSize} entries is negative");

        /// <summary>In memory.</summary>
        public static IWindowBytesStoreSupplier DefaultWindowStore(
            string name, TimeSpan retention, TimeSpan windowSize, long segmentInterval = 3600000, bool retainDuplicates = false) =>
            Window(name, retention, windowSize, segmentInterval, retainDuplicates, persistent: false);

        /// <summary>On disk.</summary>
        public static IWindowBytesStoreSupplier PersistentWindowStore(
            string name, TimeSpan retention, TimeSpan windowSize, long segmentInterval = 3600000, bool retainDuplicates = false) =>
            Window(name, retention, windowSize, segmentInterval, retainDuplicates, persistent: true);

        /// <summary>In memory.</summary>
        public static IWindowBytesStoreSupplier InMemoryWindowStore(
            string name, TimeSpan retention, TimeSpan windowSize, bool retainDuplicates = false) =>
            Window(name, retention, windowSize, 3600000, retainDuplicates, persistent: false);

        /// <summary>A store for processors.</summary>
        public static IStoreBuilder<IKeyValueStore<K, V>> KeyValueStoreBuilder<K, V>(
            IKeyValueBytesStoreSupplier supplier, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) =>
            new StoreBuilder<IKeyValueStore<K, V>>(b => KeyValue(b, supplier, keySerdes, valueSerdes, timestamped: false), supplier.Name);

        /// <summary>A store for processors whose values carry their time.</summary>
        public static IStoreBuilder<ITimestampedKeyValueStore<K, V>> TimestampedKeyValueStoreBuilder<K, V>(
            IKeyValueBytesStoreSupplier supplier, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) =>
            new StoreBuilder<ITimestampedKeyValueStore<K, V>>(
                b => KeyValue(b, supplier, keySerdes, valueSerdes, timestamped: true), supplier.Name);

        /// <summary>A window store for processors.</summary>
        public static IStoreBuilder<IWindowStore<K, V>> WindowStoreBuilder<K, V>(
            IWindowBytesStoreSupplier supplier, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) =>
            new StoreBuilder<IWindowStore<K, V>>(b => Window(b, supplier, keySerdes, valueSerdes, timestamped: false), supplier.Name);

        /// <summary>A window store for processors whose values carry their time.</summary>
        public static IStoreBuilder<ITimestampedWindowStore<K, V>> TimestampedWindowStoreBuilder<K, V>(
            IWindowBytesStoreSupplier supplier, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) =>
            new StoreBuilder<ITimestampedWindowStore<K, V>>(
                b => Window(b, supplier, keySerdes, valueSerdes, timestamped: true), supplier.Name);

        private static WindowSupplier Window(
            string name, TimeSpan retention, TimeSpan windowSize, long segmentMs, bool duplicates, bool persistent) =>
            windowSize > retention
                ? throw new StreamsException($"Window store {name}: retention {retention} is shorter than a window of {windowSize}")
                : new(name, (long)retention.TotalMilliseconds, (long)windowSize.TotalMilliseconds, segmentMs, duplicates, persistent);

        private static StoreDefinition KeyValue<K, V>(
            IStoreBuilder builder, IKeyValueBytesStoreSupplier supplier, ISerDes<K>? keys, ISerDes<V>? values, bool timestamped) =>
            new()
            {
                Name = builder.Name,
                Kind = StoreKind.KeyValue,
                Persistent = StoreSuppliers.IsPersistent(supplier),
                MaxEntries = StoreSuppliers.MaxEntriesOf(supplier),
                Logged = builder.LoggingEnabled,
                LogConfig = builder.LogConfig,
                Cached = builder.CachingEnabled,
                Bind = StoreDefinition.KeyValue(keys, values, timestamped),
            };

        private static StoreDefinition Window<K, V>(
            IStoreBuilder builder, IWindowBytesStoreSupplier supplier, ISerDes<K>? keys, ISerDes<V>? values, bool timestamped) =>
            new()
            {
                Name = builder.Name,
                Kind = StoreKind.Window,
                Persistent = StoreSuppliers.IsPersistent(supplier),
                Logged = builder.LoggingEnabled,
                LogConfig = builder.LogConfig,
                Cached = builder.CachingEnabled,
                RetentionMs = supplier.Retention,
                Bind = StoreDefinition.Window(
                    keys, values, timestamped, supplier.WindowSize ?? supplier.Retention, supplier.RetainDuplicates),
            };
    }
}

namespace Streaming.Streams.State
{
    /// <summary>Makes builders of session stores.</summary>
    public static class SessionStores
    {
        /// <summary>In memory, with a changelog; sessions are kept that long after their end.</summary>
        public static IStoreBuilder<ISessionStore<K, V>> SessionStoreBuilder<K, V>(
            string name, TimeSpan retention, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) =>
            new StoreBuilder<ISessionStore<K, V>>(
                builder => new StoreDefinition
                {
                    Name = builder.Name,
                    Kind = StoreKind.Session,
                    Logged = builder.LoggingEnabled,
                    LogConfig = builder.LogConfig,
                    RetentionMs = (long)retention.TotalMilliseconds,
                    Bind = StoreDefinition.Session(keySerdes, valueSerdes),
                },
                name);
    }
}
