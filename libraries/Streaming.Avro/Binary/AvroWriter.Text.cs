using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Avro;

namespace Streaming.Avro;

/// <content>Strings.</content>
public ref partial struct AvroWriter
{
    private const int MaxSinglePass = 4096;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a string as UTF-8.</summary>
    /// <exception cref="AvroTypeException">The string is null or holds half of a surrogate pair.</exception>
    public void WriteString(string value, [CallerArgumentExpression(nameof(value))] string? what = null)
    {
        if (value is null)
        {
            ThrowNull(what);
        }

        var length = value.Length;
        if (length < 64 && _buffer.Length - _position > length)
        {
            ref var target = ref Unsafe.Add(ref MemoryMarshal.GetReference(_buffer), _position);
            if (AsciiText.TryNarrow(value, ref Unsafe.Add(ref target, 1)))
            {
                target = (byte)(length << 1);
                _position += length + 1;
                return;
            }
        }

        WriteUtf8(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUtf8(string value)
    {
        if (value.Length > MaxSinglePass)
        {
            WriteLongString(value);
            return;
        }

        // Room for the longest text and length prefix; the text goes behind a prefix of the likely size.
        Reserve((value.Length * 3) + 5);
        var prefix = SizeOf((uint)value.Length << 1);
        var target = _buffer[(_position + prefix)..];
        if (Utf8.FromUtf16(value, target, out _, out var length, replaceInvalidSequences: false)
            != OperationStatus.Done)
        {
            ThrowSurrogate();
        }

        var needed = SizeOf((uint)length << 1);
        if (needed != prefix)
        {
            // Letters outside ASCII made the length one byte longer.
            target[..length].CopyTo(_buffer[(_position + needed)..]);
        }

        WriteVarint((uint)length << 1);
        _position += length;
    }

    /// <summary>Room for three bytes a character would be waste here: counts first.</summary>
    private void WriteLongString(string value)
    {
        int count;
        try
        {
            count = StrictUtf8.GetByteCount(value);
        }
        catch (EncoderFallbackException)
        {
            ThrowSurrogate();
            return;
        }

        WriteLong(count);
        Reserve(count);
        _position += StrictUtf8.GetBytes(value, _buffer[_position..]);
    }

    private static int SizeOf(uint value) => value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3
        : value < 1 << 28 ? 4 : 5;

    [DoesNotReturn]
    private static void ThrowSurrogate() => throw new AvroTypeException("A string holds half of a surrogate pair");
}
