using Streaming.Streams.State;

namespace Streaming.Streams.Runtime.RocksDb;

/// <summary>
/// Entries of one or several key ranges of a database in the order of their keys, each range below its own prefix.
/// With a snapshot it belongs to a reader of another thread, and keeps the database open.
/// </summary>
internal sealed unsafe class RocksDbCursor : TableCursor
{
    private readonly RocksDbDatabase _database;
    private readonly nint _readOptions;
    private readonly nint _snapshot;
    private readonly TableCursor _cursor;
    private bool _disposed;

    public RocksDbCursor(RocksDbDatabase database, nint readOptions, nint snapshot, byte[][] prefixes, KeyRange range)
    {
        (_database, _readOptions, _snapshot) = (database, readOptions, snapshot);
        TableCursor[] parts = [.. prefixes.Select(p => new Part(RocksDbLibrary.IteratorCreate(database.Handle, readOptions), p, range))];
        _cursor = parts is [var single] ? single : new MergedCursor(parts, range.Reverse, skipTombstones: false);
    }

    public override ReadOnlySpan<byte> Key => _cursor.Key;

    public override ReadOnlySpan<byte> Value => _cursor.Value;

    public override bool IsTombstone => false;

    public override long Timestamp => _cursor.Timestamp;

    public override bool MoveNext() => !_disposed && _cursor.MoveNext();

    public override void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _cursor.Dispose();
        RocksDbLibrary.ReadOptionsDestroy(_readOptions);
        if (_snapshot == 0) return;
        RocksDbLibrary.SnapshotRelease(_database.Handle, _snapshot);
        _database.Exit();
    }

    private sealed class Part(nint iterator, byte[] prefix, KeyRange range) : TableCursor
    {
        private bool _started, _disposed;

        public override ReadOnlySpan<byte> Key => Physical[prefix.Length..];

        public override ReadOnlySpan<byte> Value
        {
            get
            {
                var value = Stored;
                StoredValue.Split(ref value);
                return value;
            }
        }

        public override bool IsTombstone => false;

        public override long Timestamp
        {
            get
            {
                var value = Stored;
                return StoredValue.Split(ref value);
            }
        }

        private ReadOnlySpan<byte> Physical
        {
            get
            {
                nuint length;
                var bytes = RocksDbLibrary.IteratorKey(iterator, &length);
                return new(bytes, (int)length);
            }
        }

        private ReadOnlySpan<byte> Stored
        {
            get
            {
                nuint length;
                var bytes = RocksDbLibrary.IteratorValue(iterator, &length);
                return new(bytes, (int)length);
            }
        }

        public override bool MoveNext()
        {
            if (!_started) Start();
            else if (range.Reverse) RocksDbLibrary.IteratorPrevious(iterator);
            else RocksDbLibrary.IteratorNext(iterator);
            _started = true;
            return RocksDbLibrary.IteratorValid(iterator) != 0 && Physical.StartsWith(prefix)
                && !(range.Reverse ? range.IsBelow(Key) : range.IsAbove(Key));
        }

        private void Start()
        {
            if (!range.Reverse)
            {
                Seek(range.From, previous: false);
                return;
            }
            // The last key that may be in range; a prefix's bound is the first key behind all that have it.
            if (range.To is not null) Seek(range.To, previous: true);
            else if (Successor(range.Prefix) is { } bound) Seek(bound, previous: true);
            else SeekBefore(Successor(prefix)!);
            while (RocksDbLibrary.IteratorValid(iterator) != 0 && Physical.StartsWith(prefix) && range.IsAbove(Key)) RocksDbLibrary.IteratorPrevious(iterator);
        }

        private void Seek(byte[]? key, bool previous)
        {
            byte[] physical = [.. prefix, .. key ?? []];
            fixed (byte* k = physical)
            {
                if (previous) RocksDbLibrary.IteratorSeekForPrevious(iterator, k, (nuint)physical.Length);
                else RocksDbLibrary.IteratorSeek(iterator, k, (nuint)physical.Length);
            }
        }

        /// <summary>Goes to the last key below a bound that no key is equal to but one of the next range.</summary>
        private void SeekBefore(byte[] bound)
        {
            fixed (byte* k = bound) RocksDbLibrary.IteratorSeekForPrevious(iterator, k, (nuint)bound.Length);
            if (RocksDbLibrary.IteratorValid(iterator) != 0 && !Physical.StartsWith(prefix)) RocksDbLibrary.IteratorPrevious(iterator);
        }

        private static byte[]? Successor(byte[]? prefix)
        {
            for (var i = (prefix?.Length ?? 0) - 1; i >= 0; i--)
            {
                if (prefix![i] == 0xff) continue;
                var next = prefix[..(i + 1)];
                next[i]++;
                return next;
            }
            return null;
        }

        public override void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            RocksDbLibrary.IteratorDestroy(iterator);
        }
    }
}
