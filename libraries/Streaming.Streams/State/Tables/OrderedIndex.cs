namespace Streaming.Streams.State;

/// <summary>Entry ids of a table in key order: a list of sorted chunks, so that an insertion moves few of them.</summary>
internal sealed class OrderedIndex
{
    private const int ChunkSize = 256;

    private readonly MemoryTable _table;
    private readonly List<Chunk> _chunks = [];

    public OrderedIndex(MemoryTable table)
    {
        _table = table;
        var ids = new int[table.Count];
        var n = 0;
        for (var id = 0; id < table.HighWater; id++)
        {
            if (table.IsUsed(id))
            {
                ids[n++] = id;
            }
        }

        Array.Sort(ids, (a, b) => table.Compare(a, table.Key(b), table.Entry(b).Prefix));
        for (var i = 0; i < n; i += ChunkSize / 2)
        {
            var chunk = new Chunk { Count = Math.Min(ChunkSize / 2, n - i) };
            Array.Copy(ids, i, chunk.Ids, 0, chunk.Count);
            _chunks.Add(chunk);
        }
    }

    public void Add(int id)
    {
        if (_chunks.Count == 0)
        {
            _chunks.Add(new Chunk());
        }

        var (c, i) = LowerBound(_table.Key(id));
        if (c == _chunks.Count)
        {
            c--;
            i = _chunks[c].Count;
        }

        var chunk = _chunks[c];
        if (chunk.Count == ChunkSize)
        {
            // At the end of the last chunk, as with ascending keys, a fresh chunk leaves the full one full.
            var keep = c == _chunks.Count - 1 && i == ChunkSize ? ChunkSize : ChunkSize / 2;
            var right = new Chunk { Count = ChunkSize - keep };
            Array.Copy(chunk.Ids, keep, right.Ids, 0, right.Count);
            chunk.Count = keep;
            _chunks.Insert(c + 1, right);
            if (i > keep || keep == ChunkSize)
            {
                chunk = right;
                i -= keep;
            }
        }

        Array.Copy(chunk.Ids, i, chunk.Ids, i + 1, chunk.Count - i);
        chunk.Ids[i] = id;
        chunk.Count++;
    }

    public void Remove(int id)
    {
        var (c, i) = LowerBound(_table.Key(id));
        var chunk = _chunks[c];
        chunk.Count--;
        Array.Copy(chunk.Ids, i + 1, chunk.Ids, i, chunk.Count - i);
        if (chunk.Count == 0)
        {
            _chunks.RemoveAt(c);
        }
    }

    /// <summary>Position of the first key that is not smaller; one past the last chunk if all are.</summary>
    public (int Chunk, int Index) LowerBound(ReadOnlySpan<byte> key)
    {
        var prefix = MemoryTable.PrefixOf(key);
        int low = 0, high = _chunks.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var chunk = _chunks[middle];
            if (chunk.Count > 0 && _table.Compare(chunk.Ids[chunk.Count - 1], key, prefix) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == _chunks.Count)
        {
            return (low, 0);
        }

        var ids = _chunks[low];
        int from = 0, to = ids.Count;
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (_table.Compare(ids.Ids[middle], key, prefix) < 0)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return (low, from);
    }

    public int ChunkCount => _chunks.Count;

    public bool TryAt(int chunk, int index, out int id)
    {
        if ((uint)chunk < (uint)_chunks.Count && (uint)index < (uint)_chunks[chunk].Count)
        {
            id = _chunks[chunk].Ids[index];
            return true;
        }

        id = -1;
        return false;
    }

    public (int Chunk, int Index) Next((int Chunk, int Index) at) =>
        at.Index + 1 < _chunks[at.Chunk].Count ? (at.Chunk, at.Index + 1) : (at.Chunk + 1, 0);

    public (int Chunk, int Index) Previous((int Chunk, int Index) at) =>
        at.Index > 0 ? (at.Chunk, at.Index - 1)
        : at.Chunk > 0 ? (at.Chunk - 1, _chunks[at.Chunk - 1].Count - 1)
        : (-1, -1);

    private sealed class Chunk
    {
        public readonly int[] Ids = new int[ChunkSize];
        public int Count;
    }
}
