using System.Buffers.Text;
using System.Numerics;
using Avro;

namespace Streaming.Avro;

/// <content>Logical types.</content>
public ref partial struct AvroReader
{
    /// <summary>Reads the days since 1970-01-01.</summary>
    public DateOnly ReadDate()
    {
        var day = (long)ReadInt() + LogicalUnits.EpochDay;
        if (day < 0 || day > DateOnly.MaxValue.DayNumber)
        {
            Throw($"The date {day - LogicalUnits.EpochDay} is outside the years 1 to 9999");
        }

        return DateOnly.FromDayNumber((int)day);
    }

    /// <summary>Reads the milliseconds since midnight.</summary>
    public TimeOnly ReadTimeMillis() => Time(ReadInt(), TimeSpan.TicksPerMillisecond);

    /// <summary>Reads the microseconds since midnight.</summary>
    public TimeOnly ReadTimeMicros() => Time(ReadLong(), TimeSpan.TicksPerMicrosecond);

    /// <summary>Reads the milliseconds since 1970-01-01T00:00Z.</summary>
    public DateTimeOffset ReadTimestampMillis() => new(LogicalUnits.FromMillis(ReadLong()), TimeSpan.Zero);

    /// <summary>Reads the microseconds since 1970-01-01T00:00Z.</summary>
    public DateTimeOffset ReadTimestampMicros() => new(LogicalUnits.FromMicros(ReadLong()), TimeSpan.Zero);

    /// <summary>Reads a clock's milliseconds since 1970-01-01T00:00, as a time of no zone.</summary>
    public DateTime ReadLocalTimestampMillis() => new(LogicalUnits.FromMillis(ReadLong()), DateTimeKind.Unspecified);

    /// <summary>Reads a clock's microseconds since 1970-01-01T00:00, as a time of no zone.</summary>
    public DateTime ReadLocalTimestampMicros() => new(LogicalUnits.FromMicros(ReadLong()), DateTimeKind.Unspecified);

    /// <summary>Reads a UUID from a string of 36 characters.</summary>
    public Guid ReadUuid()
    {
        var text = ReadSpan();
        if (!Utf8Parser.TryParse(text, out Guid value, out var read, 'D') || read != text.Length)
        {
            Throw("A string is no UUID");
        }

        return value;
    }

    /// <summary>Reads a UUID from 16 bytes, most significant first.</summary>
    public Guid ReadUuidFixed() => new(ReadRaw(16), bigEndian: true);

    /// <summary>Reads a decimal from bytes.</summary>
    public decimal ReadDecimal(int scale) => LogicalUnits.Scale(ReadSpan(), scale);

    /// <summary>Reads a decimal from a fixed.</summary>
    public decimal ReadDecimalFixed(int size, int scale) => LogicalUnits.Scale(ReadRaw(size), scale);

    /// <summary>Reads a decimal of any size from bytes.</summary>
    public AvroDecimal ReadLargeDecimal(int scale) => LargeDecimal(ReadSpan(), scale);

    /// <summary>Reads a decimal of any size from a fixed.</summary>
    public AvroDecimal ReadLargeDecimalFixed(int size, int scale) => LargeDecimal(ReadRaw(size), scale);

    private readonly AvroDecimal LargeDecimal(ReadOnlySpan<byte> bytes, int scale)
    {
        if (bytes.Length == 0)
        {
            Throw("A decimal has no bytes");
        }

        return new AvroDecimal(new BigInteger(bytes, isBigEndian: true), scale);
    }

    private readonly TimeOnly Time(long value, long unit)
    {
        if (value < 0 || value >= TimeSpan.TicksPerDay / unit)
        {
            Throw($"The time {value} is outside a day");
        }

        return new TimeOnly(value * unit);
    }
}
