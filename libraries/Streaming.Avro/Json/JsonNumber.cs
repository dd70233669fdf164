using System.Globalization;

namespace Streaming.Avro.Json;

/// <summary>Numbers in the form that Java prints, which schema registries store and compare.</summary>
internal static class JsonNumber
{
    /// <summary>The NaN that other engines mean: .NET's own has its sign bit set.</summary>
    public static readonly double NaN = BitConverter.Int64BitsToDouble(0x7ff8000000000000);

    /// <summary>The nearest double; .NET Framework's parser throws where a value overflows, the newer ones don't.</summary>
    public static double ParseDouble(string text)
    {
        try
        {
            return text == "NaN" ? NaN : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        }
    }

    /// <summary>A double as Java's <c>Double.toString</c>: <c>100.0</c>, <c>1.0E-7</c>, <c>NaN</c>.</summary>
    public static string Format(double value) =>
        Special(value) ?? Arrange(value.ToString("R", CultureInfo.InvariantCulture), Math.Abs(value));

    /// <summary>A float as Java's <c>Float.toString</c>.</summary>
    public static string Format(float value) =>
        Special(value) ?? Arrange(value.ToString("R", CultureInfo.InvariantCulture), Math.Abs(value));

    private static string? Special(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "Infinity"
        : double.IsNegativeInfinity(value) ? "-Infinity"
        : value == 0 ? (1 / value < 0 ? "-0.0" : "0.0")
        : null;

    /// <summary>Puts the shortest round-trip digits into Java's layout: plain from 1E-3 up to 1E7, else scientific.</summary>
    private static string Arrange(string shortest, double magnitude)
    {
        var sign = shortest[0] == '-' ? "-" : "";
        var mantissa = shortest.Substring(sign.Length);
        var exponent = 0;
        var e = mantissa.IndexOf('E');
        if (e >= 0)
        {
            exponent = int.Parse(mantissa.Substring(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = mantissa.Substring(0, e);
        }

        var point = mantissa.IndexOf('.');
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        var digits = mantissa.Replace(".", "");
        var zeros = digits.Length - digits.TrimStart('0').Length;
        exponent -= zeros;
        digits = digits.Trim('0');

        if (magnitude is >= 1e-3 and < 1e7)
        {
            return sign + Plain(digits, exponent);
        }

        return sign + digits[0] + "." + (digits.Length > 1 ? digits.Substring(1) : "0") + "E"
            + exponent.ToString(CultureInfo.InvariantCulture);
    }

    private static string Plain(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        var whole = digits.Length > exponent ? digits.Substring(0, exponent + 1) : digits.PadRight(exponent + 1, '0');
        var fraction = digits.Length > exponent + 1 ? digits.Substring(exponent + 1) : "0";
        return whole + "." + fraction;
    }
}
