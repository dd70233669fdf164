using System.Text;

namespace Streaming.Avro.Json;

/// <content>Strings, numbers, white space and comments.</content>
internal sealed partial class JsonParser
{
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
}
