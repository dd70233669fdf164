using System.Buffers;

namespace Streaming.Broker.Log;

/// <summary>What a decoder writes to: a pooled buffer that grows up to a limit and can be copied from behind.</summary>
internal sealed class OutputBuffer(int capacity, int limit) : IDisposable
{
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(Math.Min(capacity, limit));
    private int _length;

    public int Length => _length;

    /// <summary>Free space of at least so many bytes; what was filled is told by <see cref="Advance"/>.</summary>
    public Span<byte> Free(int atLeast)
    {
        Reserve(atLeast);
        return _buffer.AsSpan(_length);
    }

    public void Advance(int count) => _length += count;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Repeats bytes that were written before; source and target may overlap, which repeats a pattern.</summary>
    public void CopyBack(int distance, int count)
    {
        if (distance <= 0 || distance > _length)
        {
            throw new InvalidDataException("a back reference points before the beginning");
        }

        Reserve(count);
        var buffer = _buffer!;
        if (distance >= count)
        {
            buffer.AsSpan(_length - distance, count).CopyTo(buffer.AsSpan(_length));
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                buffer[_length + i] = buffer[_length + i - distance];
            }
        }

        _length += count;
    }

    public DecompressedRecords Detach()
    {
        var records = new DecompressedRecords(_buffer!, _length);
        _buffer = null;
        return records;
    }

    public void Dispose()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Reserve(int count)
    {
        if (count > limit - _length)
        {
            throw new InvalidDataException("a batch decompresses to more than the limit");
        }

        if (_buffer!.Length - _length >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(limit, Math.Max((long)_length + count, _buffer.Length * 2L)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
