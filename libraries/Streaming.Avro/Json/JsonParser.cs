namespace Streaming.Avro.Json;

/// <summary>A strict JSON reader (RFC 8259), with comments on demand.</summary>
internal sealed partial class JsonParser(string text, bool comments)
{
    private const int MaxDepth = 1000;
    private const int MaxNumberLength = 1000;
    private int _position;
    private int _line = 1;
    private int _lineStart;
    private int _depth;

    public JsonValue Parse()
    {
        SkipBlank(comments);
        var value = ParseValue();
        // The reference parser takes comments inside and before a value but refuses them after it.
        SkipBlank(false);
        return _position == text.Length ? value : throw Error("Text after the end of the JSON value");
    }

    private JsonValue ParseValue()
    {
        if (_position >= text.Length)
        {
            throw Error("The JSON text ends where a value is due");
        }

        int line = _line, column = Column;
        switch (text[_position])
        {
            case '{':
                return ParseObject(line, column);
            case '[':
                return ParseArray(line, column);
            case '"':
                return new JsonValue(JsonKind.String, ParseString(), line, column);
            case 't':
                Expect("true");
                return new JsonValue(JsonKind.True, "", line, column);
            case 'f':
                Expect("false");
                return new JsonValue(JsonKind.False, "", line, column);
            case 'n':
                Expect("null");
                return new JsonValue(JsonKind.Null, "", line, column);
            default:
                return ParseNumber(line, column);
        }
    }

    private JsonValue ParseObject(int line, int column)
    {
        Enter();
        var members = new List<KeyValuePair<string, JsonValue>>();
        Dictionary<string, int>? places = null;
        if (!TryTake('}'))
        {
            do
            {
                SkipBlank(comments);
                if (_position >= text.Length || text[_position] != '"')
                {
                    throw Error("A member name in double quotes is due");
                }

                var name = ParseString();
                Require(':');
                SkipBlank(comments);
                var member = new KeyValuePair<string, JsonValue>(name, ParseValue());
                places ??= new Dictionary<string, int>(StringComparer.Ordinal);
                if (places.TryGetValue(name, out var place))
                {
                    members[place] = member;
                }
                else
                {
                    places[name] = members.Count;
                    members.Add(member);
                }
            }
            while (TryTake(','));
            Require('}');
        }

        _depth--;
        return new JsonValue(members, line, column);
    }

    private JsonValue ParseArray(int line, int column)
    {
        Enter();
        var items = new List<JsonValue>();
        if (!TryTake(']'))
        {
            do
            {
                SkipBlank(comments);
                items.Add(ParseValue());
            }
            while (TryTake(','));
            Require(']');
        }

        _depth--;
        return new JsonValue(items, line, column);
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error($"JSON nests deeper than {MaxDepth} levels");
        }

        _position++;
    }

    private void Expect(string word)
    {
        if (string.CompareOrdinal(text, _position, word, 0, word.Length) != 0
            || (_position + word.Length < text.Length && char.IsLetterOrDigit(text[_position + word.Length])))
        {
            throw Error("Not a JSON value");
        }

        _position += word.Length;
    }

    private bool TryTake(char c)
    {
        SkipBlank(comments);
        if (Peek() != c || _position >= text.Length)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void Require(char c)
    {
        if (!TryTake(c))
        {
            throw Error($"'{c}' is due");
        }
    }

    private int Column => _position - _lineStart + 1;

    private JsonSyntaxException Error(string reason) => new(reason, _line, Column);
}
