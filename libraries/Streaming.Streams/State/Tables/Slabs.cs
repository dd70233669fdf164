namespace Streaming.Streams.State;

/// <summary>Append-only memory in large blocks, so that entries are no objects of the garbage collector.</summary>
internal sealed class Slabs
{
    private const int SlabSize = 1 << 20;

    private readonly List<byte[]> _slabs = [];
    private int _current = -1;
    private int _used;

    /// <summary>Bytes of all blocks.</summary>
    public long Reserved { get; private set; }

    public Span<byte> Span(int slab, int offset, int length) => _slabs[slab].AsSpan(offset, length);

    /// <summary>Memory of the given size, in one piece.</summary>
    public (int Slab, int Offset) Allocate(int size)
    {
        if (_current < 0 || _used + size > _slabs[_current].Length)
        {
            // The block that follows may be left from before a Reset; one too small for this entry is replaced.
            _current++;
            _used = 0;
            if (_current == _slabs.Count)
            {
                // The first block is small: most stores of most tasks are.
                _slabs.Add(NewBlock(Math.Max(size, _current == 0 ? SlabSize / 16 : SlabSize)));
            }
            else if (_slabs[_current].Length < size)
            {
                Reserved -= _slabs[_current].Length;
                _slabs[_current] = NewBlock(size);
            }
        }

        var offset = _used;
        _used += size;
        return (_current, offset);
    }

    /// <summary>Forgets all content, keeps a few blocks for reuse.</summary>
    public void Reset(int keep)
    {
        while (_slabs.Count > keep)
        {
            Reserved -= _slabs[^1].Length;
            _slabs.RemoveAt(_slabs.Count - 1);
        }

        _current = _slabs.Count > 0 ? 0 : -1;
        _used = 0;
    }

    private byte[] NewBlock(int size)
    {
        Reserved += size;
        return GC.AllocateUninitializedArray<byte>(size);
    }
}
