namespace Streaming.Streams.State;

/// <summary>
/// A committed store in memory: one hash table, or for windows and sessions one per span of time, dropped whole.
/// The lock is taken for a batch and for reads of other threads; the owner reads without it.
/// </summary>
internal sealed class MemoryStore : CommittedStore
{
    private readonly Lock _gate = new();
    private readonly KeyLayout _layout;
    private readonly long _segmentMs;
    private readonly List<WeakReference<MemorySnapshot>> _snapshots = [];
    private Segment[] _segments;
    private Segment? _lastUsed;
    private long _offset = -1;

    public MemoryStore(StoreSpec spec)
    {
        _layout = new KeyLayout(spec.Kind);

        // Java's rule for segments.
        _segmentMs = spec.Kind == StoreKind.KeyValue ? 0 : Math.Max(spec.RetentionMs / 2, 60_000);
        _segments = spec.Kind == StoreKind.KeyValue ? [new Segment(0, new MemoryTable(reclaims: true))] : [];
    }

    public override long ChangelogOffset => _offset;

    public override long Count => _segments.Sum(s => (long)s.Table.Count);

    public override long Bytes => _segments.Sum(s => s.Table.Bytes);

    internal Lock Gate => _gate;

    public override bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out long timestamp)
    {
        if (Find(key) is { } table && table.Find(key) is >= 0 and var id)
        {
            value = table.Value(id);
            timestamp = table.Entry(id).Timestamp;
            return true;
        }

        value = default;
        timestamp = 0;
        return false;
    }

    public override TableCursor Open(KeyRange range) => Open(_segments, range);

    public override void BeginBatch() => _gate.Enter();

    public override void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestamp)
    {
        var table = FindOrAdd(key);
        if (_snapshots.Count > 0)
        {
            Preserve(key);
        }

        table.Put(key, value, tombstone: false, timestamp, inPlace: true, out _);
    }

    public override void Remove(ReadOnlySpan<byte> key)
    {
        if (Find(key) is { } table && table.Find(key) is >= 0 and var id)
        {
            if (_snapshots.Count > 0)
            {
                Preserve(key);
            }

            table.Remove(id);
        }
    }

    public override void EndBatch(long changelogOffset)
    {
        if (changelogOffset >= 0)
        {
            _offset = changelogOffset;
        }

        _gate.Exit();
    }

    public override void ExpireBefore(long time)
    {
        if (_segments.Length > 0 && _segments[0].Id < Floor(time))
        {
            var floor = Floor(time);
            _segments = [.. _segments.Where(s => s.Id >= floor)];
            _lastUsed = null;
        }
    }

    public override bool TryRead(ReadOnlySpan<byte> key, out byte[] value, out long timestamp)
    {
        lock (_gate)
        {
            // The owner's shortcut to the last segment is not for other threads.
            var segment = _segmentMs == 0 ? _segments[0] : Array.Find(_segments, IdOf(key));
            if (segment?.Table is { } table && table.Find(key) is >= 0 and var id)
            {
                value = table.Value(id).ToArray();
                timestamp = table.Entry(id).Timestamp;
                return true;
            }
        }

        value = [];
        timestamp = 0;
        return false;
    }

    public override TableCursor OpenSnapshot(KeyRange range)
    {
        lock (_gate)
        {
            var snapshot = new MemorySnapshot(this, _segments, range);
            _snapshots.RemoveAll(s => !s.TryGetTarget(out _));
            _snapshots.Add(new WeakReference<MemorySnapshot>(snapshot));
            return snapshot;
        }
    }

    internal void Release(MemorySnapshot snapshot)
    {
        lock (_gate)
        {
            _snapshots.RemoveAll(s => !s.TryGetTarget(out var target) || target == snapshot);
        }
    }

    internal static TableCursor Open(Segment[] segments, KeyRange range) =>
        segments.Length == 1
            ? new MemoryTableCursor(segments[0].Table, range)
            : new MergedCursor(
                [.. segments.Select(s => (TableCursor)new MemoryTableCursor(s.Table, range))],
                range.Reverse,
                skipTombstones: false);

    private Predicate<Segment> IdOf(ReadOnlySpan<byte> key)
    {
        var id = Floor(_layout.TimeOf(key));
        return s => s.Id == id;
    }

    private long Floor(long time) => time - (time % _segmentMs);

    /// <summary>Keeps for the open snapshots what the key holds now.</summary>
    private void Preserve(ReadOnlySpan<byte> key)
    {
        var found = TryGet(key, out var value, out var timestamp);
        foreach (var reference in _snapshots)
        {
            if (reference.TryGetTarget(out var snapshot))
            {
                snapshot.Preserve(key, found, value, timestamp);
            }
        }
    }

    private MemoryTable? Find(ReadOnlySpan<byte> key)
    {
        if (_segmentMs == 0)
        {
            return _segments[0].Table;
        }

        var id = Floor(_layout.TimeOf(key));
        if (_lastUsed is { } last && last.Id == id)
        {
            return last.Table;
        }

        foreach (var segment in _segments)
        {
            if (segment.Id == id)
            {
                _lastUsed = segment;
                return segment.Table;
            }
        }

        return null;
    }

    private MemoryTable FindOrAdd(ReadOnlySpan<byte> key)
    {
        if (Find(key) is { } table)
        {
            return table;
        }

        var segment = new Segment(Floor(_layout.TimeOf(key)), new MemoryTable(reclaims: true));
        _segments = [.. _segments.Append(segment).OrderBy(s => s.Id)];
        return segment.Table;
    }

    /// <summary>The entries whose time lies in [Id, Id + segment length).</summary>
    internal sealed record Segment(long Id, MemoryTable Table);
}

