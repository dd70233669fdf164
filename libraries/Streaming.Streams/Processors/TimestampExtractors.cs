using Confluent.Kafka;
using Streamiz.Kafka.Net.Errors;

namespace Streamiz.Kafka.Net.Processors;

/// <summary>Tells a record's time.</summary>
public interface ITimestampExtractor
{
    /// <summary>Milliseconds since 1970; negative: the record is skipped.</summary>
    /// <param name="record">The record with key and value deserialized.</param>
    /// <param name="partitionTime">Largest time of the partition so far, -1 at first.</param>
    long Extract(ConsumeResult<object, object> record, long partitionTime);
}

/// <summary>The record's own timestamp; an invalid one fails.</summary>
public class FailOnInvalidTimestamp : ITimestampExtractor
{
    /// <inheritdoc/>
    public long Extract(ConsumeResult<object, object> record, long partitionTime) =>
        Check(record.Message.Timestamp.UnixTimestampMs, record.Topic, record.Offset);

    internal static long Check(long timestamp, string topic, long offset) => timestamp >= 0
        ? timestamp
        : throw new StreamsException($"Record of {topic} at offset {offset} has the invalid timestamp {timestamp}");
}

/// <summary>The record's own timestamp; one with an invalid timestamp is skipped.</summary>
public class LogAndSkipOnInvalidTimestamp : ITimestampExtractor
{
    /// <inheritdoc/>
    public long Extract(ConsumeResult<object, object> record, long partitionTime) =>
        record.Message.Timestamp.UnixTimestampMs;
}

/// <summary>The record's own timestamp; instead of an invalid one, the partition's time.</summary>
public class UsePartitionTimeOnInvalidTimestamp : ITimestampExtractor
{
    /// <inheritdoc/>
    public long Extract(ConsumeResult<object, object> record, long partitionTime) =>
        record.Message.Timestamp.UnixTimestampMs is >= 0 and var timestamp ? timestamp
        : partitionTime >= 0 ? partitionTime
        : throw new StreamsException(
            $"Record of {record.Topic} at offset {record.Offset} has no valid timestamp and its partition no time yet");
}

/// <summary>The wall clock.</summary>
public class WallclockTimestampExtractor : ITimestampExtractor
{
    /// <inheritdoc/>
    public long Extract(ConsumeResult<object, object> record, long partitionTime) =>
        DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
