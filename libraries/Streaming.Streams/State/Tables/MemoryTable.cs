using System.Buffers.Binary;

namespace Streaming.Streams.State;

/// <summary>One entry of a <see cref="MemoryTable"/>: where its bytes lie.</summary>
internal struct TableEntry
{
    public const int Tombstone = -1;

    /// <summary>The key's first eight bytes, big-endian: most comparisons end here.</summary>
    public ulong Prefix;
    public long Timestamp;
    public uint Hash;
    public int Slab;
    public int Offset;
    public int KeyLength;

    /// <summary>Bytes of the value behind the key; <see cref="Tombstone"/> marks a deletion.</summary>
    public int ValueLength;

    /// <summary>Bytes reserved behind the key.</summary>
    public int Capacity;
}

/// <summary>
/// An open-addressing hash table from bytes to bytes, with an index in key order that comes into being
/// with the first ordered read. Entries lie in slabs; there is no object per entry. Single-threaded.
/// </summary>
/// <param name="reclaims">
/// Whether the bytes of overwritten and removed values are reclaimed as it goes; without it they stay until
/// <see cref="Clear"/>, so that an entry can be put back to what it was.
/// </param>
internal sealed class MemoryTable(bool reclaims)
{
    private Slabs _slabs = new();
    private TableEntry[] _entries = new TableEntry[16];

    /// <summary>The hash in the upper half, id + 1 in the lower: a search looks at entries only where the hashes agree.</summary>
    private ulong[] _buckets = new ulong[32];
    private int[] _free = [];
    private int _freeCount;
    private int _high;
    private long _live;
    private OrderedIndex? _index;

    /// <summary>Entries, tombstones included.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of keys and values that are in use, and an estimate of the tables around them.</summary>
    public long Bytes => _live + (Count * 48L);

    /// <summary>Changes whenever an entry comes or goes: open cursors then seek anew.</summary>
    public int Version { get; private set; }

    /// <summary>One more than the largest entry id; ids below may be unused, see <see cref="IsUsed"/>.</summary>
    public int HighWater => _high;

    public bool IsUsed(int id) => _entries[id].KeyLength >= 0;

    public ref TableEntry Entry(int id) => ref _entries[id];

    public ReadOnlySpan<byte> Key(int id)
    {
        ref var entry = ref _entries[id];
        return _slabs.Span(entry.Slab, entry.Offset, entry.KeyLength);
    }

    public ReadOnlySpan<byte> Value(int id)
    {
        ref var entry = ref _entries[id];
        return _slabs.Span(entry.Slab, entry.Offset + entry.KeyLength, Math.Max(0, entry.ValueLength));
    }

    /// <summary>The entry of a key, -1 if there is none.</summary>
    public int Find(ReadOnlySpan<byte> key) => Find(key, ByteHash.Of(key));

    /// <summary>Sets a key's value, in place where it fits and <paramref name="inPlace"/> allows it.</summary>
    /// <returns>The entry's id; <paramref name="added"/> tells whether the key is new.</returns>
    public int Put(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool tombstone, long timestamp, bool inPlace, out bool added)
    {
        var hash = ByteHash.Of(key);
        var id = Find(key, hash);
        var length = tombstone ? TableEntry.Tombstone : value.Length;
        added = id < 0;
        if (!added)
        {
            ref var old = ref _entries[id];
            if (inPlace && value.Length <= old.Capacity)
            {
                value.CopyTo(_slabs.Span(old.Slab, old.Offset + old.KeyLength, value.Length));
                _live += Math.Max(0, length) - Math.Max(0, old.ValueLength);
            }
            else
            {
                _live += Math.Max(0, length) - Math.Max(0, old.ValueLength);
                Store(ref old, key, value, headroom: inPlace);
            }

            old.ValueLength = length;
            old.Timestamp = timestamp;
            return id;
        }

        id = NewEntry();
        ref var entry = ref _entries[id];
        entry.Hash = hash;
        entry.KeyLength = key.Length;
        entry.Prefix = PrefixOf(key);
        entry.Timestamp = timestamp;
        Store(ref entry, key, value, headroom: false);
        entry.ValueLength = length;
        _live += key.Length + value.Length;
        Count++;
        Version++;
        if (Count * 4L > _buckets.Length * 3L)
        {
            Rehash(_buckets.Length * 2);
        }

        Link(hash, id);

        _index?.Add(id);
        return id;
    }

