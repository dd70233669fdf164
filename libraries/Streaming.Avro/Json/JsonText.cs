using System.Globalization;
using System.Text;

namespace Streaming.Avro.Json;

/// <summary>Writes JSON as the reference engines do: compact, control characters escaped, everything else raw.</summary>
internal static class JsonText
{
    public static string Write(JsonValue value)
    {
        var text = new StringBuilder();
        Append(text, value, sorted: false);
        return text.ToString();
    }

    /// <summary>Appends a value; <paramref name="sorted"/> orders the members of objects by name, at every level.</summary>
    public static void Append(StringBuilder text, JsonValue value, bool sorted)
    {
        StackGuard.Check();
        switch (value.Kind)
        {
            case JsonKind.Null:
                text.Append("null");
                break;
            case JsonKind.True:
                text.Append("true");
                break;
            case JsonKind.False:
                text.Append("false");
                break;
            case JsonKind.Integer:
                text.Append(value.AsBigInteger().ToString(CultureInfo.InvariantCulture));
                break;
            case JsonKind.Number:
                AppendDouble(text, value.AsDouble());
                break;
            case JsonKind.String:
                AppendString(text, value.Text);
                break;
            case JsonKind.Array:
                AppendArray(text, value, sorted);
                break;
            default:
                AppendObject(text, value, sorted);
                break;
        }
    }

    /// <summary>NaN and the infinities have no JSON number: they are written as strings.</summary>
    public static void AppendDouble(StringBuilder text, double value) => AppendNumber(text, JsonNumber.Format(value));

    /// <summary>As <see cref="AppendDouble"/>, with the digits of a float.</summary>
    public static void AppendFloat(StringBuilder text, float value) => AppendNumber(text, JsonNumber.Format(value));

    public static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\b': text.Append("\\b"); break;
                case '\t': text.Append("\\t"); break;
                case '\n': text.Append("\\n"); break;
                case '\f': text.Append("\\f"); break;
                case '\r': text.Append("\\r"); break;
                case < ' ': text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)); break;
                default: text.Append(c); break;
            }
        }

        text.Append('"');
    }

    private static void AppendNumber(StringBuilder text, string number)
    {
        var quoted = number[number.Length - 1] is 'N' or 'y';
        if (quoted)
        {
            text.Append('"').Append(number).Append('"');
        }
        else
        {
            text.Append(number);
        }
    }

    private static void AppendArray(StringBuilder text, JsonValue value, bool sorted)
    {
        text.Append('[');
        for (var i = 0; i < value.Items.Count; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            Append(text, value.Items[i], sorted);
        }

        text.Append(']');
    }

    private static void AppendObject(StringBuilder text, JsonValue value, bool sorted)
    {
        text.Append('{');
        var first = true;
        foreach (var member in sorted ? value.Members.OrderBy(m => m.Key, StringComparer.Ordinal) : value.Members.AsEnumerable())
        {
            if (!first)
            {
                text.Append(',');
            }

            first = false;
            AppendString(text, member.Key);
            text.Append(':');
            Append(text, member.Value, sorted);
        }

        text.Append('}');
    }
}
