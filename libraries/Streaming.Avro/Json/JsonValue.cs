using System.Globalization;
using System.Numerics;

namespace Streaming.Avro.Json;

/// <summary>What a <see cref="JsonValue"/> is; integers and other numbers are told apart, as Avro's rules do.</summary>
public enum JsonKind
{
    /// <summary><c>null</c></summary>
    Null,
    /// <summary><c>false</c></summary>
    False,
    /// <summary><c>true</c></summary>
    True,
    /// <summary>A number without fraction and exponent, of any size.</summary>
    Integer,
    /// <summary>A number with a fraction or an exponent.</summary>
    Number,
    /// <summary>A string.</summary>
    String,
    /// <summary>An array.</summary>
    Array,
    /// <summary>An object.</summary>
    Object,
}

/// <summary>
/// An immutable JSON value that remembers where it stood and how its number was written. Schemas need both: errors name
/// a line, and integers run over the whole 64 bits and beyond.
/// </summary>
public sealed class JsonValue
{
    private static readonly IReadOnlyList<JsonValue> NoItems = [];
    private static readonly IReadOnlyList<KeyValuePair<string, JsonValue>> NoMembers = [];
    private readonly Dictionary<string, JsonValue>? _index;

    internal JsonValue(JsonKind kind, string text, int line, int column)
    {
        Kind = kind;
        Text = text;
        Line = line;
        Column = column;
        Items = NoItems;
        Members = NoMembers;
    }

    internal JsonValue(IReadOnlyList<JsonValue> items, int line, int column)
        : this(JsonKind.Array, "", line, column) => Items = items;

    internal JsonValue(IReadOnlyList<KeyValuePair<string, JsonValue>> members, int line, int column)
        : this(JsonKind.Object, "", line, column)
    {
        Members = members;
        if (members.Count > 8)
        {
            _index = new Dictionary<string, JsonValue>(StringComparer.Ordinal);
            foreach (var member in members)
            {
                _index[member.Key] = member.Value;
            }
        }
    }

    /// <summary>What the value is.</summary>
    public JsonKind Kind { get; }

    /// <summary>A string's content, or a number as it was written; else empty.</summary>
    public string Text { get; }

    /// <summary>The items of an array; empty for everything else.</summary>
    public IReadOnlyList<JsonValue> Items { get; }

    /// <summary>The members of an object in order, each name once (of duplicates the last value, at the first place).</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members { get; }

    /// <summary>The line of the value's first character, from 1.</summary>
    public int Line { get; }

    /// <summary>The column of the value's first character, from 1.</summary>
    public int Column { get; }

    /// <summary>The member of that name, or null.</summary>
    public JsonValue? this[string name]
    {
        get
        {
            if (_index is not null)
            {
                return _index.TryGetValue(name, out var found) ? found : null;
            }

            foreach (var member in Members)
            {
                if (string.Equals(member.Key, name, StringComparison.Ordinal))
                {
                    return member.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The value as a 64-bit integer, if it is an integer in that range.</summary>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return Kind == JsonKind.Integer
            && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The value as a 32-bit integer, if it is an integer in that range.</summary>
    public bool TryGetInt32(out int value)
    {
        value = 0;
        return Kind == JsonKind.Integer
            && int.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The nearest double of a number; values beyond its range become infinities.</summary>
    public double AsDouble() => JsonNumber.ParseDouble(Text);

    /// <summary>The integer of any size.</summary>
    public BigInteger AsBigInteger() =>
        BigInteger.Parse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>The value as compact JSON text, numbers as Java prints them.</summary>
    public override string ToString() => JsonText.Write(this);

    /// <summary>Reads one JSON value; white space around it is allowed, nothing else.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="comments">Whether <c>/* */</c> and <c>//</c> comments inside the value are skipped.</param>
    /// <exception cref="JsonSyntaxException">The text is not JSON, or nests deeper than 1000 levels.</exception>
    public static JsonValue Parse(string text, bool comments = false) => new JsonParser(text, comments).Parse();

    internal static JsonValue OfString(string text) => new(JsonKind.String, text, 0, 0);

    internal static JsonValue OfDouble(double value) =>
        new(JsonKind.Number, JsonNumber.Format(value), 0, 0);
}
