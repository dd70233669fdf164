using Streaming.Avro.Json;

namespace Avro;

/// <summary>One of the eight unnamed simple types.</summary>
public sealed class PrimitiveSchema : Schema
{
    private static readonly Dictionary<string, Type> Tags = new(StringComparer.Ordinal)
    {
        ["null"] = Type.Null,
        ["boolean"] = Type.Boolean,
        ["int"] = Type.Int,
        ["long"] = Type.Long,
        ["float"] = Type.Float,
        ["double"] = Type.Double,
        ["bytes"] = Type.Bytes,
        ["string"] = Type.String,
    };

    private static readonly Dictionary<string, PrimitiveSchema> Bare =
        Tags.ToDictionary(t => t.Key, t => new PrimitiveSchema(t.Key, t.Value, []), StringComparer.Ordinal);

    private PrimitiveSchema(string name, Type tag, IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(tag, properties)
    {
        Name = name;
        SetLogicalType();
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <summary>The primitive of that name without properties, or null.</summary>
    public static PrimitiveSchema? GetInstance(string type) => Bare.TryGetValue(type, out var schema) ? schema : null;

    internal static bool IsName(string name) => Tags.ContainsKey(name);

    internal static PrimitiveSchema Create(string name, IReadOnlyList<KeyValuePair<string, JsonValue>> properties) =>
        properties.Count == 0 ? Bare[name] : new PrimitiveSchema(name, Tags[name], properties);
}
