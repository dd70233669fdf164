using System.Text;

namespace Streaming.Avro.Generator;

/// <summary>Text with indentation.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public CodeWriter Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
        return this;
    }

    public CodeWriter Open(string? line = null)
    {
        if (line is not null)
        {
            Line(line);
        }

        Line("{");
        _depth++;
        return this;
    }

    public CodeWriter Close(string end = "}")
    {
        _depth--;
        return Line(end);
    }

    /// <summary>A one-line member.</summary>
    public CodeWriter Arrow(string head, string body)
    {
        Line(head);
        _depth++;
        Line("=> " + body + ";");
        _depth--;
        return this;
    }

    /// <summary>A doc comment.</summary>
    public CodeWriter Doc(string? doc, string otherwise)
    {
        var lines = (doc is null || doc.Trim().Length == 0 ? otherwise : doc).Trim()
            .Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;")
            .Split(['\r', '\n', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries)
            .Select(l => new string(l.Trim().Where(c => !char.IsControl(c)).ToArray())).ToArray();
        if (lines.Length == 1)
        {
            return Line($"/// <summary>{lines[0]}</summary>");
        }

        Line("/// <summary>");
        foreach (var line in lines)
        {
            Line("/// " + line);
        }

        return Line("/// </summary>");
    }

    public override string ToString() => _text.ToString();
}
