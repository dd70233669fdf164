using Streaming.Avro;
using Streaming.Avro.Json;

namespace Avro;

/// <summary>
/// An Avro schema, immutable once parsed. Two schemas are equal when their canonical texts are, that is with docs,
/// defaults, aliases and properties.
/// </summary>
public abstract class Schema
{
    private string? _text;

    private protected Schema(Type tag, IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
    {
        Tag = tag;
        Properties = properties;
    }

    /// <summary>The kinds of schemas.</summary>
    public enum Type
    {
        /// <summary>No value.</summary>
        Null,
        /// <summary>True or false.</summary>
        Boolean,
        /// <summary>32-bit integer.</summary>
        Int,
        /// <summary>64-bit integer.</summary>
        Long,
        /// <summary>IEEE single.</summary>
        Float,
        /// <summary>IEEE double.</summary>
        Double,
        /// <summary>Bytes of any length.</summary>
        Bytes,
        /// <summary>Text.</summary>
        String,
        /// <summary>Named fields in order.</summary>
        Record,
        /// <summary>One of named symbols.</summary>
        Enumeration,
        /// <summary>A list.</summary>
        Array,
        /// <summary>Text keys with values.</summary>
        Map,
        /// <summary>One of several schemas.</summary>
        Union,
        /// <summary>Bytes of a given length.</summary>
        Fixed,
        /// <summary>A record that a protocol uses as an error.</summary>
        Error,
    }

    /// <summary>What kind of schema this is.</summary>
    public Type Tag { get; }

    /// <summary>The type's name; for named types without namespace.</summary>
    public abstract string Name { get; }

    /// <summary>The type's full name; for unnamed types the same as <see cref="Name"/>.</summary>
    public virtual string Fullname => Name;

    /// <summary>The attributes that Avro itself gives no meaning, in the order of the text.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Properties { get; }

    /// <summary>The logical type, if a valid one is given.</summary>
    public LogicalType? LogicalType { get; private protected set; }

    /// <summary>The JSON text of a property, or null.</summary>
    public string? GetProperty(string key) => PropertyOf(key)?.ToString();

    /// <summary>Parses a schema by the rules for new schemas: names, namespaces and defaults are checked.</summary>
    /// <exception cref="SchemaParseException">The text is no valid schema.</exception>
    public static Schema Parse(string json) => SchemaSet.ParseOne(json, new SchemaNames(), lenient: false);

    /// <summary>
    /// Parses a schema that may refer to types in <paramref name="names"/>; the types it defines are added there.
    /// </summary>
    /// <exception cref="SchemaParseException">The text is no valid schema; the table is then unchanged.</exception>
    public static Schema Parse(string json, SchemaNames names) => SchemaSet.ParseOne(json, names, lenient: false);

    /// <summary>Parses a schema that is already in use somewhere: defaults and namespaces are taken as they are.</summary>
    /// <exception cref="SchemaParseException">The text is no schema at all.</exception>
    public static Schema ParseLenient(string json, SchemaNames? names = null) =>
        SchemaSet.ParseOne(json, names ?? new SchemaNames(), lenient: true);

    /// <summary>The canonical text, as registries store it: all types inside, Java's order of attributes.</summary>
    public override string ToString() => _text ??= SchemaText.Canonical(this);

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        ReferenceEquals(this, obj)
        || (obj is Schema other && string.Equals(ToString(), other.ToString(), StringComparison.Ordinal));

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    internal JsonValue? PropertyOf(string key)
    {
        foreach (var property in Properties)
        {
            if (string.Equals(property.Key, key, StringComparison.Ordinal))
            {
                return property.Value;
            }
        }

        return null;
    }

    private protected void SetLogicalType(int size = 0) => LogicalType =
        LogicalType.Of(Tag, size, PropertyOf("logicalType"), PropertyOf("precision"), PropertyOf("scale"));
}
