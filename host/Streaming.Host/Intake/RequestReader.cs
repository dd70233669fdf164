using System.Text.Json;

namespace Streaming.Host.Intake;

/// <summary>
/// Reads a JSON body field by field and collects what is wrong by path (<c>items[0].quantity</c>), so that the answer
/// can list every faulty field at once instead of the first.
/// </summary>
internal sealed class RequestReader
{
    private readonly Dictionary<string, List<string>> _errors;
    private readonly JsonElement _object;
    private readonly string _path;

    private RequestReader(JsonElement element, string path, Dictionary<string, List<string>> errors)
    {
        _object = element;
        _path = path;
        _errors = errors;
    }

    public IDictionary<string, string[]> Errors => _errors.ToDictionary(e => e.Key, e => e.Value.ToArray());

    public bool HasErrors => _errors.Count > 0;

    /// <summary>Parses a body that must be one JSON object; anything else is an error of the field <c>body</c>.</summary>
    public static RequestReader Parse(ReadOnlyMemory<byte> body)
    {
        var errors = new Dictionary<string, List<string>>();
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new RequestReader(document.RootElement.Clone(), "", errors);
            }

            errors["body"] = ["must be a JSON object"];
        }
        catch (JsonException e)
        {
            errors["body"] = [$"is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}"];
        }

        return new RequestReader(JsonDocument.Parse("{}").RootElement, "", errors);
    }

    public string Text(string name, int maxLength) => OptionalText(name, maxLength) ?? Missing(name, "");

    public string? OptionalText(string name, int maxLength)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Error(name, "must be text");
            return null;
        }

        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate (\ud800) is JSON, but no text that UTF-8 can carry.
            Error(name, "is not valid Unicode");
            return null;
        }

        if (text.Length == 0 || text.Length > maxLength)
        {
            Error(name, $"must have 1 to {maxLength} characters");
        }
        else if (text.Any(char.IsControl))
        {
            Error(name, "must not contain control characters");
        }

        return text;
    }

    public long Number(string name, long min, long max) => OptionalNumber(name, min, max) ?? Missing(name, 0L);

    public long? OptionalNumber(string name, long min, long max)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Error(name, $"must be a whole number from {min} to {max}");
        return min;
    }

    public bool Flag(string name, bool absent)
    {
        if (!TryGet(name, out var value))
        {
            return absent;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Error(name, "must be true or false");
        return absent;
    }

    public T? OptionalObject<T>(string name, Func<RequestReader, T> read)
        where T : class
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return read(new RequestReader(value, PathOf(name) + ".", _errors));
        }

        Error(name, "must be an object");
        return null;
    }

    /// <summary>The array's elements, each read by <paramref name="read"/> under its own path.</summary>
    public IReadOnlyList<T> List<T>(string name, int max, Func<RequestReader, T> read)
    {
        if (!TryGet(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Error(name, "must be an array");
            return [];
        }

        if (value.GetArrayLength() > max)
        {
            Error(name, $"must have at most {max} elements");
            return [];
        }

        var elements = new List<T>();
        foreach (var (element, i) in value.EnumerateArray().Select((e, i) => (e, i)))
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                elements.Add(read(new RequestReader(element, $"{PathOf(name)}[{i}].", _errors)));
            }
            else
            {
                Error($"{name}[{i}]", "must be an object");
            }
        }

        return elements;
    }

    public void Error(string name, string message)
    {
        var path = PathOf(name);
        if (!_errors.TryGetValue(path, out var messages))
        {
            _errors[path] = messages = [];
        }

        messages.Add(message);
    }

    private string PathOf(string name) => _path + name;

    private T Missing<T>(string name, T substitute)
    {
        // A field that is there but wrong has been reported already.
        if (!TryGet(name, out _))
        {
            Error(name, "is missing");
        }

        return substitute;
    }

    private bool TryGet(string name, out JsonElement value) =>
        _object.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