/// <summary>
/// A view of a range as of one commit, read by another thread in pieces under the store's lock.
/// What commits overwrite meanwhile is kept aside here, so that the view stays as it was.
/// </summary>
internal sealed class MemorySnapshot(MemoryStore store, MemoryStore.Segment[] segments, KeyRange range) : TableCursor
{
    private const int PieceSize = 256;

    private readonly SortedDictionary<byte[], (byte[]? Value, long Timestamp)> _overlay = new(ByteOrder.Instance);
    private readonly List<(byte[] Key, byte[] Value, long Timestamp)> _piece = [];
    private int _next;
    private bool _end;
    private byte[]? _last;

    public override ReadOnlySpan<byte> Key => _piece[_next - 1].Key;

    public override ReadOnlySpan<byte> Value => _piece[_next - 1].Value;

    public override bool IsTombstone => false;

    public override long Timestamp => _piece[_next - 1].Timestamp;

    /// <summary>Called under the store's lock, before a key changes.</summary>
    public void Preserve(ReadOnlySpan<byte> key, bool found, ReadOnlySpan<byte> value, long timestamp)
    {
        if (range.IsBelow(key) || range.IsAbove(key))
        {
            return;
        }

        var copy = key.ToArray();
        _overlay.TryAdd(copy, found ? (value.ToArray(), timestamp) : (null, 0));
    }

    public override bool MoveNext()
    {
        while (_next == _piece.Count)
        {
            if (_end)
            {
                return false;
            }

            lock (store.Gate)
            {
                ReadPiece();
            }
        }

        _next++;
        return true;
    }

    public override void Dispose()
    {
        _end = true;
        _next = _piece.Count;
        store.Release(this);
    }

    private void ReadPiece()
    {
        _piece.Clear();
        _next = 0;
        var rest = _last is null ? range
            : range.Reverse ? range with { To = _last }
            : range with { From = _last };
        using var table = MemoryStore.Open(segments, rest);
        var order = range.Reverse ? -1 : 1;
        using var kept = _overlay
            .Where(o => !rest.IsBelow(o.Key) && !rest.IsAbove(o.Key))
            .OrderBy(o => o.Key, range.Reverse ? ByteOrder.Reversed : ByteOrder.Instance)
            .GetEnumerator();
        var hasTable = table.MoveNext();
        var hasKept = kept.MoveNext();
        while ((hasTable || hasKept) && _piece.Count < PieceSize)
        {
            var comparison = !hasTable ? 1 : !hasKept ? -1 : order * table.Key.SequenceCompareTo(kept.Current.Key);
            var key = comparison < 0 ? table.Key : kept.Current.Key;
            if (_last is not null && key.SequenceEqual(_last))
            {
                // Given out with the piece before.
            }
            else if (comparison < 0)
            {
                _piece.Add((table.Key.ToArray(), table.Value.ToArray(), table.Timestamp));
            }
            else if (kept.Current.Value.Value is { } value)
            {
                _piece.Add((kept.Current.Key, value, kept.Current.Value.Timestamp));
            }

            if (comparison <= 0)
            {
                hasTable = table.MoveNext();
            }

            if (comparison >= 0)
            {
                hasKept = kept.MoveNext();
            }
        }

        if (_piece.Count > 0)
        {
            _last = _piece[^1].Key;
        }

        _end = _piece.Count < PieceSize;
    }
}

/// <summary>Unsigned byte order, as the tables and Kafka Streams have it.</summary>
internal sealed class ByteOrder(int sign) : IComparer<byte[]>, IEqualityComparer<byte[]>
{
    public static readonly ByteOrder Instance = new(1);
    public static readonly ByteOrder Reversed = new(-1);

    public int Compare(byte[]? x, byte[]? y) => sign * x.AsSpan().SequenceCompareTo(y);

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(byte[] obj) => (int)ByteHash.Of(obj);
}
