using Confluent.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors;

namespace Streaming.Streams.Topologies;

/// <summary>How a source tells the time of its records; the extractors of the engine need no record made for them.</summary>
internal readonly struct TimeRule(ITimestampExtractor extractor)
{
    private readonly Kind _kind = extractor.GetType() switch
    {
        var t when t == typeof(FailOnInvalidTimestamp) => Kind.Fail,
        var t when t == typeof(LogAndSkipOnInvalidTimestamp) => Kind.Skip,
        var t when t == typeof(UsePartitionTimeOnInvalidTimestamp) => Kind.PartitionTime,
        var t when t == typeof(WallclockTimestampExtractor) => Kind.WallClock,
        _ => Kind.Custom,
    };

    private enum Kind
    {
        Fail,
        Skip,
        PartitionTime,
        WallClock,
        Custom,
    }

    /// <summary>A valid timestamp of the record is its time.</summary>
    public bool TakesValidAsIs => _kind is Kind.Fail or Kind.Skip or Kind.PartitionTime;

    /// <summary>Milliseconds since 1970; negative: the record is skipped.</summary>
    public long Of<K, V>(TaskContext context, in TaskRecord record, K key, V value, long partitionTime) => _kind switch
    {
        Kind.Fail => FailOnInvalidTimestamp.Check(record.Timestamp, context.Record.Topic, record.Offset),
        Kind.Skip => record.Timestamp,
        Kind.PartitionTime when record.Timestamp >= 0 => record.Timestamp,
        Kind.PartitionTime when partitionTime >= 0 => partitionTime,
        Kind.WallClock => context.WallClock,
        _ => extractor.Extract(
            new ConsumeResult<object, object>
            {
                TopicPartitionOffset = new TopicPartitionOffset(context.Record.Topic, context.Record.Partition, record.Offset),
                Message = new Message<object, object>
                {
                    Key = key!,
                    Value = value!,
                    Timestamp = new Timestamp(record.Timestamp, TimestampType.CreateTime),
                    Headers = context.Record.Headers,
                },
            },
            partitionTime),
    };
}
