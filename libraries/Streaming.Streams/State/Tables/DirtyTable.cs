namespace Streaming.Streams.State;

/// <summary>
/// The uncommitted writes of a store, deletions as tombstones. With <see cref="KeepUndo"/> the writes of one record
/// can be taken back.
/// </summary>
internal sealed class DirtyTable
{
    private readonly MemoryTable _table = new(reclaims: false);
    private (int Id, bool Added, TableEntry Old)[] _undo = [];
    private int _undoCount;

    /// <summary>Whether <see cref="Rollback"/> must be possible; costs space for each overwritten value.</summary>
    public bool KeepUndo { get; set; }

    public MemoryTable Table => _table;

    public int Count => _table.Count;

    public long Bytes => _table.Bytes;

    /// <returns>The entry: the key's until <see cref="Clear"/>, or until the write that added it is taken back.</returns>
    public int Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool tombstone, long timestamp)
    {
        if (!KeepUndo)
        {
            return _table.Put(key, value, tombstone, timestamp, inPlace: true, out _);
        }

        var known = _table.Find(key);
        TableEntry old = known >= 0 ? _table.Entry(known) : default;
        var id = _table.Put(key, value, tombstone, timestamp, inPlace: false, out var added);
        if (_undoCount == _undo.Length)
        {
            Array.Resize(ref _undo, Math.Max(16, _undo.Length * 2));
        }

        _undo[_undoCount++] = (id, added, old);
        return id;
    }

    /// <summary>The record's writes stand.</summary>
    public void Accept() => _undoCount = 0;

    /// <summary>Takes back the writes since <see cref="Accept"/>.</summary>
    public void Rollback()
    {
        while (_undoCount > 0)
        {
            var (id, added, old) = _undo[--_undoCount];
            if (added)
            {
                _table.Remove(id);
            }
            else
            {
                _table.Restore(id, old);
            }
        }
    }

    public void Clear()
    {
        _undoCount = 0;
        if (_table.Count > 0)
        {
            _table.Clear();
        }
    }
}
