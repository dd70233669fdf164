using System.Buffers.Binary;
using System.Text;

namespace Streaming.Broker.Protocol;

/// <summary>Reads one structure of an array, up to its tagged fields.</summary>
internal delegate T StructReader<out T>(ref ProtocolReader reader);

/// <summary>
/// Reads the primitive types of the Kafka protocol from one frame. Every length is checked against what is left of
/// the frame before anything is allocated, so a lying length costs nothing.
/// </summary>
internal ref struct ProtocolReader(ReadOnlySpan<byte> frame, bool flexible)
{
    private readonly ReadOnlySpan<byte> _frame = frame;
    private int _position;

    /// <summary>Whether lengths are compact varints and structures end with tagged fields.</summary>
    public bool Flexible { get; set; } = flexible;

    public readonly int Position => _position;

    public readonly int Remaining => _frame.Length - _position;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public sbyte Int8() => (sbyte)Byte();

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public Guid Uuid() => new(Take(16), bigEndian: true);

    public uint UnsignedVarint()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Byte();
            if (shift == 28 && b > 0x0f)
            {
                break;
            }

            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw new MalformedRequestException("a varint is longer than five bytes");
    }

    public string String() => NullableString() ?? throw new MalformedRequestException("a string that must not be null is null");

    public string? NullableString()
    {
        var length = Flexible ? CompactLength() : Int16();
        return length < 0 ? null : DecodeText(Take(length));
    }

    /// <summary>A string in the encoding of non-flexible versions: the client id of a request header is always one.</summary>
    public string? ClassicNullableString()
    {
        var length = Int16();
        return length < 0 ? null : DecodeText(Take(length));
    }

    public byte[] Bytes() => NullableBytes() ?? throw new MalformedRequestException("a byte string that must not be null is null");

    public byte[]? NullableBytes()
    {
        var length = Flexible ? CompactLength() : Int32();
        return length < 0 ? null : Take(length).ToArray();
    }

    /// <summary>Where a byte string lies in the frame, without copying it; length −1 for null.</summary>
    public (int Offset, int Length) BytesRange()
    {
        var length = Flexible ? CompactLength() : Int32();
        if (length < 0)
        {
            return (_position, -1);
        }

        Take(length);
        return (_position - length, length);
    }

    /// <summary>The element count of an array that must not be null.</summary>
    public int ArrayLength(int minimumElementSize = 1)
    {
        var length = NullableArrayLength(minimumElementSize);
        return length >= 0 ? length : throw new MalformedRequestException("an array that must not be null is null");
    }

    /// <summary>The element count of an array, −1 for null. No count beyond what the rest of the frame can hold.</summary>
    public int NullableArrayLength(int minimumElementSize = 1)
    {
        var length = Flexible ? CompactLength() : Int32();
        if (length > Remaining / minimumElementSize)
        {
            throw new MalformedRequestException($"an array of {length} elements cannot fit into the remaining {Remaining} bytes");
        }

        return length < 0 ? -1 : length;
    }

    /// <summary>An array of structures that must not be null; their tagged fields are read here.</summary>
    public List<T> Structs<T>(StructReader<T> read, int minimumSize = 1) =>
        NullableStructs(read, minimumSize) ?? throw new MalformedRequestException("an array that must not be null is null");

    /// <summary>The same where null may stand for the array.</summary>
    public List<T>? NullableStructs<T>(StructReader<T> read, int minimumSize = 1)
    {
        var count = NullableArrayLength(minimumSize);
        if (count < 0)
        {
            return null;
        }

        var items = new List<T>();
        for (; count > 0; count--)
        {
            items.Add(read(ref this));
            Tags();
        }

        return items;
    }

    public int[] Int32Array()
    {
        var values = new int[ArrayLength(4)];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Int32();
        }

        return values;
    }

    public string[] StringArray()
    {
        var values = new string[ArrayLength()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = String();
        }

        return values;
    }

    /// <summary>Ends a structure: skips the tagged fields of flexible versions, all of which are optional.</summary>
    public void Tags()
    {
        if (!Flexible)
        {
            return;
        }

        for (var count = UnsignedVarint(); count > 0; count--)
        {
            UnsignedVarint();
            Take(checked((int)Math.Min(UnsignedVarint(), int.MaxValue)));
        }
    }

    private int CompactLength()
    {
        var encoded = UnsignedVarint();
        return encoded <= int.MaxValue
            ? (int)encoded - 1
            : throw new MalformedRequestException("a length does not fit into 31 bits");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining)
        {
            throw new MalformedRequestException($"{count} bytes wanted, {Remaining} left");
        }

        var span = _frame.Slice(_position, count);
        _position += count;
        return span;
    }

    private static string DecodeText(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw new MalformedRequestException("a string is not UTF-8");
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
}
