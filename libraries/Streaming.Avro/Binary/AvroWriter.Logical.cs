using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;
using Avro;

namespace Streaming.Avro;

/// <content>Logical types.</content>
public ref partial struct AvroWriter
{
    /// <summary>Writes the days since 1970-01-01 as int.</summary>
    public void WriteDate(DateOnly value) => WriteInt(value.DayNumber - LogicalUnits.EpochDay);

    /// <summary>Writes the milliseconds since midnight as int; smaller parts are cut off.</summary>
    public void WriteTimeMillis(TimeOnly value) => WriteInt((int)(value.Ticks / TimeSpan.TicksPerMillisecond));

    /// <summary>Writes the microseconds since midnight as long; smaller parts are cut off.</summary>
    public void WriteTimeMicros(TimeOnly value) => WriteLong(value.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Writes the milliseconds since 1970-01-01T00:00Z as long, rounded down.</summary>
    public void WriteTimestampMillis(DateTimeOffset value) => WriteLong(LogicalUnits.ToMillis(value.UtcTicks));

    /// <summary>Writes the microseconds since 1970-01-01T00:00Z as long, rounded down.</summary>
    public void WriteTimestampMicros(DateTimeOffset value) => WriteLong(LogicalUnits.ToMicros(value.UtcTicks));

    /// <summary>Writes the milliseconds of a clock's reading, whatever its zone, since 1970-01-01T00:00.</summary>
    public void WriteLocalTimestampMillis(DateTime value) => WriteLong(LogicalUnits.ToMillis(value.Ticks));

    /// <summary>Writes the microseconds of a clock's reading, whatever its zone, since 1970-01-01T00:00.</summary>
    public void WriteLocalTimestampMicros(DateTime value) => WriteLong(LogicalUnits.ToMicros(value.Ticks));

    /// <summary>Writes a UUID as string of 36 characters.</summary>
    public void WriteUuid(Guid value)
    {
        Reserve(37);
        _buffer[_position] = 36 << 1;
        Utf8Formatter.TryFormat(value, _buffer[(_position + 1)..], out _);
        _position += 37;
    }

    /// <summary>Writes a UUID as its 16 bytes, most significant first.</summary>
    public void WriteUuidFixed(Guid value)
    {
        Reserve(16);
        value.TryWriteBytes(_buffer[_position..], bigEndian: true, out _);
        _position += 16;
    }

    /// <summary>Writes a decimal as bytes.</summary>
    /// <exception cref="AvroTypeException">The number needs more digits than the schema has.</exception>
    public void WriteDecimal(decimal value, int precision, int scale)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, LogicalUnits.Unscale(value, precision, scale));
        WriteBytes(LogicalUnits.Shorten(bytes));
    }

    /// <summary>Writes a decimal as fixed.</summary>
    /// <exception cref="AvroTypeException">The number needs more digits than the schema has.</exception>
    public void WriteDecimalFixed(decimal value, int size, int precision, int scale)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, LogicalUnits.Unscale(value, precision, scale));
        WriteExtended(LogicalUnits.Shorten(bytes), size);
    }

    /// <summary>Writes a decimal of any size as bytes.</summary>
    /// <exception cref="AvroTypeException">The number needs more digits than the schema has.</exception>
    public void WriteDecimal(AvroDecimal value, int precision, int scale) =>
        WriteBytes(LogicalUnits.Unscale(value, precision, scale).ToByteArray(isBigEndian: true));

    /// <summary>Writes a decimal of any size as fixed.</summary>
    /// <exception cref="AvroTypeException">The number needs more digits than the schema has.</exception>
    public void WriteDecimalFixed(AvroDecimal value, int size, int precision, int scale) =>
        WriteExtended(LogicalUnits.Unscale(value, precision, scale).ToByteArray(isBigEndian: true), size);

    private void WriteExtended(scoped ReadOnlySpan<byte> number, int size)
    {
        if (number.Length > size)
        {
            throw new AvroTypeException($"A decimal needs {number.Length} bytes where the fixed has {size}");
        }

        Reserve(size);
        _buffer.Slice(_position, size - number.Length).Fill((sbyte)number[0] < 0 ? (byte)0xff : (byte)0);
        number.CopyTo(_buffer[(_position + size - number.Length)..]);
        _position += size;
    }
}
