using System.Text;

namespace Streaming.EndToEnd.Tests.Oracle;

/// <summary>A row of a CSV file: its fields by column name and the line on which it starts.</summary>
internal sealed record CsvRow(string File, int Line, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>The field; null where the row is too short or the field empty.</summary>
    public string? this[string column] => Fields.TryGetValue(column, out var text) && text.Length > 0 ? text : null;
}

/// <summary>RFC 4180, small: quotes, doubled quotes, line breaks in quotes, any line end, a byte order mark.</summary>
internal static class Csv
{
    public static IEnumerable<CsvRow> Read(string folder, string file)
    {
        var text = File.ReadAllText(Path.Combine(folder, file));
        string[]? header = null;
        foreach (var (line, fields) in Records(text))
        {
            if (header is null)
            {
                header = fields;
            }
            else
            {
                yield return new(file, line, header.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second));
            }
        }
    }

    private static IEnumerable<(int Line, string[] Fields)> Records(string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var (line, start, quoted) = (1, 1, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                line++;
            }

            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(text[i++]);
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && c == ',')
            {
                EndField();
            }
            else if (!quoted && c == '\n')
            {
                EndField();
                if (fields is not [""])
                {
                    yield return (start, [.. fields]);
                }

                fields.Clear();
                start = line;
            }
            else if (quoted || c != '\r')
            {
                field.Append(c);
            }
        }
        if (field.Length > 0 || fields.Count > 0)
        {
            EndField();
            yield return (start, [.. fields]);
        }

        void EndField()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }
}
