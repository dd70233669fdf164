namespace Streaming.Streams.State;

/// <content>What the restore thread does: changelog records go to the committed content.</content>
internal sealed partial class StoreState
{
    public void BeginRestore() => Committed.BeginBatch();

    /// <summary>Applies one changelog record, between <see cref="BeginRestore"/> and <see cref="EndRestore"/>.</summary>
    public void Restore(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool valueIsNull, long timestamp)
    {
        if (Spec.Kind != StoreKind.KeyValue)
        {
            if (key.Length < _layout.SuffixLength || !Observe(_layout.TimeOf(key)))
            {
                return;
            }
        }

        if (valueIsNull)
        {
            Committed.Remove(key);
            _lru?.Remove(key);
        }
        else if (_readable is null || _readable(key, value))
        {
            Committed.Put(key, value, timestamp);
            if (_lru?.Write(key) is { } evicted)
            {
                // The changelog is of a time when there was room for more.
                Committed.Remove(evicted);
            }
        }
    }

    /// <summary>Whether restored records are held back, until <see cref="Settle"/> or the last <see cref="EndRestore"/>.</summary>
    public bool HoldsRestored => Committed.HoldsBatches;

    /// <inheritdoc cref="CommittedStore.Settle"/>
    public void Settle(long nextOffset) => Committed.Settle(nextOffset);

    /// <param name="nextOffset">The changelog position after the batch.</param>
    /// <param name="goesOn">Much is still to come, and nobody reads meanwhile.</param>
    public void EndRestore(long nextOffset, bool goesOn = false)
    {
        if (Spec.Kind != StoreKind.KeyValue)
        {
            Committed.ExpireBefore(ExpiredUpTo);
            _observedCommitted = _observedBeforeRecord = _observedTime;
        }

        _lru?.Commit();
        if (goesOn)
        {
            Committed.HoldBatch(nextOffset);
        }
        else
        {
            Committed.EndBatch(nextOffset);
        }
    }
}
