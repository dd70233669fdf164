using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Avro;

namespace Streaming.Avro;

/// <summary>
/// Reads Avro's binary encoding from a span. Whatever the bytes, it ends in a value or an <see cref="AvroException"/>,
/// and allocates no more than the bytes justify.
/// </summary>
public ref partial struct AvroReader
{
    /// <summary>What the variable that <see cref="ReadBlock"/> keeps starts with.</summary>
    public const int NoBlock = -1;

    private readonly ReadOnlySpan<byte> _data;
    private int _position;
    private int _depth;
    private int _emptyItems;

    /// <summary>A reader of one message.</summary>
    public AvroReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _emptyItems = AvroLimits.MaxEmptyItems;
    }

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _data.Length - _position;

    /// <summary>Reads a boolean; bytes other than 0 and 1 are refused.</summary>
    public bool ReadBoolean()
    {
        if (_position >= _data.Length)
        {
            ThrowEnd();
        }

        var value = _data[_position];
        if (value > 1)
        {
            Throw($"The boolean {value} is neither 0 nor 1");
        }

        _position++;
        return value == 1;
    }

    /// <summary>Reads an int.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadInt()
    {
        if (_position < _data.Length && _data[_position] is < 0x80 and var single)
        {
            _position++;
            return (single >> 1) ^ -(single & 1);
        }

        return ReadLongInt();
    }

    /// <summary>Reads a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        if (_position < _data.Length && _data[_position] is < 0x80 and var single)
        {
            _position++;
            return (single >> 1) ^ -(single & 1);
        }

        return ReadLongVarint();
    }

    /// <summary>Reads the index of a union's branch or an enum's symbol, which must be less than a count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadIndex(int count)
    {
        var index = ReadLong();
        if ((ulong)index >= (ulong)count)
        {
            Throw($"The index {index} is none of {count}");
        }

        return (int)index;
    }

    /// <summary>Reads a float, bit for bit.</summary>
    public float ReadFloat()
    {
        var value = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(float))));
        return value;
    }

    /// <summary>Reads a double, bit for bit.</summary>
    public double ReadDouble() =>
        BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(double))));

    /// <summary>Reads a string; bytes that aren't UTF-8 become U+FFFD, as other engines read them.</summary>
    public string ReadString()
    {
        var bytes = Take(ReadLength());
        return bytes.Length == 0 ? "" : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads the bytes of a string or of bytes without copying them.</summary>
    public ReadOnlySpan<byte> ReadSpan() => Take(ReadLength());

    /// <summary>Reads bytes.</summary>
    public byte[] ReadBytes() => ToArray(Take(ReadLength()));

    /// <summary>Reads a fixed.</summary>
    public byte[] ReadFixed(int size) => ToArray(Take(size));

    /// <summary>Reads a number of bytes without copying them.</summary>
    public ReadOnlySpan<byte> ReadRaw(int count) => Take(count);

    /// <summary>Begins the next block of an array or map.</summary>
    /// <param name="minItemSize">The least number of bytes that an item takes.</param>
    /// <param name="blockEnd">Kept between the calls for one collection; starts as <see cref="NoBlock"/>.</param>
    /// <returns>The number of items that follow; 0 at the end.</returns>
    public int ReadBlock(int minItemSize, ref int blockEnd)
    {
        if (blockEnd >= 0 && blockEnd != _position)
        {
            Throw($"A block ends at byte {_position}, but its size says {blockEnd}");
        }

        blockEnd = NoBlock;
        var count = ReadLong();
        if (count == 0)
        {
            return 0;
        }

        if (count < 0)
        {
            var size = ReadLong();
            if (size < 0 || size > Remaining || count == long.MinValue)
            {
                Throw($"A block of {count} items and {size} bytes with {Remaining} bytes left");
            }

            count = -count;
            blockEnd = _position + (int)size;
        }

        if (minItemSize == 0)
        {
            if (count > _emptyItems)
            {
                Throw($"More than {AvroLimits.MaxEmptyItems} items without bytes");
            }

            _emptyItems -= (int)count;
        }
        else if (count > Remaining / minItemSize)
        {
            Throw($"{count} items with {Remaining} bytes left");
        }

        return (int)count;
    }

    /// <summary>Enters a value of a recursive type.</summary>
    public void Enter()
    {
        if (++_depth > AvroLimits.MaxDepth)
        {
            Throw($"A value nests deeper than {AvroLimits.MaxDepth} levels");
        }
    }

    /// <summary>Leaves a value of a recursive type.</summary>
    public void Leave() => _depth--;

    /// <summary>Refuses bytes after the value.</summary>
    /// <exception cref="AvroException">There are some.</exception>
    public readonly void RequireEnd()
    {
        if (_position != _data.Length)
        {
            Throw($"{Remaining} bytes after the end of the value");
        }
    }

    /// <summary>The bytes from a position up to the next one to read.</summary>
    internal readonly ReadOnlySpan<byte> Since(int start) => _data[start.._position];

    /// <summary>A reader of other bytes that shares this one's budgets.</summary>
    public readonly AvroReader Inner(ReadOnlySpan<byte> data) => new(data) { _depth = _depth, _emptyItems = _emptyItems };

    internal void Seek(int position) => _position = position;

    [DoesNotReturn]
    internal readonly void Throw(string reason) => throw new AvroException($"{reason} (byte {_position})");

    private static byte[] ToArray(ReadOnlySpan<byte> bytes) => bytes.Length == 0 ? [] : bytes.ToArray();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _data.Length - _position)
        {
            ThrowEnd();
        }

        var taken = _data.Slice(_position, count);
        _position += count;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ReadLength()
    {
        var length = ReadLong();
        if ((ulong)length > (ulong)(_data.Length - _position))
        {
            Throw($"A length of {length} with {Remaining} bytes left");
        }

        return (int)length;
    }

    private int ReadLongInt()
    {
        var value = ReadLongVarint();
        if (value != (int)value)
        {
            Throw($"The int {value} is outside 32 bits");
        }

        return (int)value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private long ReadLongVarint()
    {
        ulong value = 0;
        var shift = 0;
        var position = _position;
        while (position < _data.Length)
        {
            var b = _data[position++];
            if (shift == 63 && b > 1)
            {
                Throw("A number is outside 64 bits");
            }

            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
            {
                _position = position;
                return (long)(value >> 1) ^ -(long)(value & 1);
            }

            shift += 7;
        }

        ThrowEnd();
        return 0;
    }

    [DoesNotReturn]
    private readonly void ThrowEnd() => Throw("The data ends before the value does");
}
