namespace Streaming.Streams.State;

/// <summary>Keys between two bounds, both inclusive; null: unbounded.</summary>
internal readonly record struct KeyRange(byte[]? From, byte[]? To, bool Reverse = false)
{
    /// <summary>Bounds the keys with a prefix. The upper bound is exclusive in meaning, so it is checked by prefix.</summary>
    public byte[]? Prefix { get; init; }

    public bool IsBelow(ReadOnlySpan<byte> key) => From is not null && key.SequenceCompareTo(From) < 0;

    public bool IsAbove(ReadOnlySpan<byte> key) =>
        (To is not null && key.SequenceCompareTo(To) > 0)
        || (Prefix is not null && !key.StartsWith(Prefix) && key.SequenceCompareTo(Prefix) > 0);

    public static KeyRange OfPrefix(byte[] prefix, bool reverse = false) =>
        new(prefix, null, reverse) { Prefix = prefix };
}

/// <summary>Goes through entries in key order. Spans are valid until the next move or write.</summary>
internal abstract class TableCursor : IDisposable
{
    public abstract bool MoveNext();

    public abstract ReadOnlySpan<byte> Key { get; }

    public abstract ReadOnlySpan<byte> Value { get; }

    public abstract bool IsTombstone { get; }

    public abstract long Timestamp { get; }

    public abstract void Dispose();
}

/// <summary>A cursor of one table that stands changes of the table while it is open.</summary>
internal sealed class MemoryTableCursor(MemoryTable table, KeyRange range) : TableCursor
{
    private (int Chunk, int Index) _at;
    private int _id = -1;
    private int _version;
    private byte[] _last = [];
    private int _lastLength;
    private bool _started;

    public override ReadOnlySpan<byte> Key => table.Key(_id);

    public override ReadOnlySpan<byte> Value => table.Value(_id);

    public override bool IsTombstone => table.Entry(_id).ValueLength == TableEntry.Tombstone;

    public override long Timestamp => table.Entry(_id).Timestamp;

    public override bool MoveNext()
    {
        var index = table.Index();
        if (!_started)
        {
            _started = true;
            _at = Start(index);
        }
        else if (_version == table.Version)
        {
            _at = range.Reverse ? index.Previous(_at) : index.Next(_at);
        }
        else
        {
            var last = _last.AsSpan(0, _lastLength);
            _at = index.LowerBound(last);
            if (range.Reverse)
            {
                _at = index.Previous(_at);
            }
            else if (index.TryAt(_at.Chunk, _at.Index, out var same) && table.Key(same).SequenceEqual(last))
            {
                _at = index.Next(_at);
            }
        }

        _version = table.Version;
        if (!index.TryAt(_at.Chunk, _at.Index, out _id)
            || (range.Reverse ? range.IsBelow(table.Key(_id)) : range.IsAbove(table.Key(_id))))
        {
            _id = -1;
            return false;
        }

        var key = table.Key(_id);
        if (_last.Length < key.Length)
        {
            _last = new byte[Math.Max(32, key.Length * 2)];
        }

        key.CopyTo(_last);
        _lastLength = key.Length;
        return true;
    }

    public override void Dispose()
    {
    }

    private (int Chunk, int Index) Start(OrderedIndex index)
    {
        if (!range.Reverse)
        {
            return range.From is null ? (0, 0) : index.LowerBound(range.From);
        }

        var at = EndOf(index);
        while (index.TryAt(at.Chunk, at.Index, out var id) && range.IsAbove(table.Key(id)))
        {
            at = index.Previous(at);
        }

        return at;
    }

    /// <summary>The last position that may lie in the range.</summary>
    private (int Chunk, int Index) EndOf(OrderedIndex index)
    {
        var bound = range.To ?? (range.Prefix is null ? null : Successor(range.Prefix));
        if (bound is null)
        {
            return index.Previous((index.ChunkCount, 0));
        }

        var at = index.LowerBound(bound);
        return index.TryAt(at.Chunk, at.Index, out var id) && table.Key(id).SequenceEqual(bound)
            ? at
            : index.Previous(at);
    }

    /// <summary>The smallest key greater than all keys with the prefix; null if there is none.</summary>
    private static byte[]? Successor(byte[] prefix)
    {
        for (var i = prefix.Length - 1; i >= 0; i--)
        {
            if (prefix[i] != 0xff)
            {
                var next = prefix[..(i + 1)];
                next[i]++;
                return next;
            }
        }

        return null;
    }
}

/// <summary>
/// Several cursors of the same direction as one. Where they hold the same key, the earlier cursor's entry counts:
/// uncommitted writes stand before the committed tables.
/// </summary>
/// <param name="overlay">
/// The table under the first source, if it may change while the cursor is open: a key that is written after the cursor
/// looked ahead then shows its new value all the same.
/// </param>
internal sealed class MergedCursor(
    TableCursor[] sources, bool reverse, bool skipTombstones, MemoryTable? overlay = null) : TableCursor
{
    private readonly bool[] _valid = new bool[sources.Length];
    private readonly int _version = overlay?.Version ?? 0;
    private int _current = -1;
    private int _overlaid = -1;
    private bool _started;

    public override ReadOnlySpan<byte> Key => sources[_current].Key;

    public override ReadOnlySpan<byte> Value => _overlaid >= 0 ? overlay!.Value(_overlaid) : sources[_current].Value;

    public override bool IsTombstone => _overlaid >= 0
        ? overlay!.Entry(_overlaid).ValueLength == TableEntry.Tombstone
        : sources[_current].IsTombstone;

    public override long Timestamp => _overlaid >= 0 ? overlay!.Entry(_overlaid).Timestamp : sources[_current].Timestamp;

    public override bool MoveNext()
    {
        do
        {
            if (!_started)
            {
                _started = true;
                for (var i = 0; i < sources.Length; i++)
                {
                    _valid[i] = sources[i].MoveNext();
                }
            }
            else if (_current >= 0)
            {
                _valid[_current] = sources[_current].MoveNext();
            }

            _current = Least();
            if (_current < 0)
            {
                return false;
            }

            _overlaid = _current > 0 && overlay is not null && overlay.Version != _version
                ? overlay.Find(sources[_current].Key)
                : -1;
            for (var i = _current + 1; i < sources.Length; i++)
            {
                if (_valid[i] && sources[i].Key.SequenceEqual(sources[_current].Key))
                {
                    _valid[i] = sources[i].MoveNext();
                }
            }
        }
        while (skipTombstones && IsTombstone);

        return true;
    }

    public override void Dispose()
    {
        foreach (var source in sources)
        {
            source.Dispose();
        }
    }

    private int Least()
    {
        var least = -1;
        for (var i = 0; i < sources.Length; i++)
        {
            if (!_valid[i])
            {
                continue;
            }

            var order = least < 0 ? -1 : sources[i].Key.SequenceCompareTo(sources[least].Key);
            if (reverse ? order > 0 || least < 0 : order < 0)
            {
                least = i;
            }
        }

        return least;
    }
}
