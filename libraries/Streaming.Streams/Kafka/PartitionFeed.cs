using Confluent.Kafka;

namespace Streaming.Streams.Kafka;

/// <summary>
/// The fetched records of one assigned partition. One thread reads; an unread feed fills up to its bound and the client
/// then stops fetching, so that nobody has to pause anything.
/// </summary>
internal abstract class PartitionFeed(TopicPartition partition) : IDisposable
{
    private volatile bool _ready = true;
    private volatile Action? _wake;

    public TopicPartition Partition { get; } = partition;

    /// <summary>The last read found the end of the partition (its last stable offset): lag is known to be 0.</summary>
    public bool AtEnd { get; protected set; }

    /// <summary>The end (the high watermark) that the last fetch reported; null before the first. Any thread may ask.</summary>
    public virtual long? KnownEnd => null;

    /// <summary>Everything up to the end that the last fetch reported is read.</summary>
    public bool AtKnownEnd => KnownEnd is { } end && Position >= end;

    /// <summary>Whether a read may find something; cleared by a read that found less than it could take.</summary>
    public bool Ready => _ready;

    /// <summary>Called, from any thread, when records arrive at the empty feed.</summary>
    public void OnReady(Action? wake)
    {
        _wake = wake;
        wake?.Invoke();
    }

    /// <summary>
    /// The offset after everything read so far, transaction markers included; null before the first read record or
    /// marker. It is what to commit when every read record is processed.
    /// </summary>
    public abstract long? Position { get; }

    /// <summary>Fills records without waiting and returns their number.</summary>
    /// <exception cref="ConsumeFault">the broker refused the partition</exception>
    public int Read(Span<FetchedRecord> records)
    {
        _ready = false; // before the read: what arrives during it sets the flag again
        var (count, drained) = ReadAvailable(records);
        if (!drained) _ready = true;
        return count;
    }

    protected abstract (int Count, bool Drained) ReadAvailable(Span<FetchedRecord> records);

    protected void Arrived()
    {
        _ready = true;
        _wake?.Invoke();
    }

    public abstract void Dispose();
}

/// <summary>A partition cannot be read: no authorization, no such topic, no offset to start from.</summary>
internal sealed class ConsumeFault(TopicPartition partition, ErrorCode code)
    : ClientFault($"{partition.Topic} [{partition.Partition.Value}]: {new Error(code).Reason}")
{
    public TopicPartition Partition { get; } = partition;

    public ErrorCode Code { get; } = code;

    public bool IsPermanent => Faults.IsPermanent(Code);
}
