using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>
/// The record cache of one store: the changes that are yet to be forwarded, one per key, from the value that the
/// successors know to the newest. The least recently changed go first when the bytes are used up.
/// </summary>
internal sealed class TableCache<K, V>(
    TaskContext context, Receiver<K, Change<V>> next, bool sendsOld, Codec<K> keys, Codec<V> values, CacheBudget budget)
{
    private const int None = -1;

    private readonly MemoryTable _ids = new(reclaims: true);
    private readonly ByteWriter _writer = new();
    private readonly List<(bool Added, Entry Before)> _undo = [];
    private readonly List<byte[]> _undoKeys = [];
    private readonly Stack<int> _free = new();
    private Entry[] _entries = new Entry[16];
    private int _high;
    private int _oldest = None;
    private int _newest = None;
    private long _bytes;

    public void Add(K key, V newValue, bool hasNew, V oldValue, bool hasOld, long timestamp)
    {
        _writer.Reset();
        keys.Write(key, _writer);
        var keyLength = _writer.Length;
        if (hasNew)
        {
            values.Write(newValue, _writer);
        }

        var size = _writer.Length + 128;
        var keyBytes = _writer.Written[..keyLength];
        var id = _ids.Find(keyBytes);
        var saved = context.Record.Keep() with { Timestamp = timestamp };
        if (id >= 0)
        {
            var slot = SlotOf(id);
            ref var entry = ref _entries[slot];
            Remember(slot, added: false, keyBytes);
            Count(size - entry.Size);
            entry.New = newValue;
            entry.HasNew = hasNew;
            entry.Context = saved;
            entry.Size = size;
            Unlink(slot);
            Append(slot);
        }
        else
        {
            var slot = NewSlot(keyBytes, out id);
            _entries[slot] = new Entry
            {
                Id = id, Key = key, New = newValue, HasNew = hasNew, Old = oldValue, HasOld = hasOld, Context = saved, Size = size,
            };
            Append(slot);
            Remember(slot, added: true, keyBytes);
            Count(size);
        }

        while (budget.IsExceeded && _oldest != None)
        {
            Emit(_oldest);
        }
    }

    public void Flush()
    {
        // Forwarding may lead back here only from above, never into this cache: the topology has no cycles.
        while (_oldest != None)
        {
            Emit(_oldest);
        }
    }

    public void AcceptRecord()
    {
        if (_undo.Count > 0)
        {
            _undo.Clear();
            _undoKeys.Clear();
        }
    }

    public void RollbackRecord()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            var (added, before) = _undo[i];
            var id = _ids.Find(_undoKeys[i]);
            if (id < 0)
            {
                // Evicted within the failed record: what it forwarded is taken back with the record,
                // so that the change it replaced waits again.
                if (added)
                {
                    continue;
                }

                var again = NewSlot(_undoKeys[i], out id);
                _entries[again] = before with { Id = id };
                Count(before.Size);
                Append(again);
                continue;
            }

            var slot = SlotOf(id);
            if (added)
            {
                Drop(slot);
            }
            else
            {
                Count(before.Size - _entries[slot].Size);
                var (newer, older) = (_entries[slot].Newer, _entries[slot].Older);
                _entries[slot] = before with { Id = id, Newer = newer, Older = older };
            }
        }

        AcceptRecord();
    }

    /// <summary>Gives back its share.</summary>
    public void Close() => Count(-_bytes);

    private void Count(long bytes)
    {
        _bytes += bytes;
        budget.Add(bytes);
    }

    private void Emit(int slot)
    {
        var entry = _entries[slot];
        Remember(slot, added: false, _ids.Key(entry.Id));
        Drop(slot);
        if (!entry.HasNew && !entry.HasOld)
        {
            return;
        }

        var saved = context.Record.Save();
        context.Record.Restore(entry.Context);
        next.Receive(entry.Key, sendsOld
            ? new Change<V>(entry.New, entry.HasNew, entry.Old, entry.HasOld)
            : new Change<V>(entry.New, entry.HasNew, default!, false));
        context.Record.Restore(saved);
    }

    private int SlotOf(int id) => BitConverter.ToInt32(_ids.Value(id));

    private int NewSlot(ReadOnlySpan<byte> key, out int id)
    {
        var slot = _free.Count > 0 ? _free.Pop() : _high++;
        if (slot == _entries.Length)
        {
            Array.Resize(ref _entries, slot * 2);
        }

        Span<byte> bytes = stackalloc byte[4];
        BitConverter.TryWriteBytes(bytes, slot);
        id = _ids.Put(key, bytes, tombstone: false, 0, inPlace: true, out _);
        return slot;
    }

    private void Remember(int slot, bool added, ReadOnlySpan<byte> key)
    {
        if (context.CanRollback)
        {
            _undo.Add((added, _entries[slot]));
            _undoKeys.Add(key.ToArray());
        }
    }

    private void Drop(int slot)
    {
        _ids.Remove(_entries[slot].Id);
        Unlink(slot);
        Count(-_entries[slot].Size);
        _entries[slot] = default;
        _free.Push(slot);
    }

    private void Append(int slot)
    {
        _entries[slot].Older = _newest;
        _entries[slot].Newer = None;
        if (_newest != None)
        {
            _entries[_newest].Newer = slot;
        }

        _newest = slot;
        if (_oldest == None)
        {
            _oldest = slot;
        }
    }

    private void Unlink(int slot)
    {
        ref var entry = ref _entries[slot];
        if (entry.Older != None)
        {
            _entries[entry.Older].Newer = entry.Newer;
        }
        else
        {
            _oldest = entry.Newer;
        }

        if (entry.Newer != None)
        {
            _entries[entry.Newer].Older = entry.Older;
        }
        else
        {
            _newest = entry.Older;
        }
    }

    private record struct Entry
    {
        /// <summary>The key's entry in the table of ids.</summary>
        public int Id;
        public K Key;
        public V New;
        public V Old;
        public RecordContext.Saved Context;
        public bool HasNew;
        public bool HasOld;
        public int Size;
        public int Older;
        public int Newer;
    }
}
