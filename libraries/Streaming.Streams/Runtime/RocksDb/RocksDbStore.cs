using System.Buffers.Binary;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime.RocksDb;

/// <summary>
/// A store on disk. Its changelog position lies in the database itself and is written together with data that is at
/// least as new: after a crash, reading the changelog again from there yields the state before it.
/// Windows and sessions lie in segments of time, each a range of keys of its own that is dropped as a whole.
/// </summary>
internal sealed unsafe class RocksDbStore : CommittedStore
{
    private const byte MetaTag = 0, DataTag = 1, SegmentTag = 2;
    private const long ShortestSegmentMs = 60_000;
    private const long HeldByAll = 64 << 20, HeldAtLeast = 1 << 20;
    private static readonly byte[] s_offsetKey = [MetaTag, (byte)'o'];
    private static readonly byte[] s_segmentsKey = [MetaTag, (byte)'s'];

    /// <summary>Stores of the process that hold records back, and share the memory for it.</summary>
    private static int s_holding;

    private readonly RocksDbDatabase _database;
    private readonly KeyLayout _layout;
    private readonly bool _segmented;
    private readonly long _segmentMs;
    private readonly SortedSet<long> _segments = [];
    private readonly long _heldBytes;
    private nint _batch = RocksDbLibrary.BatchCreate();
    private MemoryTable? _held;
    private Task<MemoryTable>? _importing;
    private byte[] _key = new byte[64];
    private byte[] _value = new byte[256];
    private nint _pinned;
    private long _offset = -1;
    private bool _segmentsChanged;

    /// <param name="path">Its folder.</param>
    /// <param name="spec">What it holds.</param>
    /// <param name="heldBytes">How much of a restoration is put in order in memory before it becomes a file.</param>
    public RocksDbStore(string path, StoreSpec spec, long heldBytes = 8 << 20)
    {
        _heldBytes = heldBytes;
        _database = new(path);
        _layout = new(spec.Kind);
        _segmented = spec.Kind != StoreKind.KeyValue;
        // As many segments as Java's default: retention covers two.
        _segmentMs = Math.Max(spec.RetentionMs / 2, ShortestSegmentMs);
        if (Read(s_offsetKey) is { Length: 8 } offset) _offset = BinaryPrimitives.ReadInt64BigEndian(offset);
        var segments = Read(s_segmentsKey) ?? [];
        for (var i = 0; i + 8 <= segments.Length; i += 8) _segments.Add(BinaryPrimitives.ReadInt64BigEndian(segments.AsSpan(i)));
    }

    /// <summary>Opens the store of a task below its instance's directory; without one (the test driver) it lives in memory.</summary>
    public static CommittedStore Open(StorePlan plan, TaskId task, IStreamConfig config) =>
        config.Get(RuntimeConfig.InstanceDirectory) is string directory
            ? new RocksDbStore(Path.Combine(directory, task.ToString(), "rocksdb", FolderOf(plan)), plan.Spec)
            : new MemoryStore(plan.Spec);

    // An offset on disk is one of its topic's; no store is named so.
    private static string FolderOf(StorePlan plan) => plan.RestoresFromSource ? $"{plan.Name}@source" : plan.Name;

    public override long ChangelogOffset => _offset;

    public override long Count => _database.Property("rocksdb.estimate-num-keys");

    public override long Bytes => _database.Property("rocksdb.estimate-live-data-size");

    public override bool TryGet(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out long timestamp)
    {
        Unpin();
        _pinned = Find(Physical(key, ref _key), out value);
        timestamp = StoredValue.Split(ref value);
        return _pinned != 0;
    }

    public override bool TryRead(ReadOnlySpan<byte> key, out byte[] value, out long timestamp)
    {
        (value, timestamp) = ([], -1);
        if (!_database.TryEnter()) return false;
        try
        {
            byte[] buffer = new byte[key.Length + 9];
            var pinned = Find(Physical(key, ref buffer), out var found);
            if (pinned == 0) return false;
            timestamp = StoredValue.Split(ref found);
            value = found.ToArray();
            RocksDbLibrary.PinnedDestroy(pinned);
            return true;
        }
        finally
        {
            _database.Exit();
        }
    }

