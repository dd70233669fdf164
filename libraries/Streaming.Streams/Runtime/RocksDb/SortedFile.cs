using System.Buffers.Binary;

namespace Streaming.Streams.Runtime.RocksDb;

/// <summary>A table file in the making: keys in ascending order, each once; values behind their timestamps.</summary>
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
                if (_value.Length < value.Length + 8) _value = new byte[(value.Length + 8) * 2];
                BinaryPrimitives.WriteInt64BigEndian(_value, timestamp);
                value.CopyTo(_value.AsSpan(8));
                fixed (byte* v = _value) RocksDbLibrary.FileWriterPut(_writer, k, (nuint)key.Length, v, (nuint)(value.Length + 8), &error);
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
