using System.Text;

namespace Streaming.Avro.Json;

/// <summary>A strict JSON reader (RFC 8259), with comments on demand.</summary>
internal sealed class JsonParser(string text, bool comments)
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

    private string ParseString()
    {
        var start = ++_position;
        StringBuilder? built = null;
        while (true)
        {
            if (_position >= text.Length)
            {
                throw Error("A string has no end");
            }

            var c = text[_position];
            if (c == '"')
            {
                var tail = text.Substring(start, _position - start);
                _position++;
                return built is null ? tail : built.Append(tail).ToString();
            }

            if (c < ' ')
            {
                throw Error("A control character in a string must be escaped");
            }

            if (c != '\\')
            {
                _position++;
                continue;
            }

            built ??= new StringBuilder();
            built.Append(text, start, _position - start).Append(ParseEscape());
            start = _position;
        }
    }

    private char ParseEscape()
    {
        _position++;
        if (_position >= text.Length)
        {
            throw Error("A string has no end");
        }

        switch (text[_position++])
        {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u': return ParseHex();
            default:
                _position--;
                throw Error("Unknown escape in a string");
        }
    }

    private char ParseHex()
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var c = _position < text.Length ? text[_position] : ' ';
            var digit = c is >= '0' and <= '9' ? c - '0'
                : c is >= 'a' and <= 'f' ? c - 'a' + 10
                : c is >= 'A' and <= 'F' ? c - 'A' + 10
                : throw Error("\\u must be followed by four hexadecimal digits");
            value = (value << 4) | digit;
            _position++;
        }

        return (char)value;
    }

    private JsonValue ParseNumber(int line, int column)
    {
        var start = _position;
        var kind = JsonKind.Integer;
        if (Peek() == '-')
        {
            _position++;
        }

        var leading = _position;
        Digits("Not a JSON value");
        if (_position - leading > 1 && text[leading] == '0')
        {
            throw Error("A number must not start with a zero");
        }

        if (Peek() == '.')
        {
            kind = JsonKind.Number;
            _position++;
            Digits("A digit is due after the decimal point");
        }

        if (Peek() is 'e' or 'E')
        {
            kind = JsonKind.Number;
            _position++;
            if (Peek() is '+' or '-')
            {
                _position++;
            }

            Digits("A digit is due in the exponent");
        }

        if (_position - start > MaxNumberLength)
        {
            throw Error($"A number is longer than {MaxNumberLength} characters");
        }

        if (char.IsLetterOrDigit(Peek()))
        {
            throw Error("Not a JSON value");
        }

        return new JsonValue(kind, text.Substring(start, _position - start), line, column);
    }

    private void Digits(string otherwise)
    {
        if (Peek() is < '0' or > '9')
        {
            throw Error(otherwise);
        }

        while (Peek() is >= '0' and <= '9')
        {
            _position++;
        }
    }

    private char Peek() => _position < text.Length ? text[_position] : '\0';

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

    private void SkipBlank(bool alsoComments)
    {
        while (_position < text.Length)
        {
            switch (text[_position])
            {
                case '\n':
                    _position++;
                    _line++;
                    _lineStart = _position;
                    break;
                case ' ' or '\t' or '\r':
                    _position++;
                    break;
                case '/' when alsoComments:
                    SkipComment();
                    break;
                default:
                    return;
            }
        }
    }

    private void SkipComment()
    {
        var next = _position + 1 < text.Length ? text[_position + 1] : '\0';
        if (next == '/')
        {
            while (_position < text.Length && text[_position] != '\n')
            {
                _position++;
            }
        }
        else if (next == '*')
        {
            var end = text.IndexOf("*/", _position + 2, StringComparison.Ordinal);
            if (end < 0)
            {
                throw Error("A comment has no end");
            }

            for (; _position < end + 2; _position++)
            {
                if (text[_position] == '\n')
                {
                    _line++;
                    _lineStart = _position + 1;
                }
            }
        }
        else
        {
            throw Error("Not a JSON value");
        }
    }

    private int Column => _position - _lineStart + 1;

    private JsonSyntaxException Error(string reason) => new(reason, _line, Column);
}
