using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;

namespace Streamiz.Kafka.Net.Table;

/// <summary>A table: a value per key, and the stream of its changes. A null value is a deletion.</summary>
public interface IKTable<K, V>
{
    /// <summary>Entries that satisfy the predicate.</summary>
    IKTable<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <inheritdoc cref="Filter(Func{K, V, IRecordContext, bool}, string)"/>
    IKTable<K, V> Filter(
        Func<K, V, IRecordContext, bool> predicate, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null);

    /// <summary>Entries that do not satisfy the predicate.</summary>
    IKTable<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <inheritdoc cref="FilterNot(Func{K, V, IRecordContext, bool}, string)"/>
    IKTable<K, V> FilterNot(
        Func<K, V, IRecordContext, bool> predicate, Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null);

    /// <summary>Another value for each entry.</summary>
    IKTable<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(
        Func<V, IRecordContext, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(
        IValueMapper<V, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(
        Func<K, V, IRecordContext, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKTable<K, VR> MapValues<VR>(
        IValueMapperWithKey<K, V, VR> mapper, Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized,
        string? named = null);

    /// <summary>The changes as a stream.</summary>
    IKStream<K, V> ToStream(string? named = null);

    /// <summary>The changes as a stream under another key.</summary>
    IKStream<KR, V> ToStream<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null);

    /// <inheritdoc cref="ToStream{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKStream<KR, V> ToStream<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null);

    /// <summary>Groups the entries by another key, over a repartition topic.</summary>
    IKGroupedTable<KR, VR> GroupBy<KR, VR>(
        Func<K, V, IRecordContext, KeyValuePair<KR, VR>> keySelector, string? named = null);

    /// <inheritdoc cref="GroupBy{KR, VR}(Func{K, V, IRecordContext, KeyValuePair{KR, VR}}, string)"/>
    IKGroupedTable<KR, VR> GroupBy<KR, VR>(
        IKeyValueMapper<K, V, KeyValuePair<KR, VR>> keySelector, string? named = null);

    /// <inheritdoc cref="GroupBy{KR, VR}(Func{K, V, IRecordContext, KeyValuePair{KR, VR}}, string)"/>
    IKGroupedTable<KR, VR> GroupBy<KR, VR, KRS, VRS>(
        Func<K, V, IRecordContext, KeyValuePair<KR, VR>> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="GroupBy{KR, VR}(Func{K, V, IRecordContext, KeyValuePair{KR, VR}}, string)"/>
    IKGroupedTable<KR, VR> GroupBy<KR, VR, KRS, VRS>(
        IKeyValueMapper<K, V, KeyValuePair<KR, VR>> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VRS : ISerDes<VR>, new();

    /// <summary>Entries whose key both tables have.</summary>
    IKTable<K, VR> Join<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="Join{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> Join<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="Join{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> Join<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Join{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> Join<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>Entries of this table, with the other's value or default.</summary>
    IKTable<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="LeftJoin{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> LeftJoin<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="LeftJoin{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> LeftJoin<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="LeftJoin{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> LeftJoin<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>Entries whose key either table has, default for what is missing.</summary>
    IKTable<K, VR> OuterJoin<VT, VR>(IKTable<K, VT> table, Func<V, VT, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="OuterJoin{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> OuterJoin<VT, VR>(IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="OuterJoin{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> OuterJoin<VT, VR>(
        IKTable<K, VT> table, Func<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="OuterJoin{VT, VR}(IKTable{K, VT}, Func{V, VT, VR}, string)"/>
    IKTable<K, VR> OuterJoin<VT, VR>(
        IKTable<K, VT> table, IValueJoiner<V, VT, VR> valueJoiner,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>Holds changes back, so that fewer go on.</summary>
    IKTable<K, V> Suppress(Suppressed<K, V> suppressed, string? named = null);

    /// <summary>Name of the store, null if the table cannot be queried.</summary>
    string? QueryableStoreName { get; }
}

/// <summary>A table whose entries of a key are taken together. An entry that changes is taken out and put in anew.</summary>
public interface IKGroupedTable<K, V>
{
    /// <summary>The number of entries.</summary>
    IKTable<K, long> Count(string? named = null);

    /// <inheritdoc cref="Count(string)"/>
    IKTable<K, long> Count(Materialized<K, long, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>The values combined.</summary>
    IKTable<K, V> Reduce(Func<V, V, V> adder, Func<V, V, V> subtractor, string? named = null);

    /// <inheritdoc cref="Reduce(Func{V, V, V}, Func{V, V, V}, string)"/>
    IKTable<K, V> Reduce(Reducer<V> adder, Reducer<V> subtractor, string? named = null);

    /// <inheritdoc cref="Reduce(Func{V, V, V}, Func{V, V, V}, string)"/>
    IKTable<K, V> Reduce(
        Func<V, V, V> adder, Func<V, V, V> subtractor,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Reduce(Func{V, V, V}, Func{V, V, V}, string)"/>
    IKTable<K, V> Reduce(
        Reducer<V> adder, Reducer<V> subtractor,
        Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>A value that each entry changes as it comes and goes.</summary>
    IKTable<K, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> adder, Func<K, V, VR, VR> subtractor, string? named = null);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR}, Func{K, V, VR, VR}, string)"/>
    IKTable<K, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> adder, Aggregator<K, V, VR> subtractor, string? named = null);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR}, Func{K, V, VR, VR}, string)"/>
    IKTable<K, VR> Aggregate<VR, VRS>(
        Func<VR> initializer, Func<K, V, VR, VR> adder, Func<K, V, VR, VR> subtractor, string? named = null)
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR}, Func{K, V, VR, VR}, string)"/>
    IKTable<K, VR> Aggregate<VR>(
        Func<VR> initializer, Func<K, V, VR, VR> adder, Func<K, V, VR, VR> subtractor,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <inheritdoc cref="Aggregate{VR}(Func{VR}, Func{K, V, VR, VR}, Func{K, V, VR, VR}, string)"/>
    IKTable<K, VR> Aggregate<VR>(
        Initializer<VR> initializer, Aggregator<K, V, VR> adder, Aggregator<K, V, VR> subtractor,
        Materialized<K, VR, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);
}

/// <summary>A table that every instance holds whole.</summary>
public interface IGlobalKTable<K, V>
{
    /// <summary>Name of the store.</summary>
    string QueryableStoreName { get; }
}
