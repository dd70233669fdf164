using System.Numerics;
using Avro;

namespace Streaming.Avro;

/// <summary>Conversions between .NET's types and the numbers that logical types store.</summary>
internal static class LogicalUnits
{
    public static readonly int EpochDay = new DateOnly(1970, 1, 1).DayNumber;
    private const long EpochMillis = 62_135_596_800_000;
    private const long EpochMicros = EpochMillis * 1000;
    private static readonly Int128[] Powers = BuildPowers();

    // Ticks count from year 1 and are never negative: dividing rounds down, before 1970 too.
    public static long ToMillis(long ticks) => (ticks / TimeSpan.TicksPerMillisecond) - EpochMillis;

    public static long ToMicros(long ticks) => (ticks / TimeSpan.TicksPerMicrosecond) - EpochMicros;

    public static long FromMillis(long millis) =>
        Ticks(millis, -EpochMillis, EpochMillis, TimeSpan.TicksPerMillisecond);

    public static long FromMicros(long micros) =>
        Ticks(micros, -EpochMicros, EpochMicros, TimeSpan.TicksPerMicrosecond);

    /// <summary>The integer that a decimal is at a scale.</summary>
    public static Int128 Unscale(decimal value, int precision, int scale)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        Int128 number = new UInt128((uint)bits[2], ((ulong)(uint)bits[1] << 32) | (uint)bits[0]) is var u ? (Int128)u : 0;
        for (var digits = (bits[3] >> 16) & 0xff; digits > scale; digits--)
        {
            (number, var rest) = Int128.DivRem(number, 10);
            if (rest != 0)
            {
                throw new AvroTypeException($"The decimal {value} has more than {scale} digits after the point");
            }
        }

        var missing = scale - Math.Min((bits[3] >> 16) & 0xff, scale);
        if (number != 0 && (missing + 1 > precision || number >= Powers[precision - missing]))
        {
            throw new AvroTypeException($"The decimal {value} has more than {precision} digits at scale {scale}");
        }

        number *= number == 0 ? 1 : Powers[missing];
        return bits[3] < 0 ? -number : number;
    }

    /// <summary>The integer that a decimal of any size is at a scale.</summary>
    public static BigInteger Unscale(AvroDecimal value, int precision, int scale)
    {
        var number = value.UnscaledValue;
        if (value.Scale < scale)
        {
            number *= BigInteger.Pow(10, scale - value.Scale);
        }
        else if (value.Scale > scale)
        {
            number = BigInteger.DivRem(number, BigInteger.Pow(10, value.Scale - scale), out var rest);
            if (!rest.IsZero)
            {
                throw new AvroTypeException($"The decimal {value} has more than {scale} digits after the point");
            }
        }

        return BigInteger.Abs(number) < BigInteger.Pow(10, precision) ? number
            : throw new AvroTypeException($"The decimal {value} has more than {precision} digits at scale {scale}");
    }

    /// <summary>Two's complement without the leading bytes that only repeat the sign.</summary>
    public static ReadOnlySpan<byte> Shorten(ReadOnlySpan<byte> number)
    {
        var start = 0;
        while (start < number.Length - 1
            && ((number[start] == 0 && (sbyte)number[start + 1] >= 0)
                || (number[start] == 0xff && (sbyte)number[start + 1] < 0)))
        {
            start++;
        }

        return number[start..];
    }

    /// <summary>The decimal of a two's complement integer at a scale.</summary>
    public static decimal Scale(ReadOnlySpan<byte> bytes, int scale)
    {
        if (bytes.Length == 0)
        {
            throw new AvroException("A decimal has no bytes");
        }

        bytes = Shorten(bytes);
        Int128 number = (sbyte)bytes[0];
        if (bytes.Length <= 13)
        {
            foreach (var b in bytes[1..])
            {
                number = (number << 8) | b;
            }

            var magnitude = Int128.Abs(number);
            if (magnitude >> 96 == 0)
            {
                return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64),
                    Int128.IsNegative(number), (byte)scale);
            }
        }

        throw new AvroException($"A decimal of {bytes.Length} bytes is too large");
    }

    private static long Ticks(long value, long least, long epoch, long unit)
    {
        // 9999-12-31 is the last day of DateTime and DateTimeOffset.
        if (value < least || value > (DateTime.MaxValue.Ticks / unit) - epoch)
        {
            throw new AvroException($"The timestamp {value} is outside the years 1 to 9999");
        }

        return (value + epoch) * unit;
    }

    private static Int128[] BuildPowers()
    {
        var powers = new Int128[39];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
        {
            powers[i] = powers[i - 1] * 10;
        }

        return powers;
    }
}
