using Confluent.Kafka;
using Streaming.Streams.Topologies;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Dsl;

/// <summary>The ways to write a stream to topics.</summary>
internal sealed partial class KStream<K, V>
{
    public void To(string topicName, string? named = null) => Sink(topicName, null, null, null, null, null, named);

    public void To(string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null) =>
        Sink(topicName, null, null, Wrap(partitioner), null, null, named);

    public void To(string topicName, IStreamPartitioner<K, V> partitioner, string? named = null) =>
        Sink(topicName, null, null, partitioner, null, null, named);

    public void To(string topicName, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(topicName, null, null, null, keySerdes, valueSerdes, named);

    public void To(
        string topicName, Func<string, K, V, Partition, int, Partition> partitioner, ISerDes<K> keySerdes,
        ISerDes<V> valueSerdes, string? named = null) =>
        Sink(topicName, null, null, Wrap(partitioner), keySerdes, valueSerdes, named);

    public void To(
        string topicName, IStreamPartitioner<K, V> partitioner, ISerDes<K> keySerdes, ISerDes<V> valueSerdes,
        string? named = null) => Sink(topicName, null, null, partitioner, keySerdes, valueSerdes, named);

    public void To(ITopicNameExtractor<K, V> topicExtractor, string? named = null) =>
        Sink(null, topicExtractor.Extract, null, null, null, null, named);

    public void To(ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, string? named = null) =>
        Sink(null, topicExtractor.Extract, null, partitioner, null, null, named);

    public void To(
        ITopicNameExtractor<K, V> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor.Extract, null, null, keySerdes, valueSerdes, named);

    public void To(
        ITopicNameExtractor<K, V> topicExtractor, IStreamPartitioner<K, V> partitioner, ISerDes<K> keySerdes,
        ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor.Extract, null, partitioner, keySerdes, valueSerdes, named);

    public void To(Func<K, V, IRecordContext, string> topicExtractor, string? named = null) =>
        Sink(null, topicExtractor, null, null, null, null, named);

    public void To(
        Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner,
        string? named = null) => Sink(null, topicExtractor, null, Wrap(partitioner), null, null, named);

    public void To(
        Func<K, V, IRecordContext, string> topicExtractor, ISerDes<K> keySerdes, ISerDes<V> valueSerdes,
        string? named = null) => Sink(null, topicExtractor, null, null, keySerdes, valueSerdes, named);

    public void To(
        Func<K, V, IRecordContext, string> topicExtractor, Func<string, K, V, Partition, int, Partition> partitioner,
        ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor, null, Wrap(partitioner), keySerdes, valueSerdes, named);

    public void To(
        ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor,
        string? named = null) =>
        Sink(null, topicExtractor.Extract, recordTimestampExtractor.Extract, null, null, null, named);

    public void To(
        ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor,
        ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor.Extract, recordTimestampExtractor.Extract, null, keySerdes, valueSerdes, named);

    public void To(
        Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor,
        string? named = null) => Sink(null, topicExtractor, recordTimestampExtractor, null, null, null, named);

    public void To(
        Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor,
        ISerDes<K> keySerdes, ISerDes<V> valueSerdes, string? named = null) =>
        Sink(null, topicExtractor, recordTimestampExtractor, null, keySerdes, valueSerdes, named);

    public void To<KS, VS>(string topicName, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicName, new KS(), new VS(), named);

    public void To<KS, VS>(
        string topicName, Func<string, K, V, Partition, int, Partition> partitioner, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicName, partitioner, new KS(), new VS(), named);

    public void To<KS, VS>(string topicName, IStreamPartitioner<K, V> partitioner, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicName, partitioner, new KS(), new VS(), named);

    public void To<KS, VS>(ITopicNameExtractor<K, V> topicExtractor, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicExtractor, new KS(), new VS(), named);

    public void To<KS, VS>(Func<K, V, IRecordContext, string> topicExtractor, string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicExtractor, new KS(), new VS(), named);

    public void To<KS, VS>(
        ITopicNameExtractor<K, V> topicExtractor, IRecordTimestampExtractor<K, V> recordTimestampExtractor,
        string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicExtractor, recordTimestampExtractor, new KS(), new VS(), named);

    public void To<KS, VS>(
        Func<K, V, IRecordContext, string> topicExtractor, Func<K, V, IRecordContext, long> recordTimestampExtractor,
        string? named = null)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => To(topicExtractor, recordTimestampExtractor, new KS(), new VS(), named);

    private static FunctionPartitioner Wrap(Func<string, K, V, Partition, int, Partition> partitioner) => new(partitioner);

    private void Sink(
        string? topic, Func<K, V, IRecordContext, string>? topicOf, Func<K, V, IRecordContext, long>? timeOf,
        IStreamPartitioner<K, V>? partitioner, ISerDes<K>? keySerDes, ISerDes<V>? valueSerDes, string? named)
    {
        if (topic is not null)
        {
            TopologyGraph.CheckName(topic);
        }

        node.Feed(graph.Add(new SinkDefinition<K, V>(graph.NameOr(named, Names.Sink))
        {
            Topic = topic,
            TopicOf = topicOf,
            TimeOf = timeOf,
            Partitioner = partitioner,
            Keys = keySerDes ?? keys,
            Values = valueSerDes ?? values,
        }));
    }

    private sealed class FunctionPartitioner(Func<string, K, V, Partition, int, Partition> function) : IStreamPartitioner<K, V>
    {
        public void Initialize(IStreamConfig config)
        {
        }

        public Partition Partition(string topic, K key, V value, Partition sourcePartition, int numPartitions) =>
            function(topic, key, value, sourcePartition, numPartitions);
    }
}