    public void Remove(int id)
    {
        _index?.Remove(id);
        ref var entry = ref _entries[id];
        Unlink(entry.Hash, id);
        _live -= entry.KeyLength + Math.Max(0, entry.ValueLength);
        entry.KeyLength = -1;
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, Math.Max(16, _free.Length * 2));
        }

        _free[_freeCount++] = id;
        Count--;
        Version++;
        CompactIfWasteful();
    }

    /// <summary>Puts an entry back to what it was; its old bytes must not have been overwritten.</summary>
    public void Restore(int id, in TableEntry old)
    {
        ref var entry = ref _entries[id];
        _live += Math.Max(0, old.ValueLength) - Math.Max(0, entry.ValueLength);
        entry = old;
    }

    public void Clear()
    {
        if (_buckets.Length > 1024 && Count * 16 < _buckets.Length)
        {
            _buckets = new ulong[Math.Max(32, _buckets.Length / 4)];
            _entries = new TableEntry[_buckets.Length / 2];
        }
        else
        {
            Array.Clear(_buckets);
        }

        _slabs.Reset(keep: 4);
        _freeCount = 0;
        _high = 0;
        _live = 0;
        Count = 0;
        Version++;
        _index = null;
    }

    /// <summary>Reclaims the bytes of removed and moved values once they outweigh the live ones.</summary>
    public void CompactIfWasteful()
    {
        if (!reclaims || _slabs.Reserved < (4 << 20) || _slabs.Reserved < 2 * _live)
        {
            return;
        }

        var slabs = new Slabs();
        for (var id = 0; id < _high; id++)
        {
            ref var entry = ref _entries[id];
            if (entry.KeyLength < 0)
            {
                continue;
            }

            var size = entry.KeyLength + Math.Max(0, entry.ValueLength);
            var (slab, offset) = slabs.Allocate(size);
            _slabs.Span(entry.Slab, entry.Offset, size).CopyTo(slabs.Span(slab, offset, size));
            entry.Slab = slab;
            entry.Offset = offset;
            entry.Capacity = size - entry.KeyLength;
        }

        _slabs = slabs;
    }

    /// <summary>The index in key order, built when it is first asked for and kept from then on.</summary>
    public OrderedIndex Index() => _index ??= new OrderedIndex(this);

    public int Compare(int id, ReadOnlySpan<byte> key, ulong prefix)
    {
        ref var entry = ref _entries[id];
        return entry.Prefix != prefix ? entry.Prefix.CompareTo(prefix) : Key(id).SequenceCompareTo(key);
    }

    public static ulong PrefixOf(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        ulong prefix = 0;
        for (var i = 0; i < key.Length; i++)
        {
            prefix |= (ulong)key[i] << (56 - (8 * i));
        }

        return prefix;
    }

    private int Find(ReadOnlySpan<byte> key, uint hash)
    {
        var mask = _buckets.Length - 1;
        for (var i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            var bucket = _buckets[i];
            if (bucket == 0)
            {
                return -1;
            }

            if (HashIn(bucket) == hash && Key(IdIn(bucket)).SequenceEqual(key))
            {
                return IdIn(bucket);
            }
        }
    }

    private int NewEntry()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }

        if (_high == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        return _high++;
    }

    private void Store(ref TableEntry entry, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool headroom)
    {
        // A value that grew once tends to grow again.
        var capacity = headroom ? value.Length + (value.Length >> 1) : value.Length;
        var (slab, offset) = _slabs.Allocate(key.Length + capacity);
        var memory = _slabs.Span(slab, offset, key.Length + value.Length);
        key.CopyTo(memory);
        value.CopyTo(memory[key.Length..]);
        entry.Slab = slab;
        entry.Offset = offset;
        entry.Capacity = capacity;
        if (headroom)
        {
            CompactIfWastefulExcept(ref entry, value.Length);
        }
    }

    private void CompactIfWastefulExcept(ref TableEntry entry, int valueLength)
    {
        entry.ValueLength = valueLength;
        CompactIfWasteful();
    }

    private static uint HashIn(ulong bucket) => (uint)(bucket >> 32);

    private static int IdIn(ulong bucket) => (int)(uint)bucket - 1;

    private void Link(uint hash, int id) => Link(((ulong)hash << 32) | (uint)(id + 1));

    private void Link(ulong bucket)
    {
        var mask = _buckets.Length - 1;
        var i = (int)HashIn(bucket) & mask;
        while (_buckets[i] != 0)
        {
            i = (i + 1) & mask;
        }

        _buckets[i] = bucket;
    }

    private void Unlink(uint hash, int id)
    {
        var mask = _buckets.Length - 1;
        var i = (int)hash & mask;
        while (IdIn(_buckets[i]) != id)
        {
            i = (i + 1) & mask;
        }

        // Entries behind the hole move up, so that searches need no tombstones.
        for (var j = (i + 1) & mask; _buckets[j] != 0; j = (j + 1) & mask)
        {
            var home = (int)HashIn(_buckets[j]) & mask;
            if (((j - home) & mask) >= ((j - i) & mask))
            {
                _buckets[i] = _buckets[j];
                i = j;
            }
        }

        _buckets[i] = 0;
    }

    private void Rehash(int size)
    {
        var old = _buckets;
        _buckets = new ulong[size];
        foreach (var bucket in old)
        {
            if (bucket != 0)
            {
                Link(bucket);
            }
        }
    }
}
