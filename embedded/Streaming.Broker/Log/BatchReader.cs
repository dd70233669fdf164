using System.Buffers;

namespace Streaming.Broker.Log;

/// <summary>Reads whole batches of a segment file one after the other, through a buffer that grows with the largest.</summary>
internal sealed class BatchReader(LogFile file, long end) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
    private long _start;
    private int _count;

    /// <summary>The batch at a position, valid until the next call; false where no whole batch is.</summary>
    public bool TryRead(long position, out Span<byte> batch)
    {
        var found = TryReadMemory(position, out var memory);
        batch = memory.Span;
        return found;
    }

    /// <summary>The batch at a position as memory, valid until the next call.</summary>
    public bool TryReadMemory(long position, out Memory<byte> batch)
    {
        batch = default;
        if (position + BatchHeader.Size > end || !TryFill(position, BatchHeader.Size))
        {
            return false;
        }

        var header = new BatchHeader(_buffer.AsSpan((int)(position - _start)));
        var length = header.Length;
        if (length < BatchHeader.Size - BatchHeader.Prefix || length > end - position - BatchHeader.Prefix)
        {
            return false;
        }

        var size = header.TotalSize;
        if (!TryFill(position, size))
        {
            return false;
        }

        batch = _buffer.AsMemory((int)(position - _start), size);
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool TryFill(long position, int size)
    {
        if (position >= _start && position + size <= _start + _count)
        {
            return true;
        }

        if (size > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }

        _start = position;
        _count = file.ReadFully(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - position)), position);
        return _count >= size;
    }
}
