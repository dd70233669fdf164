namespace Streaming.Streams.State;

/// <summary>
/// The content of a store as of the last commit. Its owner (the restore thread, then the worker) reads and writes;
/// other threads read through <see cref="TryRead"/> and <see cref="OpenSnapshot"/>.
/// </summary>
internal abstract class CommittedStore : IDisposable
{
    /// <summary>Offset of the changelog that the content stands for; -1: none, restore from the start.</summary>
    public abstract long ChangelogOffset { get; }

    public abstract long Count { get; }

    public abstract long Bytes { get; }

    /// <summary>Owner only. The value is valid until the next call.</summary>
    public abstract bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out long timestamp);

    /// <summary>Owner only; to be disposed before the next batch.</summary>
    public abstract TableCursor Open(KeyRange range);

    /// <summary>Starts a set of writes that readers see all at once, with <see cref="EndBatch"/>.</summary>
    public abstract void BeginBatch();

    public abstract void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestamp);

    public abstract void Remove(ReadOnlySpan<byte> key);

    /// <param name="changelogOffset">The offset after the last changelog record in the batch, -1: unknown.</param>
    public abstract void EndBatch(long changelogOffset);

    /// <summary>
    /// Ends a batch of a restoration of which much is still to come: the store may keep it to itself, and its offset where
    /// it was, until <see cref="EndBatch"/>.
    /// </summary>
    /// <param name="changelogOffset">The offset after the last changelog record in the batch.</param>
    public virtual void HoldBatch(long changelogOffset) => EndBatch(changelogOffset);

    /// <summary>Whether batches were held back, and wait for <see cref="EndBatch"/> or <see cref="Settle"/>.</summary>
    public virtual bool HoldsBatches => false;

    /// <summary>Goes on to show what was held back, without waiting; between batches, until nothing is.</summary>
    /// <param name="changelogOffset">The offset after the last changelog record that the store was given.</param>
    public virtual void Settle(long changelogOffset)
    {
    }

    /// <summary>Drops what ended before the given time, as far as that is cheap. Within a batch.</summary>
    public abstract void ExpireBefore(long time);

    /// <summary>Any thread: a copy of the value.</summary>
    public abstract bool TryRead(ReadOnlySpan<byte> key, out byte[] value, out long timestamp);

    /// <summary>Any thread: a consistent view of the range, kept until the cursor is disposed.</summary>
    public abstract TableCursor OpenSnapshot(KeyRange range);

    public virtual void Dispose()
    {
    }
}

/// <summary>Tells the time in a composite key.</summary>
internal readonly record struct KeyLayout(StoreKind Kind)
{
    /// <summary>Bytes behind the user's key.</summary>
    public int SuffixLength => Kind switch { StoreKind.Window => 12, StoreKind.Session => 16, _ => 0 };

    /// <summary>A window's start or a session's end.</summary>
    public long TimeOf(ReadOnlySpan<byte> key) =>
        System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(key[^SuffixLength..]);
}
