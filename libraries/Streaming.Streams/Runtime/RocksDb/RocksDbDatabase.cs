using System.Runtime.InteropServices;
using Streaming.Streams.State;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Runtime.RocksDb;

/// <summary>One open database; the block cache is one for the process.</summary>
internal sealed unsafe class RocksDbDatabase : IDisposable
{
    private const int Lz4 = 4, ErrorsOnly = 3, CountsNothing = 1;
    private const nuint CacheBytes = 128 << 20, WriteBufferBytes = 16 << 20;

    private static readonly Lazy<nint> s_cache = new(static () => RocksDbLibrary.LruCache(CacheBytes));

    private readonly string _path;
    private readonly nint _options;
    private readonly nint _writeOptions;
    private readonly object _open = new();
    private int _readers;
    private bool _closed;

    public RocksDbDatabase(string path)
    {
        if (!RocksDbLibrary.IsAvailable)
            throw new ProcessorStateException("a store on disk needs RocksDB's C library, which is not installed (Debian: apt-get install librocksdb7.8). Install it, or keep the store in memory");
        _path = path;
        Directory.CreateDirectory(path);
        File.Delete(ImportFile); // of a process that died while it wrote it
        _options = RocksDbLibrary.OptionsCreate();
        RocksDbLibrary.SetCreateIfMissing(_options, 1);
        RocksDbLibrary.SetWriteBufferSize(_options, WriteBufferBytes);
        RocksDbLibrary.SetMaxWriteBuffers(_options, 3);
        RocksDbLibrary.SetCompression(_options, Lz4);
        RocksDbLibrary.SetInfoLogLevel(_options, ErrorsOnly);
        RocksDbLibrary.SetKeepLogFiles(_options, 1);
        RocksDbLibrary.SetMaxOpenFiles(_options, 256);
        RocksDbLibrary.SetDynamicLevels(_options, 1);
        var table = RocksDbLibrary.TableOptionsCreate();
        RocksDbLibrary.SetBlockCache(table, s_cache.Value);
        RocksDbLibrary.SetFilter(table, RocksDbLibrary.BloomFilter(10)); // the table options own it
        RocksDbLibrary.SetTableOptions(_options, table);
        RocksDbLibrary.TableOptionsDestroy(table);
        // The changelog is the log: what a crash takes from the memory tables is read again from there.
        _writeOptions = RocksDbLibrary.WriteOptionsCreate();
        RocksDbLibrary.DisableWal(_writeOptions, 1);
        ReadOptions = RocksDbLibrary.ReadOptionsCreate();
        byte* error = null;
        Handle = RocksDbLibrary.Open(_options, path, &error);
        if (error == null) return;
        RocksDbLibrary.OptionsDestroy(_options);
        try
        {
            RocksDbLibrary.ThrowOn(error, $"opening the store at {path}");
        }
        catch (IOException e)
        {
            throw new ProcessorStateException(e.Message, e);
        }
    }

    public nint Handle { get; }

    public nint ReadOptions { get; }

    public void Write(nint batch)
    {
        byte* error = null;
        RocksDbLibrary.SetPerfLevel(CountsNothing);
        RocksDbLibrary.Write(Handle, _writeOptions, batch, &error);
        RocksDbLibrary.ThrowOn(error, $"writing the store at {_path}");
    }

    /// <summary>Adds a table's entries, newer than all that is here, as a file of their own.</summary>
    public void Import(MemoryTable entries)
    {
        using (var file = new SortedFile(_options, ImportFile))
        {
            using var cursor = new MemoryTableCursor(entries, default);
            while (cursor.MoveNext()) file.Add(cursor.Key, cursor.IsTombstone, cursor.Value, cursor.Timestamp);
            file.Finish();
        }
        var options = RocksDbLibrary.IngestOptionsCreate();
        RocksDbLibrary.SetMoveFiles(options, 1);
        byte* error = null;
        var name = Marshal.StringToCoTaskMemUTF8(ImportFile);
        RocksDbLibrary.Ingest(Handle, &name, 1, options, &error);
        Marshal.FreeCoTaskMem(name);
        RocksDbLibrary.IngestOptionsDestroy(options);
        RocksDbLibrary.ThrowOn(error, $"adding a file to the store at {_path}");
    }

    private string ImportFile => Path.Combine(_path, "restored.sst");

    public long Property(string name)
    {
        ulong value = 0;
        if (!TryEnter()) return 0;
        var known = RocksDbLibrary.Property(Handle, name, &value) == 0;
        Exit();
        return known ? (long)value : 0;
    }

    /// <summary>Keeps the database open for a reader of another thread, which may exit on yet another; false when it is closed.</summary>
    public bool TryEnter()
    {
        lock (_open)
        {
            if (_closed) return false;
            _readers++;
            return true;
        }
    }

    public void Exit()
    {
        lock (_open)
        {
            if (--_readers == 0) Monitor.PulseAll(_open);
            if (_readers > 0 || !_abandoned) return;
        }
        Close();
    }

    private bool _abandoned;

    /// <summary>Flushes and closes; readers get a while to finish, and the last of them closes if they take longer.</summary>
    public void Dispose()
    {
        lock (_open)
        {
            if (_closed) return;
            _closed = true;
            var until = Environment.TickCount64 + 10_000;
            while (_readers > 0 && Environment.TickCount64 < until) Monitor.Wait(_open, 1000);
            if (_readers > 0)
            {
                _abandoned = true;
                return;
            }
        }
        Close();
    }

    private void Close()
    {
        var flush = RocksDbLibrary.FlushOptionsCreate();
        byte* error = null;
        RocksDbLibrary.Flush(Handle, flush, &error);
        if (error != null) RocksDbLibrary.Free(error); // read again from the changelog, then
        RocksDbLibrary.FlushOptionsDestroy(flush);
        RocksDbLibrary.Close(Handle);
        RocksDbLibrary.ReadOptionsDestroy(ReadOptions);
        RocksDbLibrary.WriteOptionsDestroy(_writeOptions);
        RocksDbLibrary.OptionsDestroy(_options);
    }
}
