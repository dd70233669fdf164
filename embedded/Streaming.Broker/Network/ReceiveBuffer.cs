using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Streaming.Broker.Network;

/// <summary>
/// Receives frames from a socket that does not block. The buffer is small while nothing comes and grows with what really
/// arrives rather than with what a client claims. A large frame takes its whole size from the shared budget, at once and
/// before it holds any other part of it, so that clients never wait for each other in a circle.
/// </summary>
internal sealed class ReceiveBuffer(Socket socket, ISocketReadiness readiness, ByteBudget budget, int maxFrame, CancellationToken aborted) : IDisposable
{
    private const int SmallSize = 4 * 1024;
    private const int Unbudgeted = 64 * 1024;
    private const int GrowthStep = 1024 * 1024;
    private const int Turn = 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallSize);
    private long _budgeted;
    private int _turn;
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
        if (_start == _end && _buffer.Length > Unbudgeted && socket.Available == 0)
        {
            Shrink(SmallSize);
        }

        if (!await FillAsync(4, onFirstByte).ConfigureAwait(false))
        {
            return default;
        }

        var size = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(_start));
        if (size <= 0 || size > maxFrame)
        {
            return default;
        }

        if (_budgeted > 0 && (4 + size > _budgeted || 4 + size <= Unbudgeted))
        {
            Shrink(Unbudgeted); // what the frame before took is too little for this one, or more than it needs
        }

        if (!await FillAsync(4 + size, onFirstByte).ConfigureAwait(false))
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

            // Never more than a little of what follows a frame: it would be held on a budget that is not its own.
            var wanted = Math.Min(Math.Max(needed, Unbudgeted) - (_end - _start), _buffer.Length - _end);
            if (Receive(_buffer.AsSpan(_end, wanted)) is not { } received)
            {
                await readiness.WaitAsync().ConfigureAwait(false);
                _turn = 0;
                continue;
            }

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

    /// <summary>
    /// How much came, 0 at the end of the stream; null when there is nothing yet, or when it is the turn of others: a client
    /// that sends without a break must not keep the thread from those that it watches besides.
    /// </summary>
    private int? Receive(Span<byte> into)
    {
        if (_turn >= Turn)
        {
            return null;
        }

        var received = socket.Receive(into, SocketFlags.None, out var error);
        switch (error)
        {
            case SocketError.Success:
                _turn += received;
                return received;
            case SocketError.WouldBlock:
                return null;
            default:
                throw new SocketException((int)error);
        }
    }

    /// <summary>First to what is granted to everyone: a claim alone, without that many bytes behind it, costs nobody anything.</summary>
    private async ValueTask GrowAsync(int needed)
    {
        var size = Math.Min(needed, _buffer.Length < Unbudgeted ? Unbudgeted : _buffer.Length + GrowthStep);
        if (size > Unbudgeted && _budgeted == 0)
        {
            await budget.AcquireAsync(needed, aborted).ConfigureAwait(false);
            _budgeted = needed;
        }

        Replace(size);
    }

    private void Replace(int size)
    {
        var other = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(_start, _end - _start).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _end, _start) = (other, _end - _start, 0);
    }

    private void Shrink(int size)
    {
        Replace(size);
        Settle();
    }

    private void ReturnBuffer()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        Settle();
    }

    private void Settle()
    {
        if (_budgeted > 0)
        {
            budget.Release(_budgeted);
            _budgeted = 0;
        }
    }
}
