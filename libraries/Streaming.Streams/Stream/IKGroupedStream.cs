using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streamiz.Kafka.Net.Stream;

/// <summary>A stream whose records of a key are taken together. Records with a null key or value are dropped.</summary>
public interface IKGroupedStream<K, V>
{
    /// <summary>The number of records.</summary>
    IKTable<K, long> Count(string? named = null);

    /// <inheritdoc cref="Count(string)"/>
    IKTable<K, long> Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>A value that each record changes.</summary>
    IKTable<K, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<K, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<K, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator)
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<K, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator)
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<K, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> aggregator,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<K, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> aggregator,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>The values combined.</summary>
    IKTable<K, V> Reduce(Func<V, V, V> reducer);

    /// <inheritdoc cref="Reduce(Func{V, V, V})"/>
    IKTable<K, V> Reduce(Reducer<V> reducer);

    /// <inheritdoc cref="Reduce(Func{V, V, V})"/>
    IKTable<K, V> Reduce(
        Func<V, V, V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Reduce(Func{V, V, V})"/>
    IKTable<K, V> Reduce(
        Reducer<V> reducer, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>By windows of time.</summary>
    ITimeWindowedKStream<K, V> WindowedBy<W>(WindowOptions<W> options)
        where W : Window;
}

/// <summary>A stream whose records of a key and a window are taken together.</summary>
public interface ITimeWindowedKStream<K, V>
{
    /// <summary>The number of records.</summary>
    IKTable<Windowed<K>, long> Count(string? named = null);

    /// <inheritdoc cref="Count(string)"/>
    IKTable<Windowed<K>, long> Count(
        Materialized<K, long, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>A value that each record changes.</summary>
    IKTable<Windowed<K>, VR> Aggregate<VR>(Func<VR> initializer, Func<K, V, VR, VR> aggregator);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<Windowed<K>, VR> Aggregate<VR>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Func<VR> initializer, Func<K, V, VR, VR> aggregator)
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<Windowed<K>, VR> Aggregate<VR, VRS>(Initializer<VR> initializer, Aggregator<K, V, VR> aggregator)
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<Windowed<K>, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> aggregator,
        Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR})"/>
    IKTable<Windowed<K>, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> aggregator,
        Materialized<K, VR, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>The values combined.</summary>
    IKTable<Windowed<K>, V> Reduce(Func<V, V, V> reducer);

    /// <inheritdoc cref="Reduce(Func{V, V, V})"/>
    IKTable<Windowed<K>, V> Reduce(Reducer<V> reducer);

    /// <inheritdoc cref="Reduce(Func{V, V, V})"/>
    IKTable<Windowed<K>, V> Reduce(
        Func<V, V, V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Reduce(Func{V, V, V})"/>
    IKTable<Windowed<K>, V> Reduce(
        Reducer<V> reducer, Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null);
}
