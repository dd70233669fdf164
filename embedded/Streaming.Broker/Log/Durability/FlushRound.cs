namespace Streaming.Broker.Log.Durability;

/// <summary>Everything that the next round of the flusher makes durable, and who waits for it. Owned by the flusher's lock while it is open.</summary>
internal sealed class FlushRound
{
    private readonly List<(PartitionLog Log, ReadBound End)> _logs = [];

    /// <summary>The logs that were written, with where the last batch of this round ended.</summary>
    public IReadOnlyList<(PartitionLog Log, ReadBound End)> Logs => _logs;

    /// <summary>The batches, where a journal takes them.</summary>
    public JournalBuffer Batches { get; } = new();

    public List<IFlushWaiter> Waiters { get; } = [];

    public void Add(PartitionLog log, ReadBound end)
    {
        if (log.OpenRound.Round != this)
        {
            log.OpenRound = (this, _logs.Count);
            _logs.Add((log, end));
            return;
        }

        _logs[log.OpenRound.Index] = (log, end);
    }

    public void Clear()
    {
        foreach (var (log, _) in _logs)
        {
            if (log.OpenRound.Round == this)
            {
                log.OpenRound = default;
            }
        }

        _logs.Clear();
        Batches.Clear();
        Waiters.Clear();
    }
}
