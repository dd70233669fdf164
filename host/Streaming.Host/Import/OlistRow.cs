using System.Globalization;

namespace Streaming.Host.Import;

/// <summary>A row's typed fields. What cannot be read throws <see cref="OlistRowException"/> with its reason.</summary>
internal readonly record struct OlistRow(string File, int Line, string[] Fields, Dictionary<string, int> Columns)
{
    public string? Optional(string column)
    {
        var index = Columns[column];
        var text = index < Fields.Length ? Fields[index].Trim() : throw Fault($"column '{column}' is missing");
        return text.Length == 0 ? null : text;
    }

    public string Text(string column) => Optional(column) ?? throw Fault($"column '{column}' is empty");

    public int Number(string column)
    {
        var text = Text(column);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Fault($"column '{column}': '{text}' is not a whole number");
    }

    /// <summary>An amount of at least 0 in minor units; the data set's amounts have at most two decimals.</summary>
    public long Minor(string column)
    {
        var text = Text(column);
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount > long.MaxValue / 100 || amount * 100 != decimal.Truncate(amount * 100))
        {
            throw Fault($"column '{column}': '{text}' is not an amount");
        }

        return (long)(amount * 100);
    }

    public DateTimeOffset Time(string column) => OptionalTime(column) ?? throw Fault($"column '{column}' is empty");

    public DateTimeOffset? OptionalTime(string column)
    {
        if (Optional(column) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Fault($"column '{column}': '{text}' is not a time (YYYY-MM-DD HH:MM:SS)");
    }

    private OlistRowException Fault(string reason) => new(new OlistFault(File, Line, reason));
}

internal sealed class OlistRowException(OlistFault fault) : Exception(fault.ToString())
{
    public OlistFault Fault { get; } = fault;
}

/// <summary>The import cannot go on at all: a file or a column is absent, or the broker does not answer.</summary>
internal sealed class ImportException(string message) : Exception(message);
