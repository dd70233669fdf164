using System.Globalization;
using System.Numerics;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro.Generator;

/// <summary>C# expressions for the defaults that cost nothing to make: constants and what is empty.</summary>
internal sealed class DefaultLiterals(NamespaceMap map)
{
    /// <summary>The expression, or null where the default is left to be decoded.</summary>
    /// <param name="schema">The field's schema.</param>
    /// <param name="value">The default.</param>
    /// <param name="initial">What the property starts as without a default.</param>
    public string? Of(Schema schema, JsonValue value, string initial)
    {
        if (schema is UnionSchema union)
        {
            var branch = union.Schemas.FirstOrDefault(b => DefaultValues.IsValid(b, value, new Budget()));
            return branch is null || union.Values().Count > 1 && branch.Tag != Schema.Type.Null ? null : Of(branch, value, initial);
        }

        if (TypeNames.Logical(schema) is { } logical)
        {
            return OfLogical(schema, logical, value);
        }

        return schema.Tag switch
        {
            Schema.Type.Null => "null",
            Schema.Type.Boolean => value.Kind == JsonKind.True ? "true" : "false",
            Schema.Type.Int => value.TryGetInt32(out var number) ? number.ToString(CultureInfo.InvariantCulture) : null,
            Schema.Type.Long => LongOf(value),
            Schema.Type.Float => FloatOf((float)value.AsDouble()),
            Schema.Type.Double => DoubleOf(value.AsDouble()),
            Schema.Type.String => Names.Literal(value.Text),
            Schema.Type.Bytes => value.Text.Length == 0 ? "[]" : null,
            Schema.Type.Array => value.Items.Count == 0 ? "[]" : null,
            Schema.Type.Map => value.Members.Count == 0 && initial.Length > 0 ? initial : null,
            Schema.Type.Enumeration => ((EnumSchema)schema).IndexOf(value.Text) < 0 ? null
                : $"global::{map.FullName((EnumSchema)schema)}.{Names.Escape(value.Text)}",
            _ => null,
        };
    }

    private static string? OfLogical(Schema schema, LogicalType logical, JsonValue value)
    {
        value.TryGetInt64(out var number);
        var text = number.ToString(CultureInfo.InvariantCulture);
        switch (logical.Name)
        {
            case LogicalType.Date when number is > -719_000 and < 2_932_000:
                return $"global::System.DateOnly.FromDayNumber({(number + 719_162).ToString(CultureInfo.InvariantCulture)})";
            case LogicalType.TimeMillis when number is >= 0 and < 86_400_000:
                return $"new global::System.TimeOnly({text}L * global::System.TimeSpan.TicksPerMillisecond)";
            case LogicalType.TimeMicros when number is >= 0 and < 86_400_000_000:
                return $"new global::System.TimeOnly({text}L * global::System.TimeSpan.TicksPerMicrosecond)";
            case LogicalType.TimestampMillis when number is > -62_135_000_000_000 and < 253_402_000_000_000:
                return $"global::System.DateTimeOffset.FromUnixTimeMilliseconds({text}L)";
            case LogicalType.Uuid when schema.Tag == Schema.Type.String && Guid.TryParseExact(value.Text, "D", out _):
                return $"new global::System.Guid({Names.Literal(value.Text)})";
            case LogicalType.Decimal when !TypeNames.IsLargeDecimal(logical):
                return DecimalOf(value.Text, logical.Scale);
            default:
                return null;
        }
    }

    /// <summary>The characters are the bytes of a two's complement integer, the most significant first.</summary>
    private static string? DecimalOf(string text, int scale)
    {
        if (text.Length == 0 || text.Any(c => c > 'ÿ'))
        {
            return null;
        }

        var number = new BigInteger(text.Reverse().Select(c => (byte)c).ToArray());
        var digits = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return digits.Length > 28 ? null : (number.Sign < 0 ? "-" : "") + digits.Substring(0, digits.Length - scale)
            + (scale == 0 ? "" : "." + digits.Substring(digits.Length - scale)) + "m";
    }

    private static string? LongOf(JsonValue value) => !value.TryGetInt64(out var number) ? null
        : number == long.MinValue ? "long.MinValue" : number.ToString(CultureInfo.InvariantCulture) + "L";

    private static string FloatOf(float value) =>
        float.IsNaN(value) ? "global::System.BitConverter.Int32BitsToSingle(0x7fc00000)"
        : float.IsInfinity(value) ? value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity"
        : JsonNumber.Format(value) + "F";

    private static string DoubleOf(double value) =>
        double.IsNaN(value) ? "global::System.BitConverter.Int64BitsToDouble(0x7ff8000000000000)"
        : double.IsInfinity(value) ? value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity"
        : JsonNumber.Format(value) + "D";
}
