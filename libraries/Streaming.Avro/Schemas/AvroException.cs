namespace Avro;

/// <summary>Anything that Avro refuses: a schema, a value, or bytes.</summary>
public class AvroException : Exception
{
    /// <summary>An error with its text.</summary>
    public AvroException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its text and its cause.</summary>
    public AvroException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A wrong use of a value, such as a field position that doesn't exist.</summary>
public class AvroRuntimeException : AvroException
{
    /// <summary>An error with its text.</summary>
    public AvroRuntimeException(string message)
        : base(message)
    {
    }
}

/// <summary>A value doesn't have the type that its schema asks for.</summary>
public class AvroTypeException : AvroException
{
    /// <summary>An error with its text.</summary>
    public AvroTypeException(string message)
        : base(message)
    {
    }
}

/// <summary>A text is not a valid schema.</summary>
public class SchemaParseException : AvroException
{
    /// <summary>An error at a place; line 0 stands for an unknown place.</summary>
    public SchemaParseException(string reason, int line, int column, string? source = null)
        : base(line == 0 ? reason : $"{reason} ({(source is null ? "" : source + ", ")}line {line}, column {column})")
    {
        Reason = reason;
        Line = line;
        Column = column;
        File = source;
    }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1.</summary>
    public int Column { get; }

    /// <summary>The file, where several were parsed together.</summary>
    public string? File { get; }
}
