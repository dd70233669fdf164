using System.Buffers.Binary;

namespace Streaming.Broker.Log;

/// <summary>
/// A sparse index of a segment in Kafka's file format, kept in memory in that very form. The index of the active
/// segment is only in memory and is written when the segment is sealed or the log closed; those of sealed segments are
/// read when needed and may be dropped by the garbage collector. An index is a cache: what is missing is rebuilt.
/// </summary>
internal sealed class SegmentIndex(string path, int entrySize)
{
    private readonly Lock _lock = new();
    private byte[]? _entries = [];
    private WeakReference<byte[]>? _cached;
    private int _count;

    public string Path { get; private set; } = path;

    public int Count => _count;

    /// <summary>An index whose entries are read from its file on first use; null when the file is no valid index.</summary>
    public static SegmentIndex? OpenSealed(string path, int entrySize)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length % entrySize != 0)
        {
            return null;
        }

        return new SegmentIndex(path, entrySize) { _entries = null, _count = (int)(file.Length / entrySize) };
    }

    public void Append(ReadOnlySpan<byte> entry)
    {
        lock (_lock)
        {
            var entries = _entries ??= Entries();
            var start = _count * entrySize;
            if (start + entrySize > entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(entrySize * 64, entries.Length * 2));
                entries = _entries;
            }

            entry.CopyTo(entries.AsSpan(start, entrySize));
            _count++;
        }
    }

    /// <summary>The last entry whose big-endian number of the given width at <paramref name="field"/> is ≤ the key; −1 for none.</summary>
    public int Floor(long key, int field, int width)
    {
        lock (_lock)
        {
            var entries = Entries();
            int low = 0, high = _count - 1;
            while (low <= high)
            {
                var middle = (low + high) >>> 1;
                if (Read(entries, middle, field, width) <= key)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return high;
        }
    }

    public long Value(int index, int field, int width)
    {
        lock (_lock)
        {
            return Read(Entries(), index, field, width);
        }
    }

    public void Clear()
    {
        _entries = [];
        _cached = null;
        _count = 0;
    }

    /// <summary>Writes the file. No flush: after a crash a segment that was not sealed for certain is scanned anyway.</summary>
    public void Save(FileLayer files)
    {
        var file = files.Open(Path);
        try
        {
            file.SetLength(0);
            file.Write(Entries().AsSpan(0, _count * entrySize), 0);
        }
        finally
        {
            file.ReleaseReference();
        }
    }

    /// <summary>Lets the memory go; the file serves from now on.</summary>
    public void Seal()
    {
        lock (_lock)
        {
            if (_entries is { } entries)
            {
                _cached = new WeakReference<byte[]>(entries);
                _entries = null;
            }
        }
    }

    /// <summary>Keeps the entries in memory again, to append to them.</summary>
    public void Unseal() => _entries = Entries();

    public void MovedTo(string path) => Path = path;

    private byte[] Entries()
    {
        if (_entries is { } live)
        {
            return live;
        }

        if (_cached is not null && _cached.TryGetTarget(out var cached))
        {
            return cached;
        }

        var loaded = File.ReadAllBytes(Path);
        if (loaded.Length < _count * entrySize)
        {
            Array.Resize(ref loaded, _count * entrySize);
        }

        _cached = new WeakReference<byte[]>(loaded);
        return loaded;
    }

    private long Read(byte[] entries, int index, int field, int width)
    {
        var at = entries.AsSpan((index * entrySize) + field);
        return width == 8 ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadInt32BigEndian(at);
    }
}
