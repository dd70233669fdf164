using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Topologies;

/// <summary>A node that writes topics.</summary>
internal interface ISinkDefinition
{
    string Name { get; }

    /// <summary>The topic without the application's prefix that internal ones get; null: chosen per record.</summary>
    string? Topic { get; }

    /// <summary>Read by the topology itself.</summary>
    bool IsInternal { get; }
}

internal sealed class SinkDefinition<K, V>(string name) : NodeDefinition(name), IConsumerDefinition<K, V>, ISinkDefinition
{
    public string? Topic { get; init; }

    public bool IsInternal { get; init; }

    public Func<K, V, IRecordContext, string>? TopicOf { get; init; }

    public Func<K, V, IRecordContext, long>? TimeOf { get; init; }

    public IStreamPartitioner<K, V>? Partitioner { get; init; }

    public ISerDes<K>? Keys { get; init; }

    public ISerDes<V>? Values { get; init; }

    public Receiver<K, V> Build(TaskBuild build) => build.Once(this, () =>
    {
        Partitioner?.Initialize(build.Config);
        var topic = Topic is null ? null : IsInternal ? $"{build.Config.ApplicationId}-{Topic}" : Topic;
        return new SinkNode<K, V>(build.Context, this, topic);
    });

    public override NodeDefinition Copy() => new SinkDefinition<K, V>(Name)
    {
        Topic = Topic,
        IsInternal = IsInternal,
        TopicOf = TopicOf,
        TimeOf = TimeOf,
        Partitioner = Partitioner,
        Keys = Keys,
        Values = Values,
    };
}

/// <summary>Serializes records into the task's outbox.</summary>
internal sealed class SinkNode<K, V>(TaskContext context, SinkDefinition<K, V> definition, string? topic) : Receiver<K, V>
{
    private readonly Dictionary<string, Target> _targets = [];

    // Made before the first record, so that a missing serdes is found at the start.
    private readonly Target? _target = topic is null ? null : new Target(context, definition, topic);

    public override void Receive(K key, V value)
    {
        var target = _target ?? TargetOf(key, value);
        var record = context.Record;
        var outbox = context.Outbox;
        var timestamp = definition.TimeOf is { } timeOf ? timeOf(key, value, record) : record.Timestamp;
        if (timestamp < 0)
        {
            throw new StreamsException($"{Name}: a record for {target.Topic.Name} has the invalid timestamp {timestamp}");
        }

        var start = outbox.Position;
        var keyIsNull = key is null || !target.Keys.Write(key, outbox);
        var keyEnd = outbox.Position;
        var valueIsNull = value is null || (typeof(V).IsValueType && record.IsDeletion)
            || !target.Values.Write(value, outbox);
        var partition = -1;
        if (definition.Partitioner is { } partitioner)
        {
            partition = partitioner
                .Partition(target.Topic.Name, key, value, record.Partition, target.Topic.PartitionCount).Value;
            if (partition >= target.Topic.PartitionCount)
            {
                throw new StreamsException(
                    $"{Name}: partition {partition} of {target.Topic.Name}, which has {target.Topic.PartitionCount}");
            }
        }

        if (partition < 0)
        {
            // The key's bytes lie at the outbox's end, before the value's.
            var bytes = outbox.Since(start)[..(keyEnd - start)];
            partition = Partitioning.Of(bytes, keyIsNull, context.Id.Partition, target.Topic.PartitionCount);
        }

        var headers = record.RawHeaders;
        if (headers.Managed is { Count: > 0 } managed)
        {
            // A processor may change the headers for what it forwards next.
            var copy = new Headers();
            foreach (var header in managed)
            {
                copy.Add((Header)header);
            }

            headers = new RecordHeaders(copy);
        }

        outbox.Add(target.Topic, partition, start, keyEnd, keyIsNull, valueIsNull, timestamp, headers);
        if (!definition.IsInternal)
        {
            context.Metrics.RecordLatency(context.LatencyClock - timestamp);
        }
    }

    private Target TargetOf(K key, V value)
    {
        var name = definition.TopicOf!(key, value, context.Record)
            ?? throw new StreamsException($"{Name}: the topic extractor gave no topic");
        if (!_targets.TryGetValue(name, out var target))
        {
            _targets[name] = target = new Target(context, definition, name);
        }

        return target;
    }

    private sealed class Target(TaskContext context, SinkDefinition<K, V> definition, string topic)
    {
        public OutputTopic Topic { get; } = context.Collector.Resolve(topic);

        public Codec<K> Keys { get; } = Codec<K>.Of(definition.Keys, MessageComponentType.Key, topic, context.Config);

        public Codec<V> Values { get; } = Codec<V>.Of(definition.Values, MessageComponentType.Value, topic, context.Config);
    }
}
