using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streaming.Broker.Protocol;

/// <summary>
/// Builds one response, or one stored record, in a pooled buffer. Log data of a fetch is not copied into it: a splice
/// marks where a range of a segment file belongs, and the connection reads it while sending.
/// </summary>
internal sealed class ProtocolWriter : IDisposable
{
    private byte[] _buffer;
    private int _length;
    private List<Splice>? _splices;
    private long _splicedBytes;

    public ProtocolWriter(bool flexible = false, int capacity = 256)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(capacity);
        Flexible = flexible;
    }

    /// <summary>Whether lengths are written as compact varints and structures end with tagged fields.</summary>
    public bool Flexible { get; set; }

    /// <summary>More than this is not written: a small request must not make a huge response.</summary>
    public int Limit { get; init; } = int.MaxValue;

    public int Length => _length;

    /// <summary>All bytes on the wire: the buffer and what is spliced in.</summary>
    public long TotalLength => _length + _splicedBytes;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _length);

    public IReadOnlyList<Splice> Splices => _splices ?? (IReadOnlyList<Splice>)[];

    public ArraySegment<byte> Segment(int start, int end) => new(_buffer, start, end - start);

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int8(sbyte value) => Byte((byte)value);

    public void Int16(short value) => BinaryPrimitives.WriteInt16BigEndian(Reserve(2), value);

    public void Int32(int value) => BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);

    public void Uuid(Guid value) => value.TryWriteBytes(Reserve(16), bigEndian: true, out _);

    public void Error(ErrorCode error) => Int16((short)error);

    public void UnsignedVarint(uint value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>A signed varint in zig-zag form, as records use them.</summary>
    public void Varlong(long value)
    {
        var encoded = (ulong)((value << 1) ^ (value >> 63));
        while (encoded >= 0x80)
        {
            Byte((byte)(encoded | 0x80));
            encoded >>= 7;
        }

        Byte((byte)encoded);
    }

    public void String(string value) => NullableString(value);

    public void NullableString(string? value)
    {
        if (value is null)
        {
            Null16();
            return;
        }

        var size = Encoding.UTF8.GetByteCount(value);
        if (Flexible)
        {
            UnsignedVarint((uint)size + 1);
        }
        else
        {
            Int16(checked((short)size));
        }

        Encoding.UTF8.GetBytes(value, Reserve(size));
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        BytesLength(value.Length);
        Raw(value);
    }

    /// <summary>The length prefix of a byte string or of records whose content follows by other means.</summary>
    public void BytesLength(int length)
    {
        if (Flexible)
        {
            UnsignedVarint((uint)length + 1);
        }
        else
        {
            Int32(length);
        }
    }

    public void Raw(ReadOnlySpan<byte> value) => value.CopyTo(Reserve(value.Length));

    public void ArrayLength(int count)
    {
        if (Flexible)
        {
            UnsignedVarint((uint)(count + 1));
        }
        else
        {
            Int32(count);
        }
    }

    /// <summary>An array of structures; each is ended here, without tagged fields.</summary>
    public void Structs<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        ArrayLength(items.Count);
        foreach (var item in items)
        {
            write(item);
            Tags();
        }
    }

    public void NullArray() => ArrayLength(-1);

    public void Int32Array(ReadOnlySpan<int> values)
    {
        ArrayLength(values.Length);
        foreach (var value in values)
        {
            Int32(value);
        }
    }

    /// <summary>Ends a structure: no tagged fields.</summary>
    public void Tags()
    {
        if (Flexible)
        {
            Byte(0);
        }
    }

    /// <summary>Places a range of a file at the current position. The writer owns the reference until it is disposed.</summary>
    public void SpliceFile(FileRange range)
    {
        (_splices ??= []).Add(new Splice(_length, range));
        _splicedBytes += range.Length;
    }

    /// <summary>Forgets what was written; the buffer stays.</summary>
    public void Clear() => _length = 0;

    /// <summary>Overwrites four bytes that were written before, such as a frame's size.</summary>
    public void PatchInt32(int position, int value) =>
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position, 4), value);

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }

        if (_splices is { } splices)
        {
            _splices = null;
            foreach (var splice in splices)
            {
                splice.Range.Release();
            }
        }
    }

    private void Null16()
    {
        if (Flexible)
        {
            Byte(0);
        }
        else
        {
            Int16(-1);
        }
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Grow(count);
        }

        var span = _buffer.AsSpan(_length, count);
        _length += count;
        return span;
    }

    private void Grow(int count)
    {
        if (count > Limit - _length)
        {
            throw new MalformedRequestException($"the response would have more than {Limit} bytes");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(Math.Min(_buffer.Length * 2L, Limit), _length + count));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}

/// <summary>Where in a response's buffer a range of a file is to be inserted.</summary>
internal readonly record struct Splice(int Position, FileRange Range);
