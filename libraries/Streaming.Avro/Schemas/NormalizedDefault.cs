using System.Globalization;
using System.Text;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>
/// Confluent's normalization takes a default through Java's value of its type and back: numbers take the type's form,
/// members are sorted, and what has no such value is lost.
/// </summary>
internal static class NormalizedDefault
{
    /// <summary>The rewritten default, or null where normalization drops it.</summary>
    public static string? Of(Schema schema, JsonValue value)
    {
        var text = new StringBuilder();
        return Append(text, schema, value) ? text.ToString() : null;
    }

    private static bool Append(StringBuilder text, Schema? schema, JsonValue value)
    {
        StackGuard.Check();
        if (schema is UnionSchema union)
        {
            return union.Count > 0 && Append(text, union[0], value);
        }

        var tag = schema?.Tag;
        switch (value.Kind)
        {
            case JsonKind.Null:
                text.Append("null");
                return true;
            case JsonKind.True:
                text.Append("true");
                return true;
            case JsonKind.False:
                text.Append("false");
                return true;
            case JsonKind.Integer:
                return AppendInteger(text, tag, value);
            case JsonKind.Number when tag is Schema.Type.Float:
                JsonText.AppendFloat(text, (float)value.AsDouble());
                return true;
            case JsonKind.Number when tag is null or Schema.Type.Double:
                JsonText.AppendDouble(text, value.AsDouble());
                return true;
            case JsonKind.String when tag is Schema.Type.Bytes or Schema.Type.Fixed:
                JsonText.AppendString(text, new string(value.Text.Select(c => c > 'ÿ' ? '?' : c).ToArray()));
                return true;
            case JsonKind.String when tag is null or Schema.Type.String or Schema.Type.Enumeration:
                JsonText.AppendString(text, value.Text);
                return true;
            case JsonKind.Array:
                return AppendItems(text, (schema as ArraySchema)?.ItemSchema, value);
            case JsonKind.Object:
                return AppendMembers(text, schema, value);
            default:
                return false;
        }
    }

    private static bool AppendInteger(StringBuilder text, Schema.Type? tag, JsonValue value)
    {
        if (!value.TryGetInt64(out var number))
        {
            return false;
        }

        switch (tag)
        {
            case null or Schema.Type.Int or Schema.Type.Long:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                return true;
            case Schema.Type.Float:
                JsonText.AppendFloat(text, (float)(double)number);
                return true;
            case Schema.Type.Double:
                JsonText.AppendDouble(text, number);
                return true;
            default:
                return false;
        }
    }

    private static bool AppendItems(StringBuilder text, Schema? item, JsonValue value)
    {
        text.Append('[');
        for (var i = 0; i < value.Items.Count; i++)
        {
            text.Append(i == 0 ? "" : ",");
            if (!Append(text, item, value.Items[i]))
            {
                text.Append("null");
            }
        }

        text.Append(']');
        return true;
    }

    private static bool AppendMembers(StringBuilder text, Schema? schema, JsonValue value)
    {
        text.Append('{');
        var first = true;
        foreach (var member in value.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            text.Append(first ? "" : ",");
            first = false;
            JsonText.AppendString(text, member.Key);
            text.Append(':');
            var inner = schema switch
            {
                MapSchema map => map.ValueSchema,
                RecordSchema record when record.TryGetField(member.Key, out var field) => field.Schema,
                _ => null,
            };
            if (!Append(text, inner, member.Value))
            {
                text.Append("null");
            }
        }

        text.Append('}');
        return true;
    }
}
