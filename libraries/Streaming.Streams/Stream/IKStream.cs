using Confluent.Kafka;
using Streamiz.Kafka.Net.Crosscutting;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Table;

namespace Streamiz.Kafka.Net.Stream;

/// <summary>
/// A stream of records. Operators that may change the key mark the stream, so that what groups or joins it next
/// repartitions it first. <c>named</c> names the operator's node; null: a generated name.
/// </summary>
public interface IKStream<K, V>
{
    /// <summary>One stream per predicate; a record goes to the first whose predicate holds, or nowhere.</summary>
    IKStream<K, V>[] Branch(params Func<K, V, IRecordContext, bool>[] predicates);

    /// <inheritdoc cref="Branch(Func{K, V, IRecordContext, bool}[])"/>
    IKStream<K, V>[] Branch(string named, params Func<K, V, IRecordContext, bool>[] predicates);

    /// <summary>Both streams as one, without order between them.</summary>
    IKStream<K, V> Merge(IKStream<K, V> stream, string? named = null);

    /// <summary>Records that satisfy the predicate.</summary>
    IKStream<K, V> Filter(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <summary>Records that do not satisfy the predicate.</summary>
    IKStream<K, V> FilterNot(Func<K, V, IRecordContext, bool> predicate, string? named = null);

    /// <summary>Ends the stream in an action.</summary>
    void Foreach(Action<K, V, IRecordContext> action, string? named = null);

    /// <summary>An action on the side.</summary>
    IKStream<K, V> Peek(Action<K, V, IRecordContext> action, string? named = null);

    /// <summary>Another key and value for each record.</summary>
    IKStream<KR, VR> Map<KR, VR>(Func<K, V, IRecordContext, KeyValuePair<KR, VR>> mapper, string? named = null);

    /// <inheritdoc cref="Map{KR, VR}(Func{K, V, IRecordContext, KeyValuePair{KR, VR}}, string)"/>
    IKStream<KR, VR> Map<KR, VR>(IKeyValueMapper<K, V, KeyValuePair<KR, VR>> mapper, string? named = null);

    /// <summary>Another value for each record.</summary>
    IKStream<K, VR> MapValues<VR>(Func<V, IRecordContext, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKStream<K, VR> MapValues<VR>(IValueMapper<V, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKStream<K, VR> MapValues<VR>(Func<K, V, IRecordContext, VR> mapper, string? named = null);

    /// <inheritdoc cref="MapValues{VR}(Func{V, IRecordContext, VR}, string)"/>
    IKStream<K, VR> MapValues<VR>(IValueMapperWithKey<K, V, VR> mapper, string? named = null);

    /// <summary>Any number of records for each record.</summary>
    IKStream<KR, VR> FlatMap<KR, VR>(
        Func<K, V, IRecordContext, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null);

    /// <inheritdoc cref="FlatMap{KR, VR}(Func{K, V, IRecordContext, IEnumerable{KeyValuePair{KR, VR}}}, string)"/>
    IKStream<KR, VR> FlatMap<KR, VR>(
        IKeyValueMapper<K, V, IEnumerable<KeyValuePair<KR, VR>>> mapper, string? named = null);

    /// <summary>Any number of values for each record.</summary>
    IKStream<K, VR> FlatMapValues<VR>(Func<V, IRecordContext, IEnumerable<VR>> mapper, string? named = null);

    /// <inheritdoc cref="FlatMapValues{VR}(Func{V, IRecordContext, IEnumerable{VR}}, string)"/>
    IKStream<K, VR> FlatMapValues<VR>(IValueMapper<V, IEnumerable<VR>> mapper, string? named = null);

    /// <inheritdoc cref="FlatMapValues{VR}(Func{V, IRecordContext, IEnumerable{VR}}, string)"/>
    IKStream<K, VR> FlatMapValues<VR>(Func<K, V, IRecordContext, IEnumerable<VR>> mapper, string? named = null);

    /// <inheritdoc cref="FlatMapValues{VR}(Func{V, IRecordContext, IEnumerable{VR}}, string)"/>
    IKStream<K, VR> FlatMapValues<VR>(IValueMapperWithKey<K, V, IEnumerable<VR>> mapper, string? named = null);

    /// <summary>Another key for each record.</summary>
    IKStream<KR, V> SelectKey<KR>(Func<K, V, IRecordContext, KR> mapper, string? named = null);

    /// <inheritdoc cref="SelectKey{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKStream<KR, V> SelectKey<KR>(IKeyValueMapper<K, V, KR> mapper, string? named = null);

    /// <summary>Groups by the key that records have; named names the repartition topic if one is needed.</summary>
    IKGroupedStream<K, V> GroupByKey(string? named = null);

    /// <inheritdoc cref="GroupByKey(string)"/>
    IKGroupedStream<K, V> GroupByKey<KS, VS>(string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <summary>Groups by another key, over a repartition topic.</summary>
    IKGroupedStream<KR, V> GroupBy<KR>(Func<K, V, IRecordContext, KR> keySelector, string? named = null);

    /// <inheritdoc cref="GroupBy{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKGroupedStream<KR, V> GroupBy<KR>(IKeyValueMapper<K, V, KR> keySelector, string? named = null);

    /// <inheritdoc cref="GroupBy{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKGroupedStream<KR, V> GroupBy<KR, KRS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new();

    /// <inheritdoc cref="GroupBy{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKGroupedStream<KR, V> GroupBy<KR, KRS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new();

    /// <inheritdoc cref="GroupBy{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(Func<K, V, IRecordContext, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="GroupBy{KR}(Func{K, V, IRecordContext, KR}, string)"/>
    IKGroupedStream<KR, V> GroupBy<KR, KRS, VS>(IKeyValueMapper<K, V, KR> keySelector, string? named = null)
        where KRS : ISerDes<KR>, new()
        where VS : ISerDes<V>, new();

    /// <summary>Writes the stream to a topic.</summary>
    void To(string topicName, string? named = null);

    /// <inheritdoc cref="To(string, string)"/>
    void To(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null);

    /// <inheritdoc cref="To(string, string)"/>
    void To(string topicName, IStreamPartitioner<K, V> partitioner, string? named = null);

    /// <inheritdoc cref="To(string, string)"/>
    void To(string topicName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);

    /// <inheritdoc cref="To(string, string)"/>
    void To(
        string topicName, Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes,
        ISerDes<V> valueSerdes, string? named = null);

    /// <inheritdoc cref="To(string, string)"/>
    void To(
        string topicName, IStreamPartitioner<K, V> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes,
        string? named = null);

    /// <summary>Writes each record to the topic that the function names; the topics must exist.</summary>
    void To(ITopicNameExtractor<K, V> topicExtractor, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(
        ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(
        ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, ISerDes<K> keySerdes,
        ISerDes<V> valueSerdes, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(Func<K, V, IRecordContext, string> topicExtractor, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(
        Func<K, V, IRecordContext, string> topicExtractor,
        Func<string, K, V, Partition, int, Partition> partitioner, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(
        Func<K, V, IRecordContext, string> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes,
        string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To(
        Func<K, V, IRecordContext, string> topicExtractor,
        Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes,
        string? named = null);

    /// <summary>Writes each record to the topic and with the time that the functions name.</summary>
    void To(
        ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor,
        string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, IRecordTimestampExtractor{K, V}, string)"/>
    void To(
        ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor,
        ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, IRecordTimestampExtractor{K, V}, string)"/>
    void To(
        Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor,
        string? named = null);

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, IRecordTimestampExtractor{K, V}, string)"/>
    void To(
        Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor,
        ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null);

    /// <inheritdoc cref="To(string, string)"/>
    void To<KS, VS>(string topicName, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="To(string, string)"/>
    void To<KS, VS>(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="To(string, string)"/>
    void To<KS, VS>(string topicName, IStreamPartitioner<K, V> partitioner, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, string)"/>
    void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, IRecordTimestampExtractor{K, V}, string)"/>
    void To<KS, VS>(
        ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor,
        string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <inheritdoc cref="To(ITopicNameExtractor{K, V}, IRecordTimestampExtractor{K, V}, string)"/>
    void To<KS, VS>(
        Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor,
        string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new();

    /// <summary>The last value of each key; a null deletes.</summary>
    IKTable<K, V> ToTable();

    /// <inheritdoc cref="ToTable()"/>
    IKTable<K, V> ToTable(Materialized<K, V, IKeyValueStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>The stream over a repartition topic.</summary>
    IKStream<K, V> Repartition(Repartitioned<K, V>? repartitioned = null);

    /// <summary>Ends the stream in print.</summary>
    void Print(Printed<K, V> printed);

    /// <summary>Another time for each record.</summary>
    IKStream<K, V> WithRecordTimestamp(Func<K, V, IRecordContext, long> timestampExtractor, string? named = null);

    /// <summary>
    /// Drops a record that equals, by the function, one of the same key within the interval before it.
    /// </summary>
    IKStream<K, V> DropDuplicate(Func<K, V, V, bool> valueComparer, TimeSpan interval, string? named = null);

    /// <inheritdoc cref="DropDuplicate(Func{K, V, V, bool}, TimeSpan, string)"/>
    IKStream<K, V> DropDuplicate(
        Func<K, V, V, bool> valueComparer, TimeSpan interval,
        Materialized<K, V, IWindowStore<Bytes, byte[]>> materialized, string? named = null);

    /// <summary>Each record with the table's value of its key; records without one are dropped.</summary>
    IKStream<K, VR> Join<V0, VR>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="Join{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> Join<V0, VR>(IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="Join{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> Join<V0, VR>(
        IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props, string? named = null);

    /// <inheritdoc cref="Join{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> Join<V0, VR>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props,
        string? named = null);

    /// <inheritdoc cref="Join{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> Join<V0, VR, V0S, VRS>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Join{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> Join<V0, VR, V0S, VRS>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <summary>Each record with the table's value of its key, default if there is none.</summary>
    IKStream<K, VR> LeftJoin<V0, VR>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> LeftJoin<V0, VR>(IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> LeftJoin<V0, VR>(
        IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props, string? named = null);

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> LeftJoin<V0, VR>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, StreamTableJoinProps<K, V, V0> props,
        string? named = null);

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(IKTable<K, V0> table, Func<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKTable{K, V0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKTable<K, V0> table, IValueJoiner<V, V0, VR> valueJoiner, string? named = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <summary>Each record with the global table's value of the mapped key; records without one are dropped.</summary>
    IKStream<K, VR> Join<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, Func<K, V, K0> keyMapper, Func<V, V0, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="Join{K0, V0, VR}(IGlobalKTable{K0, V0}, Func{K, V, K0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> Join<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, IKeyValueMapper<K, V, K0> keyMapper, IValueJoiner<V, V0, VR> valueJoiner,
        string? named = null);

    /// <summary>Each record with the global table's value of the mapped key, default if there is none.</summary>
    IKStream<K, VR> LeftJoin<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, Func<K, V, K0> keyMapper, Func<V, V0, VR> valueJoiner, string? named = null);

    /// <inheritdoc cref="LeftJoin{K0, V0, VR}(IGlobalKTable{K0, V0}, Func{K, V, K0}, Func{V, V0, VR}, string)"/>
    IKStream<K, VR> LeftJoin<K0, V0, VR>(
        IGlobalKTable<K0, V0> globalTable, IKeyValueMapper<K, V, K0> keyMapper, IValueJoiner<V, V0, VR> valueJoiner,
        string? named = null);

    /// <summary>Pairs of records of a key within the window.</summary>
    IKStream<K, VR> Join<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null);

    /// <inheritdoc cref="Join{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> Join<V0, VR>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null);

    /// <inheritdoc cref="Join{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> Join<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="Join{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> Join<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <summary>
    /// As the inner join, and once the window of a record has passed without a partner, the record alone.
    /// </summary>
    IKStream<K, VR> LeftJoin<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null);

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> LeftJoin<V0, VR>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null);

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="LeftJoin{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> LeftJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <summary>
    /// As the inner join, and once the window of a record of either side has passed without a partner, that alone.
    /// </summary>
    IKStream<K, VR> OuterJoin<V0, VR>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null);

    /// <inheritdoc cref="OuterJoin{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> OuterJoin<V0, VR>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps<K, V, V0>? props = null);

    /// <inheritdoc cref="OuterJoin{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> OuterJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, Func<V, V0, VR> valueJoiner, JoinWindowOptions windows, StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <inheritdoc cref="OuterJoin{V0, VR}(IKStream{K, V0}, Func{V, V0, VR}, JoinWindowOptions, StreamJoinProps{K, V, V0})"/>
    IKStream<K, VR> OuterJoin<V0, VR, V0S, VRS>(
        IKStream<K, V0> stream, IValueJoiner<V, V0, VR> valueJoiner, JoinWindowOptions windows,
        StreamJoinProps? props = null)
        where V0S : ISerDes<V0>, new()
        where VRS : ISerDes<VR>, new();

    /// <summary>Ends the stream in a processor, which may use the stores that are named.</summary>
    void Process(ProcessorSupplier<K, V> processorSupplier, string? named = null, params string[] storeNames);

    /// <summary>Takes the stream through a transformer, which may use the stores that are named.</summary>
    IKStream<K1, V1> Transform<K1, V1>(
        TransformerSupplier<K, V, K1, V1> transformerSupplier, string? named = null, params string[] storeNames);

    /// <summary>Takes the stream through a transformer that keeps the key.</summary>
    IKStream<K, V1> TransformValues<V1>(
        TransformerSupplier<K, V, K, V1> transformerSupplier, string? named = null, params string[] storeNames);
}
