namespace Streaming.Broker.Log.Durability;

/// <summary>The batches of a round as the journal will hold them.</summary>
internal sealed class JournalBuffer
{
    private Memory<byte> _bytes;
    private int _length = JournalFormat.RoundHeader;

    public bool IsEmpty => _length == JournalFormat.RoundHeader && !IsOverfull;

    /// <summary>Whether more was added than a round may hold: the journal is no use to this one.</summary>
    public bool IsOverfull { get; private set; }

    public void Add(Guid topic, int partition, ReadOnlySpan<byte> batch)
    {
        var size = (long)_length + JournalFormat.EntryHeader + batch.Length;
        if (IsOverfull || size > JournalFormat.MaxRound)
        {
            IsOverfull = true;
            return;
        }

        Reserve((int)size);
        var entry = _bytes.Span[_length..];
        JournalFormat.WriteHeader(entry, topic, partition, batch.Length);
        batch.CopyTo(entry[JournalFormat.EntryHeader..]);
        _length = (int)size;
    }

    /// <summary>The round as it is written, whole blocks.</summary>
    public ReadOnlySpan<byte> Seal(ulong salt)
    {
        var blocks = _bytes.Span[..JournalFormat.Padded(_length)];
        blocks[_length..].Clear();
        JournalFormat.Seal(blocks[.._length], salt);
        return blocks;
    }

    public void Clear()
    {
        _length = JournalFormat.RoundHeader;
        IsOverfull = false;
    }

    private void Reserve(int size)
    {
        if (size > _bytes.Length)
        {
            var larger = DirectMemory.Allocate(JournalFormat.Padded(Math.Max(size, _bytes.Length * 2)));
            _bytes.CopyTo(larger);
            _bytes = larger;
        }
    }
}
