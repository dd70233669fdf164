namespace Streaming.Streams.State;

/// <summary>
/// In which order the keys of a store were used, and which one has to go when there are too many. As the store's writes,
/// it can be taken back to before the record in process, and to the last commit. Used by the store's owner alone.
/// </summary>
internal sealed class LruOrder(int capacity)
{
    private readonly Dictionary<byte[], Node> _nodes = new(KeyComparer.Instance);
    private readonly List<(Node Node, Change Change, Node? Older, long Used)> _undo = [];
    private readonly List<Node> _changed = [];
    private Node? _oldest;
    private Node? _newest;
    private long _clock;

    private enum Change
    {
        Moved,
        Added,
        Removed,
    }

    /// <summary>Whether <see cref="RollbackRecord"/> must be possible.</summary>
    public bool KeepUndo { get; set; }

    public int Count => _nodes.Count;

    /// <summary>When a key was used, on a clock of the order's own; -1: it is not there.</summary>
    public long UsedAt(ReadOnlySpan<byte> key) => Find(key)?.Used ?? -1;

    /// <summary>A key is read; one that is not there is none of ours.</summary>
    public void Read(ReadOnlySpan<byte> key)
    {
        if (Find(key) is { } node && node != _newest)
        {
            Remember(node, Change.Moved);
            Unlink(node);
            Append(node);
        }
    }

    /// <summary>A key is written; the key that has to go for it, null if there is room.</summary>
    public byte[]? Write(ReadOnlySpan<byte> key)
    {
        if (Find(key) is { } node)
        {
            Remember(node, Change.Moved);
            Unlink(node);
            Append(node);
            return null;
        }

        node = new Node(key.ToArray());
        Remember(node, Change.Added);
        _nodes.Add(node.Key, node);
        Append(node);
        if (_nodes.Count <= capacity)
        {
            return null;
        }

        var eldest = _oldest!.Key;
        Remove(eldest);
        return eldest;
    }

    public void Remove(ReadOnlySpan<byte> key)
    {
        if (Find(key) is { } node)
        {
            Remember(node, Change.Removed);
            _nodes.Remove(node.Key);
            Unlink(node);
        }
    }

    public void AcceptRecord() => _undo.Clear();

    /// <summary>Takes back what happened since <see cref="AcceptRecord"/>.</summary>
    public void RollbackRecord()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            var (node, change, older, used) = _undo[i];
            if (change == Change.Added)
            {
                _nodes.Remove(node.Key);
                Unlink(node);
                continue;
            }

            if (change == Change.Removed)
            {
                _nodes.Add(node.Key, node);
            }
            else
            {
                Unlink(node);
            }

            InsertBehind(older, node);
            node.Used = used;
        }

        _undo.Clear();
    }

    /// <summary>The order is that of the last commit from now on.</summary>
    public void Commit()
    {
        _undo.Clear();
        foreach (var node in _changed)
        {
            node.IsChanged = false;
            node.Committed = _nodes.GetValueOrDefault(node.Key) == node ? node.Used : -1;
        }

        _changed.Clear();
    }

    /// <summary>Goes back to the last commit.</summary>
    public void Abort()
    {
        _undo.Clear();
        if (_changed.Count == 0)
        {
            return;
        }

        foreach (var node in _changed)
        {
            if (_nodes.GetValueOrDefault(node.Key) == node)
            {
                _nodes.Remove(node.Key);
            }
        }

        foreach (var node in _changed)
        {
            node.IsChanged = false;
            node.Used = node.Committed;
            if (node.Committed >= 0)
            {
                _nodes.Add(node.Key, node);
            }
        }

        _changed.Clear();
        (_oldest, _newest) = (null, null);
        foreach (var node in _nodes.Values.OrderBy(n => n.Used))
        {
            InsertBehind(_newest, node);
        }
    }

    private Node? Find(ReadOnlySpan<byte> key) =>
        _nodes.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var node) ? node : null;

    private void Remember(Node node, Change change)
    {
        if (KeepUndo)
        {
            _undo.Add((node, change, node.Older, node.Used));
        }

        if (!node.IsChanged)
        {
            node.IsChanged = true;
            _changed.Add(node);
        }
    }

    private void Append(Node node)
    {
        node.Used = _clock++;
        InsertBehind(_newest, node);
    }

    private void InsertBehind(Node? older, Node node)
    {
        node.Older = older;
        node.Newer = older is null ? _oldest : older.Newer;
        if (older is null)
        {
            _oldest = node;
        }
        else
        {
            older.Newer = node;
        }

        if (node.Newer is null)
        {
            _newest = node;
        }
        else
        {
            node.Newer.Older = node;
        }
    }

    private void Unlink(Node node)
    {
        if (node.Older is null)
        {
            _oldest = node.Newer;
        }
        else
        {
            node.Older.Newer = node.Newer;
        }

        if (node.Newer is null)
        {
            _newest = node.Older;
        }
        else
        {
            node.Newer.Older = node.Older;
        }

        (node.Older, node.Newer) = (null, null);
    }

    private sealed class Node(byte[] key)
    {
        public byte[] Key => key;

        public Node? Older { get; set; }

        public Node? Newer { get; set; }

        public long Used { get; set; }

        /// <summary>What <see cref="Used"/> was at the last commit; -1: the key was not there.</summary>
        public long Committed { get; set; } = -1;

        public bool IsChanged { get; set; }
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)ByteHash.Of(alternate);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
