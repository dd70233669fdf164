namespace Streaming.Streams.Runtime.RocksDb;

/// <summary>A table file in the making: keys in ascending order, each once.</summary>
internal sealed unsafe class SortedFile : IDisposable
{
    private readonly string _path;
    private readonly nint _environment = RocksDbLibrary.EnvironmentOptionsCreate();
    private readonly nint _writer;
    private byte[] _value = new byte[256];

    public SortedFile(nint options, string path)
    {
        _path = path;
        _writer = RocksDbLibrary.FileWriterCreate(_environment, options);
        byte* error = null;
        RocksDbLibrary.FileWriterOpen(_writer, path, &error);
        Check(error);
    }

    public void Add(ReadOnlySpan<byte> key, bool tombstone, ReadOnlySpan<byte> value, long timestamp)
    {
        byte* error = null;
        fixed (byte* k = key)
        {
            if (tombstone)
            {
                RocksDbLibrary.FileWriterDelete(_writer, k, (nuint)key.Length, &error);
            }
            else
            {
                var stored = StoredValue.Write(value, timestamp, ref _value);
                fixed (byte* v = stored) RocksDbLibrary.FileWriterPut(_writer, k, (nuint)key.Length, v, (nuint)stored.Length, &error);
            }
        }
        Check(error);
    }

    /// <summary>Writes the rest; there is at least one entry.</summary>
    public void Finish()
    {
        byte* error = null;
        RocksDbLibrary.FileWriterFinish(_writer, &error);
        Check(error);
    }

    private void Check(byte* error) => RocksDbLibrary.ThrowOn(error, $"writing {_path}");

    public void Dispose()
    {
        RocksDbLibrary.FileWriterDestroy(_writer);
        RocksDbLibrary.EnvironmentOptionsDestroy(_environment);
    }
}
