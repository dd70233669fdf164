using System.Globalization;
using System.Numerics;

namespace Avro;

/// <summary>A decimal number of any size: an integer divided by a power of ten.</summary>
/// <param name="UnscaledValue">The integer.</param>
/// <param name="Scale">The power of ten.</param>
public readonly record struct AvroDecimal(BigInteger UnscaledValue, int Scale)
{
    /// <summary>The number with all its digits.</summary>
    public override string ToString()
    {
        var digits = BigInteger.Abs(UnscaledValue).ToString(CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        var sign = UnscaledValue.Sign < 0 ? "-" : "";
        return Scale == 0 ? sign + digits : $"{sign}{digits[..^Scale]}.{digits[^Scale..]}";
    }
}