    private byte[]? Read(ReadOnlySpan<byte> physical)
    {
        var pinned = Find(physical, out var value);
        if (pinned == 0) return null;
        var copy = value.ToArray();
        RocksDbLibrary.PinnedDestroy(pinned);
        return copy;
    }

    private nint Find(ReadOnlySpan<byte> physical, out ReadOnlySpan<byte> value)
    {
        byte* error = null;
        nint pinned;
        fixed (byte* k = physical) pinned = RocksDbLibrary.GetPinned(_database.Handle, _database.ReadOptions, k, (nuint)physical.Length, &error);
        RocksDbLibrary.ThrowOn(error, "reading a store");
        value = default;
        if (pinned == 0) return 0;
        nuint length;
        var bytes = RocksDbLibrary.PinnedValue(pinned, &length);
        value = new(bytes, (int)length);
        return pinned;
    }

    private long SegmentOf(ReadOnlySpan<byte> key) => key.Length < _layout.SuffixLength ? 0 : Math.Max(0, _layout.TimeOf(key)) / _segmentMs;

    private Span<byte> Physical(ReadOnlySpan<byte> key, ref byte[] buffer)
    {
        if (buffer.Length < key.Length + 9) buffer = new byte[(key.Length + 9) * 2];
        var at = 1;
        if (_segmented)
        {
            buffer[0] = SegmentTag;
            BinaryPrimitives.WriteInt64BigEndian(buffer.AsSpan(1), SegmentOf(key));
            at = 9;
        }
        else
        {
            buffer[0] = DataTag;
        }
        key.CopyTo(buffer.AsSpan(at));
        return buffer.AsSpan(0, at + key.Length);
    }

    private void Unpin()
    {
        if (_pinned != 0) RocksDbLibrary.PinnedDestroy(_pinned);
        _pinned = 0;
    }

    public override void BeginBatch()
    {
        if (_held is null) RocksDbLibrary.BatchClear(_batch);
    }

