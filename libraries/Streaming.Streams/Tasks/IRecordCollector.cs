namespace Streaming.Streams.Tasks;

/// <summary>
/// Takes what tasks write: results, repartitioned records, changelog entries, dead letters. A worker has one, on its
/// producer; everything sent between two commits belongs to one transaction under exactly-once.
/// Called from the worker's thread alone.
/// </summary>
internal interface IRecordCollector
{
    /// <summary>The handle of a topic, kept by the caller; the same object for the same name.</summary>
    OutputTopic Resolve(string topic);

    /// <summary>
    /// Hands a record to the producer, which copies it. Blocks while the producer's queue is full.
    /// Failures of delivery surface at the commit, unless the production handler decides otherwise.
    /// </summary>
    void Send(OutputTopic topic, int partition, in OutgoingRecord record);
}

/// <summary>A topic to write to.</summary>
internal abstract class OutputTopic(string name)
{
    public string Name { get; } = name;

    /// <summary>Records handed to the producer, those of aborted transactions included.</summary>
    public long Sent;

    /// <summary>Partitions of the topic, from cached metadata; fetched at the first use.</summary>
    public abstract int PartitionCount { get; }
}

/// <summary>A record on its way out; the spans are valid only during the call.</summary>
internal readonly ref struct OutgoingRecord
{
    public required ReadOnlySpan<byte> Key { get; init; }

    public bool KeyIsNull { get; init; }

    public required ReadOnlySpan<byte> Value { get; init; }

    public bool ValueIsNull { get; init; }

    public required long Timestamp { get; init; }

    public RecordHeaders Headers { get; init; }
}
