using Streaming.Streams.State;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Operators;

/// <summary>
/// The record cache of one store: the changes that are yet to be forwarded, one per key, from the value that the
/// successors know to the newest. The least recently changed go first when the bytes are used up.
/// Each is the companion of an uncommitted write of the store: it comes with the write, and has left when the commit, of
/// which <see cref="Flush"/> is the beginning, empties the table of those.
/// </summary>
/// <param name="context">The task.</param>
/// <param name="next">Receives the changes.</param>
/// <param name="sendsOld">Whether it is told what a key held before.</param>
/// <param name="written">The store's uncommitted writes.</param>
/// <param name="budget">The bytes that all caches of the instance share.</param>
internal sealed class TableCache<K, V>(
    TaskContext context, Receiver<K, Change<V>> next, bool sendsOld, MemoryTable written, CacheBudget budget)
{
    private const int None = -1, Overhead = 128;

    /// <summary>By the write's entry: the change's slot + 1, 0 where none waits.</summary>
    private int[] _slots = new int[16];
    private Waiting[] _waiting = new Waiting[16];
    private readonly Stack<int> _free = new();
    private readonly List<(int Entry, bool Waited, Waiting Before)> _undo = [];
    private int _high;
    private int _oldest = None;
    private int _newest = None;
    private long _bytes;

    /// <param name="entry">The entry of the store's write.</param>
    /// <param name="key">The key.</param>
    /// <param name="newValue">What it holds now.</param>
    /// <param name="hasNew">False: it was deleted.</param>
    /// <param name="oldValue">What it held before.</param>
    /// <param name="hasOld">False: it was not there.</param>
    /// <param name="timestamp">Time of the change.</param>
    public void Add(int entry, K key, V newValue, bool hasNew, V oldValue, bool hasOld, long timestamp)
    {
        ref var write = ref written.Entry(entry);
        var size = write.KeyLength + Math.Max(0, write.ValueLength) + Overhead;
        var saved = context.Record.Keep() with { Timestamp = timestamp };
        Remember(entry);
        var slot = SlotOf(entry);
        if (slot != None)
        {
            Unlink(slot);
            (oldValue, hasOld) = (_waiting[slot].Old, _waiting[slot].HasOld);
        }
        else
        {
            slot = NewSlot(entry);
        }

        Fill(slot, new Waiting
        {
            Entry = entry, Key = key, New = newValue, HasNew = hasNew, Old = oldValue, HasOld = hasOld, Context = saved, Size = size,
        });
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

    public void AcceptRecord() => _undo.Clear();

    /// <summary>
    /// Also of what was evicted within the failed record: what it forwarded is taken back with the record, so that the
    /// change waits again.
    /// </summary>
    public void RollbackRecord()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            var (entry, waited, before) = _undo[i];
            var slot = SlotOf(entry);
            if (slot != None)
            {
                Drop(slot);
            }

            if (waited)
            {
                Fill(NewSlot(entry), before);
            }
        }

        _undo.Clear();
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
        var change = _waiting[slot];
        Remember(change.Entry);
        Drop(slot);
        if (!change.HasNew && !change.HasOld)
        {
            return;
        }

        var saved = context.Record.Save();
        context.Record.Restore(change.Context);
        next.Receive(change.Key, sendsOld
            ? new Change<V>(change.New, change.HasNew, change.Old, change.HasOld)
            : new Change<V>(change.New, change.HasNew, default!, false));
        context.Record.Restore(saved);
    }

    private void Remember(int entry)
    {
        if (context.CanRollback)
        {
            var slot = SlotOf(entry);
            _undo.Add((entry, slot != None, slot == None ? default : _waiting[slot]));
        }
    }

    private int SlotOf(int entry) => entry < _slots.Length ? _slots[entry] - 1 : None;

    private int NewSlot(int entry)
    {
        var slot = _free.Count > 0 ? _free.Pop() : _high++;
        if (slot == _waiting.Length)
        {
            Array.Resize(ref _waiting, slot * 2);
        }

        if (entry >= _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(entry + 1, _slots.Length * 2));
        }

        _slots[entry] = slot + 1;
        return slot;
    }

    /// <summary>Makes a change the newest.</summary>
    private void Fill(int slot, in Waiting change)
    {
        Count(change.Size - _waiting[slot].Size);
        _waiting[slot] = change;
        _waiting[slot].Older = _newest;
        _waiting[slot].Newer = None;
        if (_newest != None)
        {
            _waiting[_newest].Newer = slot;
        }

        _newest = slot;
        if (_oldest == None)
        {
            _oldest = slot;
        }
    }

    private void Drop(int slot)
    {
        Unlink(slot);
        Count(-_waiting[slot].Size);
        _slots[_waiting[slot].Entry] = 0;
        _waiting[slot] = default;
        _free.Push(slot);
    }

    private void Unlink(int slot)
    {
        ref var change = ref _waiting[slot];
        if (change.Older != None)
        {
            _waiting[change.Older].Newer = change.Newer;
        }
        else
        {
            _oldest = change.Newer;
        }

        if (change.Newer != None)
        {
            _waiting[change.Newer].Older = change.Older;
        }
        else
        {
            _newest = change.Older;
        }
    }

    private struct Waiting
    {
        /// <summary>The write's entry.</summary>
        public int Entry;
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
