using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.State.Supplier;

namespace Streamiz.Kafka.Net.Table;

/// <summary>How a table or an aggregate is stored.</summary>
public class Materialized<K, V, S>
    where S : IStateStore
{
    private Materialized()
    {
    }

    internal string? StoreName { get; private set; }

    internal ISerDes<K>? KeySerdes { get; private set; }

    internal ISerDes<V>? ValueSerdes { get; private set; }

    internal bool Logged { get; private set; } = true;

    internal IDictionary<string, string> LogConfig { get; private set; } = new Dictionary<string, string>();

    internal bool? Cached { get; private set; }

    internal CacheSize? CacheSize { get; private set; }

    internal TimeSpan? Retention { get; private set; }

    internal bool Persistent { get; private set; }

    internal int? MaxEntries { get; private set; }

    internal IWindowBytesStoreSupplier? WindowSupplier { get; private set; }

    /// <summary>With a generated name: not queryable.</summary>
    public static Materialized<K, V, S> Create() => new();

    /// <summary>With a name under which it can be queried.</summary>
    public static Materialized<K, V, S> Create(string? storeName) => new() { StoreName = storeName };

    /// <summary>By a supplier.</summary>
    public static Materialized<K, V, S> Create(IKeyValueBytesStoreSupplier supplier) =>
        new()
        {
            StoreName = supplier.Name,
            Persistent = StoreSuppliers.IsPersistent(supplier),
            MaxEntries = StoreSuppliers.MaxEntriesOf(supplier),
        };

    /// <summary>By a supplier.</summary>
    public static Materialized<K, V, S> Create(IWindowBytesStoreSupplier supplier) => new()
    {
        StoreName = supplier.Name,
        Persistent = StoreSuppliers.IsPersistent(supplier),
        WindowSupplier = supplier,
    };

    /// <summary>With serdes.</summary>
    public static Materialized<K, V, S> Create<KS, VS>()
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Create().With<KS, VS>();

    /// <summary>With a name and serdes.</summary>
    public static Materialized<K, V, S> Create<KS, VS>(string? storeName)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Create(storeName).With<KS, VS>();

    /// <summary>By a supplier, with serdes.</summary>
    public static Materialized<K, V, S> Create<KS, VS>(IKeyValueBytesStoreSupplier supplier)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Create(supplier).With<KS, VS>();

    /// <summary>By a supplier, with serdes.</summary>
    public static Materialized<K, V, S> Create<KS, VS>(IWindowBytesStoreSupplier supplier)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => Create(supplier).With<KS, VS>();

    /// <summary>Under that name.</summary>
    public Materialized<K, V, S> WithName(string storeName) => Set(() => StoreName = storeName);

    /// <summary>With serdes.</summary>
    public Materialized<K, V, S> With<KS, VS>()
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => With(new KS(), new VS());

    /// <summary>With serdes.</summary>
    public Materialized<K, V, S> With(ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes) =>
        Set(() => (KeySerdes, ValueSerdes) = (keySerdes, valueSerdes));

    /// <summary>With a serdes of keys.</summary>
    public Materialized<K, V, S> WithKeySerdes(ISerDes<K> keySerdes) => Set(() => KeySerdes = keySerdes);

    /// <summary>With a serdes of keys.</summary>
    public Materialized<K, V, S> WithKeySerdes<KRS>()
        where KRS : ISerDes<K>, new() => WithKeySerdes(new KRS());

    /// <summary>With a serdes of values.</summary>
    public Materialized<K, V, S> WithValueSerdes(ISerDes<V> valueSerdes) => Set(() => ValueSerdes = valueSerdes);

    /// <summary>With a serdes of values.</summary>
    public Materialized<K, V, S> WithValueSerdes<VRS>()
        where VRS : ISerDes<V>, new() => WithValueSerdes(new VRS());

    /// <summary>With a changelog, of the given topic configuration.</summary>
    public Materialized<K, V, S> WithLoggingEnabled(IDictionary<string, string>? config = null) =>
        Set(() => (Logged, LogConfig) = (true, config ?? new Dictionary<string, string>()));

    /// <summary>Without a changelog: the content is lost with the instance.</summary>
    public Materialized<K, V, S> WithLoggingDisabled() => Set(() => Logged = false);

    /// <summary>Results go on once per key and commit.</summary>
    public Materialized<K, V, S> WithCachingEnabled(CacheSize? cacheSize = null) =>
        Set(() => (Cached, CacheSize) = (true, cacheSize));

    /// <summary>Every result goes on.</summary>
    public Materialized<K, V, S> WithCachingDisabled() => Set(() => Cached = false);

    /// <summary>How long windows are kept.</summary>
    public Materialized<K, V, S> WithRetention(TimeSpan retention) => Set(() => Retention = retention);

    internal Materialized<K, V, S> OnDisk() => Set(() => Persistent = true);

    internal Materialized<K, V, S> Windows(IWindowBytesStoreSupplier? supplier) => Set(() => WindowSupplier = supplier);

    /// <summary>Serdes where none is set yet.</summary>
    internal Materialized<K, V, S> OrSerdes(ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes)
    {
        var copy = (Materialized<K, V, S>)MemberwiseClone();
        copy.KeySerdes ??= keySerdes;
        copy.ValueSerdes ??= valueSerdes;
        return copy;
    }

    private Materialized<K, V, S> Set(Action set)
    {
        set();
        return this;
    }
}

/// <summary>Key-value stores in memory.</summary>
public static class InMemory
{
    /// <summary>Under that name; null: generated, not queryable.</summary>
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V>(string? storeName = null) =>
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>>.Create(storeName);

    /// <summary>Under that name, with serdes.</summary>
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V, KS, VS>(string? storeName = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => As<K, V>(storeName).With<KS, VS>();
}

/// <summary>Key-value stores on disk.</summary>
public static class RocksDb
{
    /// <summary>Under that name; null: generated, not queryable.</summary>
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V>(string? storeName = null) =>
        InMemory.As<K, V>(storeName).OnDisk();

    /// <summary>Under that name, with serdes.</summary>
    public static Materialized<K, V, IKeyValueStore<Bytes, byte[]>> As<K, V, KS, VS>(string? storeName = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => As<K, V>(storeName).With<KS, VS>();
}

/// <summary>Window stores in memory.</summary>
public static class InMemoryWindows
{
    /// <summary>Under that name; null: generated, not queryable. The window's size is that of the aggregation.</summary>
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V>(
        string? storeName = null, TimeSpan? windowSize = null)
    {
        _ = windowSize;
        return Materialized<K, V, IWindowStore<Bytes, byte[]>>.Create(storeName);
    }

    /// <summary>Under that name, with serdes.</summary>
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V, KS, VS>(
        string? storeName = null, TimeSpan? windowSize = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => As<K, V>(storeName, windowSize).With<KS, VS>();
}

/// <summary>Window stores on disk.</summary>
public static class RocksDbWindows
{
    /// <summary>Under that name; null: generated, not queryable. The window's size is that of the aggregation.</summary>
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V>(
        string? storeName = null, TimeSpan? segmentInterval = null, TimeSpan? windowSize = null)
    {
        _ = segmentInterval;
        return InMemoryWindows.As<K, V>(storeName, windowSize).OnDisk();
    }

    /// <summary>Under that name, with serdes.</summary>
    public static Materialized<K, V, IWindowStore<Bytes, byte[]>> As<K, V, KS, VS>(
        string? storeName = null, TimeSpan? segmentInterval = null, TimeSpan? windowSize = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => As<K, V>(storeName, segmentInterval, windowSize).With<KS, VS>();
}
