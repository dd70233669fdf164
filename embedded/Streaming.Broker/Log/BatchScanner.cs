using System.Buffers;

namespace Streaming.Broker.Log;

/// <summary>Walks the batch headers of a segment file, reading ahead a few kilobytes at a time.</summary>
internal struct BatchScanner(LogFile file, long end) : IDisposable
{
    private const int Window = 8192;

    private byte[]? _buffer;
    private long _bufferStart;
    private int _buffered;

    /// <summary>The header at a position; false at the end or where no whole header is left.</summary>
    public bool TryHeader(long position, out BatchHeader header)
    {
        header = default;
        if (position + BatchHeader.Size > end)
        {
            return false;
        }

        _buffer ??= ArrayPool<byte>.Shared.Rent(Window);
        if (position < _bufferStart || position + BatchHeader.Size > _bufferStart + _buffered)
        {
            _bufferStart = position;
            _buffered = file.ReadFully(_buffer.AsSpan(0, (int)Math.Min(Window, end - position)), position);
            if (_buffered < BatchHeader.Size)
            {
                return false;
            }
        }

        header = new BatchHeader(_buffer.AsSpan((int)(position - _bufferStart), BatchHeader.Size));
        return header.Length >= BatchHeader.Size - BatchHeader.Prefix;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
