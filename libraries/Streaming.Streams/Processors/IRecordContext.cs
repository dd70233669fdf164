using Confluent.Kafka;

namespace Streamiz.Kafka.Net;

/// <summary>Where the record in process comes from, its time and its headers. Valid only while it is in process.</summary>
public interface IRecordContext
{
    /// <summary>Offset of the source record; -1 in a punctuation.</summary>
    long Offset { get; }

    /// <summary>Milliseconds since 1970.</summary>
    long Timestamp { get; }

    /// <summary>Topic of the source record; empty in a punctuation.</summary>
    string Topic { get; }

    /// <summary>Partition of the source record.</summary>
    int Partition { get; }

    /// <summary>The headers, which travel on with the records that follow from this one.</summary>
    Headers Headers { get; }

    /// <summary>Estimate of the context's size, in bytes.</summary>
    long MemorySizeEstimate { get; }

    /// <summary>Sets the time of the records that follow from this one.</summary>
    void ChangeTimestamp(long ts);

    /// <summary>Replaces the headers of the records that follow from this one.</summary>
    void SetHeaders(Headers headers);

    /// <summary>The context as bytes: timestamp, offset, partition, topic, headers.</summary>
    byte[] Serialize();
}
