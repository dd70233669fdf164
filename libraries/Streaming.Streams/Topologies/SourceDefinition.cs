using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Topologies;

/// <summary>A node that reads a topic.</summary>
internal interface ISourceDefinition
{
    string Name { get; }

    /// <summary>The topic without the application's prefix that internal ones get.</summary>
    string Topic { get; }

    /// <summary>Written by the topology itself.</summary>
    bool IsInternal { get; }

    AutoOffsetReset? ResetPolicy { get; }

    Type? ExtractorType { get; }

    SourceReceiver BuildSource(TaskBuild build, int sourceIndex);
}

internal sealed class SourceDefinition<K, V>(
    string name, string topic, bool isInternal, ISerDes<K>? keys, ISerDes<V>? values, ITimestampExtractor? extractor)
    : Emitter<K, V>(name), ISourceDefinition
{
    public string Topic => topic;

    public bool IsInternal => isInternal;

    public AutoOffsetReset? ResetPolicy => null;

    public ISerDes<K>? KeySerDes => keys;

    public ISerDes<V>? ValueSerDes => values;

    public Type? ExtractorType => extractor?.GetType();

    public override NodeDefinition Copy() => new SourceDefinition<K, V>(Name, topic, isInternal, keys, values, extractor);

    public SourceReceiver BuildSource(TaskBuild build, int sourceIndex) =>
        build.Once(this, () =>
        {
            var fullTopic = isInternal ? $"{build.Config.ApplicationId}-{topic}" : topic;
            return new SourceNode<K, V>(
                build.Context,
                fullTopic,
                sourceIndex,
                Codec<K>.Of(keys, MessageComponentType.Key, fullTopic, build.Config),
                Codec<V>.Of(values, MessageComponentType.Value, fullTopic, build.Config),
                isInternal ? new FailOnInvalidTimestamp() : extractor ?? build.Config.DefaultTimestampExtractor,
                BuildNext(build));
        });
}

/// <summary>Decodes records and tells their time.</summary>
internal sealed class SourceNode<K, V>(
    TaskContext context, string topic, int sourceIndex, Codec<K> keys, Codec<V> values, ITimestampExtractor extractor,
    Receiver<K, V> next) : SourceReceiver
{
    private readonly TimeRule _rule = new(extractor);
    private readonly bool _readsHeaders = keys.ReadsHeaders || values.ReadsHeaders;

    public override string Topic => topic;

    public override void Receive(in TaskRecord record)
    {
        var headers = _readsHeaders && !record.Headers.IsEmpty ? context.Record.Headers : null;
        K key;
        V value;
        var component = "key";
        try
        {
            key = record.KeyIsNull ? default! : keys.Read(record.Key, headers);
            component = "value";
            value = record.ValueIsNull ? default! : values.Read(record.Value, headers);
        }
        catch (Exception e)
        {
            throw new UnreadableRecordException($"{topic}: {component} cannot be read: {e.Message}", e);
        }

        context.Record.ValueIsNull = record.ValueIsNull;
        var timestamp = record.Timestamp;
        if (timestamp < 0 || !_rule.TakesValidAsIs)
        {
            timestamp = _rule.Of(context, record, key, value, context.PartitionTimes[sourceIndex]);
            if (timestamp < 0)
            {
                context.Metrics.RecordsDropped++;
                return;
            }

            context.Record.Timestamp = timestamp;
        }

        context.AdvanceTime(sourceIndex, timestamp);
        next.Receive(key, value);
    }
}