    public override void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long timestamp)
    {
        if (_segmented && _segments.Add(SegmentOf(key))) _segmentsChanged = true;
        if (_held is { } held)
        {
            held.Put(Physical(key, ref _key), value, tombstone: false, timestamp, inPlace: true, out _);
            return;
        }
        var stored = StoredValue.Write(value, timestamp, ref _value);
        var physical = Physical(key, ref _key);
        fixed (byte* k = physical, v = stored) RocksDbLibrary.BatchPut(_batch, k, (nuint)physical.Length, v, (nuint)stored.Length);
    }

    public override void Remove(ReadOnlySpan<byte> key)
    {
        var physical = Physical(key, ref _key);
        if (_held is { } held)
        {
            held.Put(physical, default, tombstone: true, 0, inPlace: true, out _);
            return;
        }
        fixed (byte* k = physical) RocksDbLibrary.BatchDelete(_batch, k, (nuint)physical.Length);
    }

    public override void ExpireBefore(long time)
    {
        if (!_segmented) return;
        while (_segments.Count > 0 && (_segments.Min + 1) * _segmentMs <= time)
        {
            var from = SegmentPrefix(_segments.Min);
            var to = SegmentPrefix(_segments.Min + 1);
            fixed (byte* f = from, t = to) RocksDbLibrary.BatchDeleteRange(_batch, f, (nuint)from.Length, t, (nuint)to.Length);
            _segments.Remove(_segments.Min);
            _segmentsChanged = true;
        }
    }

    /// <summary>
    /// A memory table of RocksDB's is a skip list, in which each record looks for its place; sorted all at once and added
    /// as a file, the records of a long restoration take a third of the time.
    /// </summary>
    public override void HoldBatch(long changelogOffset)
    {
        if (_held is null)
        {
            EndBatch(changelogOffset);
            _held = new(reclaims: true);
            Interlocked.Increment(ref s_holding);
        }
        else if (_held.Bytes >= Math.Min(_heldBytes, Math.Max(HeldByAll / Volatile.Read(ref s_holding), HeldAtLeast)))
        {
            Import(changelogOffset);
        }
    }

    public override bool HoldsBatches => _held is not null;

    public override void Settle(long changelogOffset)
    {
        if (_held is null || _importing is { IsCompleted: false }) return;
        if (_held.Count > 0) Import(changelogOffset);
        else EndBatch(changelogOffset);
    }

    public override void EndBatch(long changelogOffset)
    {
        if (_held is not null)
        {
            if (_held.Count > 0) Import(changelogOffset);
            _importing?.GetAwaiter().GetResult();
            (_held, _importing) = (null, null);
            Interlocked.Decrement(ref s_holding);
        }
        Note(changelogOffset);
        Unpin();
        _database.Write(_batch);
        RocksDbLibrary.BatchClear(_batch);
    }

    /// <summary>
    /// Imports what is held on another thread, one import at a time; the next records fill the table of the one before.
    /// The offset comes after what it stands for: if the process dies in between, an imported file is read again from the
    /// changelog, to the same content.
    /// </summary>
    private void Import(long changelogOffset)
    {
        var empty = _importing?.GetAwaiter().GetResult() ?? new(reclaims: true);
        Note(changelogOffset);
        var (full, batch) = (_held!, _batch);
        (_held, _batch) = (empty, RocksDbLibrary.BatchCreate());
        _importing = Task.Run(() =>
        {
            try
            {
                _database.Import(full);
                _database.Write(batch);
            }
            finally
            {
                RocksDbLibrary.BatchDestroy(batch);
            }
            full.Clear();
            return full;
        });
    }

    /// <summary>Adds to the batch what is to be known of the content as of an offset.</summary>
    private void Note(long changelogOffset)
    {
        if (changelogOffset >= 0)
        {
            Span<byte> offset = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(offset, changelogOffset);
            PutMeta(s_offsetKey, offset);
            _offset = changelogOffset;
        }
        if (_segmentsChanged)
        {
            var segments = new byte[_segments.Count * 8];
            var i = 0;
            foreach (var segment in _segments) BinaryPrimitives.WriteInt64BigEndian(segments.AsSpan(i++ * 8), segment);
            PutMeta(s_segmentsKey, segments);
            lock (_segments) _visibleSegments = [.. _segments];
            _segmentsChanged = false;
        }
    }

    private long[]? _visibleSegments;

    private void PutMeta(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* k = key, v = value) RocksDbLibrary.BatchPut(_batch, k, (nuint)key.Length, v, (nuint)value.Length);
    }

    private static byte[] SegmentPrefix(long segment)
    {
        var prefix = new byte[9];
        prefix[0] = SegmentTag;
        BinaryPrimitives.WriteInt64BigEndian(prefix.AsSpan(1), segment);
        return prefix;
    }

    public override TableCursor Open(KeyRange range) => OpenAt(range, 0, ownsSnapshot: false);

    public override TableCursor OpenSnapshot(KeyRange range)
    {
        if (!_database.TryEnter()) return new MergedCursor([], range.Reverse, skipTombstones: false);
        return OpenAt(range, RocksDbLibrary.SnapshotCreate(_database.Handle), ownsSnapshot: true);
    }

    private RocksDbCursor OpenAt(KeyRange range, nint snapshot, bool ownsSnapshot)
    {
        var readOptions = RocksDbLibrary.ReadOptionsCreate();
        if (snapshot != 0) RocksDbLibrary.SetSnapshot(readOptions, snapshot);
        var prefixes = new List<byte[]>();
        if (_segmented)
        {
            long[] segments;
            lock (_segments) segments = _visibleSegments ??= [.. _segments];
            prefixes.AddRange(segments.Select(SegmentPrefix));
        }
        else
        {
            prefixes.Add([DataTag]);
        }
        return new RocksDbCursor(_database, readOptions, ownsSnapshot ? snapshot : 0, [.. prefixes], range);
    }

    public override void Dispose()
    {
        Unpin();
        _importing?.ContinueWith(static _ => { }, TaskScheduler.Default).Wait(); // its failure has no one to tell any more
        if (_held is not null) Interlocked.Decrement(ref s_holding);
        _held = null;
        RocksDbLibrary.BatchDestroy(_batch);
        _database.Dispose();
        base.Dispose();
    }
}
