using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Avro;

namespace Streaming.Avro;

/// <summary>
/// Writes Avro's binary encoding, either into a buffer that the thread keeps (<see cref="Rent"/>, then
/// <see cref="ToArray"/> or <see cref="Written"/>, then <see cref="Dispose"/>) or into an <see cref="IBufferWriter{T}"/>
/// (then <see cref="Flush"/>).
/// </summary>
public ref partial struct AvroWriter
{
    private const int FirstSize = 1024;

    /// <summary>A buffer that grew beyond this is not kept for the next message.</summary>
    private const int MaxKept = 1 << 20;

    [ThreadStatic]
    private static byte[]? t_kept;

    private readonly IBufferWriter<byte>? _output;
    private Span<byte> _buffer;
    private byte[]? _array;
    private int _position;
    private int _depth;

    /// <summary>A writer into an output; <see cref="Flush"/> at the end tells it what was written.</summary>
    public AvroWriter(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _buffer = output.GetSpan();
    }

    private AvroWriter(byte[] array)
    {
        _array = array;
        _buffer = array;
    }

    /// <summary>The bytes so far, of a writer that was rented; valid until the next call.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._position];

    /// <summary>A writer into the thread's buffer; <see cref="Dispose"/> gives that back.</summary>
    public static AvroWriter Rent()
    {
        var array = t_kept ?? new byte[FirstSize];
        t_kept = null;
        return new AvroWriter(array);
    }

    /// <summary>The bytes so far in an array of exactly their length.</summary>
    public readonly byte[] ToArray()
    {
        var bytes = GC.AllocateUninitializedArray<byte>(_position);
        _buffer[.._position].CopyTo(bytes);
        return bytes;
    }

    /// <summary>Gives the thread's buffer back; the writer must not be used any more.</summary>
    public void Dispose()
    {
        if (_array is { Length: <= MaxKept } array)
        {
            t_kept = array;
        }

        _array = null;
        _buffer = default;
        _position = 0;
    }

    /// <summary>Tells the output what was written.</summary>
    public void Flush()
    {
        if (_output is not null)
        {
            _output.Advance(_position);
            _buffer = default;
            _position = 0;
        }
    }

    /// <summary>Forgets what was written into the thread's buffer.</summary>
    public void Reset() => _position = 0;

    /// <summary>Writes a boolean.</summary>
    public void WriteBoolean(bool value)
    {
        Reserve(1);
        _buffer[_position++] = value ? (byte)1 : (byte)0;
    }

    /// <summary>Writes an int.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt(int value) => WriteVarint((uint)((value << 1) ^ (value >> 31)));

    /// <summary>Writes a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLong(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes the index of a union's branch or of an enum's symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteIndex(int index) => WriteVarint((uint)index << 1);

    /// <summary>Writes a float, bit for bit.</summary>
    public void WriteFloat(float value)
    {
        Reserve(sizeof(float));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[_position..], BitConverter.SingleToInt32Bits(value));
        _position += sizeof(float);
    }

    /// <summary>Writes a double, bit for bit.</summary>
    public void WriteDouble(double value)
    {
        Reserve(sizeof(double));
        BinaryPrimitives.WriteInt64LittleEndian(_buffer[_position..], BitConverter.DoubleToInt64Bits(value));
        _position += sizeof(double);
    }

    /// <summary>Writes bytes with their length.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes bytes with their length.</summary>
    /// <exception cref="AvroTypeException">The value is null.</exception>
    public void WriteBytes(byte[] value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value is null)
        {
            ThrowNull(what);
        }

        WriteBytes(value.AsSpan());
    }

    /// <summary>Writes bytes as they are: a fixed, or data that is encoded already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_buffer[_position..]);
        _position += value.Length;
    }

    /// <summary>Writes the index of an enum's symbol, which must be less than a count.</summary>
    /// <exception cref="AvroTypeException">The value is none of the symbols.</exception>
    public void WriteEnum(int index, int count, [CallerArgumentExpression(nameof(index))] string? what = null)
    {
        if ((uint)index >= (uint)count)
        {
            throw new AvroTypeException($"{what} is {index}, which is none of {count} symbols");
        }

        WriteIndex(index);
    }

    /// <summary>Refuses a null.</summary>
    /// <exception cref="AvroTypeException">The value is null.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Require([NotNull] object? value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value is null)
        {
            ThrowNull(what);
        }
    }

    /// <summary>Begins a block of an array or map; <see cref="WriteEnd"/> follows its items.</summary>
    public void WriteBlock(int count) => WriteLong(count);

    /// <summary>Ends an array or map.</summary>
    public void WriteEnd()
    {
        Reserve(1);
        _buffer[_position++] = 0;
    }

    /// <summary>Enters a value of a recursive type.</summary>
    /// <exception cref="AvroException">The value nests deeper than <see cref="AvroLimits.MaxDepth"/>.</exception>
    public void Enter()
    {
        if (++_depth > AvroLimits.MaxDepth)
        {
            throw new AvroException($"A value nests deeper than {AvroLimits.MaxDepth} levels");
        }
    }

    /// <summary>Leaves a value of a recursive type.</summary>
    public void Leave() => _depth--;

    [DoesNotReturn]
    private static void ThrowNull(string? what) =>
        throw new AvroTypeException($"{what} is null, which its schema doesn't allow");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteVarint(ulong value)
    {
        if (value < 0x80 && _position < _buffer.Length)
        {
            _buffer[_position++] = (byte)value;
        }
        else
        {
            WriteLongVarint(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLongVarint(ulong value)
    {
        Reserve(10);
        ref var target = ref MemoryMarshal.GetReference(_buffer);
        var position = _position;
        while (value >= 0x80)
        {
            Unsafe.Add(ref target, position++) = (byte)(value | 0x80);
            value >>= 7;
        }

        Unsafe.Add(ref target, position++) = (byte)value;
        _position = position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_buffer.Length - _position < count)
        {
            Grow(count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        if (_output is not null)
        {
            _output.Advance(_position);
            _position = 0;
            _buffer = _output.GetSpan(count);
            return;
        }

        var size = (int)Math.Min(Math.Max((long)_buffer.Length * 2, (long)_position + count), Array.MaxLength);
        if (size - _position < count)
        {
            throw new AvroException("A value is larger than 2 GB");
        }

        var array = new byte[size];
        _buffer[.._position].CopyTo(array);
        _array = array;
        _buffer = array;
    }
}
