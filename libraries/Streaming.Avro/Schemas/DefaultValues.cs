using System.Globalization;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>What a field's default may be, as Java checks it.</summary>
internal static class DefaultValues
{
    public static bool IsValid(Schema schema, JsonValue value, Budget budget)
    {
        try
        {
            return Fits(schema, value, budget);
        }
        catch (AvroException)
        {
            return false;
        }
    }

    /// <summary>Whether the value fits; of a union, whether it fits any branch.</summary>
    public static bool Fits(Schema schema, JsonValue value, Budget budget)
    {
        budget.Spend();
        switch (schema.Tag)
        {
            case Schema.Type.Null:
                return value.Kind == JsonKind.Null;
            case Schema.Type.Boolean:
                return value.Kind is JsonKind.True or JsonKind.False;
            case Schema.Type.Int:
                return value.TryGetInt32(out _);
            case Schema.Type.Long:
                return value.TryGetInt64(out _);
            case Schema.Type.Float or Schema.Type.Double:
                return value.Kind is JsonKind.Integer or JsonKind.Number;
            case Schema.Type.String or Schema.Type.Bytes or Schema.Type.Enumeration or Schema.Type.Fixed:
                return value.Kind == JsonKind.String;
            case Schema.Type.Array:
                return value.Kind == JsonKind.Array
                    && value.Items.All(item => Fits(((ArraySchema)schema).ItemSchema, item, budget));
            case Schema.Type.Map:
                return value.Kind == JsonKind.Object
                    && value.Members.All(member => Fits(((MapSchema)schema).ValueSchema, member.Value, budget));
            case Schema.Type.Union:
                return ((UnionSchema)schema).Schemas.Any(branch => Fits(branch, value, budget));
            default:
                return value.Kind == JsonKind.Object && ((RecordSchema)schema).Fields.All(field =>
                    (value[field.Name] ?? field.DefaultValue) is { } part && Fits(field.Schema, part, budget));
        }
    }

    /// <summary>A number as Java's <c>Double.valueOf</c> reads it, without its hexadecimal form.</summary>
    public static bool TryParseNumber(string text, out double value)
    {
        text = text.Trim();
        switch (text)
        {
            case "NaN" or "+NaN" or "-NaN":
                value = JsonNumber.NaN;
                return true;
            case "Infinity" or "+Infinity":
                value = double.PositiveInfinity;
                return true;
            case "-Infinity":
                value = double.NegativeInfinity;
                return true;
        }

        value = 0;
        if (text.Length > 0 && text[text.Length - 1] is 'f' or 'F' or 'd' or 'D')
        {
            text = text.Substring(0, text.Length - 1);
        }

        if (text.Length == 0 || text.Any(c => c is not ((>= '0' and <= '9') or '+' or '-' or '.' or 'e' or 'E')))
        {
            return false;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
