using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Streaming.Broker.Network;

/// <summary>
/// Receives frames from a socket. The buffer is small while nothing comes, grows with what really arrives rather than
/// with what a client claims, and takes from the shared budget once it is large.
/// </summary>
internal sealed class ReceiveBuffer(Socket socket, ByteBudget budget, int maxFrame) : IDisposable
{
    private const int SmallSize = 4 * 1024;
    private const int Unbudgeted = 64 * 1024;
    private const int GrowthStep = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallSize);
    private long _budgeted;
    private int _start;
    private int _end;

    /// <summary>Whether bytes of an unfinished frame are held.</summary>
    public bool IsMidFrame => _end > _start;

    /// <summary>
    /// The next frame without its size; empty when the client has closed the connection or sent a size that no frame
    /// may have. Valid until the next call.
    /// </summary>
    public async ValueTask<ArraySegment<byte>> ReadFrameAsync(Action onFirstByte)
    {
        if (!await FillAsync(4, onFirstByte).ConfigureAwait(false))
        {
            return default;
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size <= 0 || size > maxFrame || !await FillAsync(4 + size, onFirstByte).ConfigureAwait(false))
        {
            return default;
        }

        var frame = new ArraySegment<byte>(_buffer, _start + 4, size);
        _start += 4 + size;
        return frame;
    }

    public void Dispose()
    {
        ReturnBuffer();
        _buffer = [];
    }

    private async ValueTask<bool> FillAsync(int needed, Action onFirstByte)
    {
        if (_start == _end)
        {
            _start = _end = 0;
            if (_buffer.Length > Unbudgeted && socket.Available == 0)
            {
                ReturnBuffer();
                _buffer = ArrayPool<byte>.Shared.Rent(SmallSize);
            }
        }

        while (_end - _start < needed)
        {
            if (_start > 0 && _start + needed > _buffer.Length)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                await GrowAsync(needed).ConfigureAwait(false);
            }

            var received = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None).ConfigureAwait(false);
            if (received == 0)
            {
                return false;
            }

            if (_end == _start)
            {
                onFirstByte();
            }

            _end += received;
        }

        return true;
    }

    private async ValueTask GrowAsync(int needed)
    {
        var size = Math.Min(needed, _buffer.Length + GrowthStep);
        if (size > Unbudgeted)
        {
            await budget.AcquireAsync(size).ConfigureAwait(false);
        }

        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        ReturnBuffer();
        _budgeted = size > Unbudgeted ? size : 0;
        (_buffer, _end, _start) = (larger, _end - _start, 0);
    }

    private void ReturnBuffer()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        if (_budgeted > 0)
        {
            budget.Release(_budgeted);
            _budgeted = 0;
        }
    }
}
