using Avro;

namespace Streaming.Avro.Json;

/// <summary>The text is not the JSON that was due.</summary>
public sealed class JsonSyntaxException : AvroException
{
    /// <summary>An error at a place.</summary>
    public JsonSyntaxException(string reason, int line, int column)
        : base($"{reason} (line {line}, column {column})")
    {
        Reason = reason;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1.</summary>
    public int Column { get; }
}
