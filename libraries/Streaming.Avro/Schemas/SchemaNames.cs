namespace Avro;

/// <summary>Named types that a schema may refer to: those of other files, or of a registry's references.</summary>
public sealed class SchemaNames
{
    private readonly Dictionary<string, NamedSchema> _types = new(StringComparer.Ordinal);

    /// <summary>The types, in no order.</summary>
    public IReadOnlyCollection<NamedSchema> Types => _types.Values;

    /// <summary>Adds a type.</summary>
    /// <returns>False where another type of that full name is there already.</returns>
    public bool Add(NamedSchema schema)
    {
        if (_types.TryGetValue(schema.Fullname, out var existing))
        {
            return existing.Equals(schema);
        }

        _types[schema.Fullname] = schema;
        return true;
    }

    /// <summary>The type of that full name, if it is there.</summary>
    public bool TryGetValue(string fullname, out NamedSchema schema) => _types.TryGetValue(fullname, out schema!);
}
