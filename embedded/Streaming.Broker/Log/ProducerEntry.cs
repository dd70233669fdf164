namespace Streaming.Broker.Log;

/// <summary>A batch that a producer wrote, remembered to recognize its repetition.</summary>
internal readonly record struct BatchMetadata(int FirstSequence, int LastSequence, long BaseOffset, long LastOffset, long Timestamp);

/// <summary>What a partition knows of one producer: its epoch, its last five batches, its open transaction.</summary>
internal sealed class ProducerEntry(long producerId)
{
    public const int WindowSize = 5;

    private readonly List<BatchMetadata> _window = new(WindowSize);

    public long ProducerId { get; } = producerId;

    public short Epoch { get; set; } = -1;

    public int CoordinatorEpoch { get; set; } = -1;

    /// <summary>The largest timestamp of its records, which may be of any age.</summary>
    public long LastTimestamp { get; set; } = -1;

    /// <summary>When it last wrote by the broker's clock; after a restart, when the log was loaded.</summary>
    public long LastSeen { get; set; } = -1;

    /// <summary>First offset of the open transaction, −1 for none.</summary>
    public long TransactionFirstOffset { get; set; } = -1;

    public IReadOnlyList<BatchMetadata> Window => _window;

    public int LastSequence => _window.Count == 0 ? -1 : _window[^1].LastSequence;

    public long LastOffset => _window.Count == 0 ? -1 : _window[^1].LastOffset;

    public void Remember(in BatchMetadata batch)
    {
        if (_window.Count == WindowSize)
        {
            _window.RemoveAt(0);
        }

        _window.Add(batch);
    }

    public void MoveToEpoch(short epoch)
    {
        if (epoch != Epoch)
        {
            Epoch = epoch;
            _window.Clear();
        }
    }

    public bool FindDuplicate(int firstSequence, int lastSequence, out BatchMetadata batch)
    {
        foreach (var candidate in _window)
        {
            if (candidate.FirstSequence == firstSequence && candidate.LastSequence == lastSequence)
            {
                batch = candidate;
                return true;
            }
        }

        batch = default;
        return false;
    }
}
