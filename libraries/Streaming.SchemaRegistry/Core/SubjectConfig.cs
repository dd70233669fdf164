using System.Text.Json;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.SchemaRegistry.Core;

/// <summary>The settings of a subject, or the global ones. What a subject leaves open comes from the global ones.</summary>
internal sealed record SubjectConfig
{
    /// <summary>The level that new versions are checked at.</summary>
    public Compatibility? Compatibility { get; init; }

    /// <summary>Whether schemas are normalized even where the client does not ask for it.</summary>
    public bool? Normalize { get; init; }

    /// <summary>The name of the metadata property that parts a subject into groups checked on their own.</summary>
    public string? CompatibilityGroup { get; init; }

    /// <summary>This, with what it leaves open taken from another.</summary>
    public SubjectConfig Over(SubjectConfig other) => new()
    {
        Compatibility = Compatibility ?? other.Compatibility,
        Normalize = Normalize ?? other.Normalize,
        CompatibilityGroup = CompatibilityGroup ?? other.CompatibilityGroup,
    };

    public void WriteExtras(Utf8JsonWriter writer)
    {
        if (Normalize is { } normalize)
        {
            writer.WriteBoolean("normalize"u8, normalize);
        }

        if (CompatibilityGroup is not null)
        {
            writer.WriteString("compatibilityGroup"u8, CompatibilityGroup);
        }
    }

    /// <exception cref="FormatException">A member has the wrong form.</exception>
    /// <exception cref="SchemaRegistryException">The level is unknown.</exception>
    public static SubjectConfig Read(JsonElement json, string levelName)
    {
        var level = RegistryJson.OptionalString(json, levelName);
        return new SubjectConfig
        {
            Compatibility = level is null ? null
                : CompatibilityNames.TryParse(level, out var parsed) ? parsed
                : throw RegistryErrors.InvalidCompatibilityLevel(),
            Normalize = RegistryJson.Optional(json, "normalize") switch
            {
                null => null,
                { ValueKind: JsonValueKind.True } => true,
                { ValueKind: JsonValueKind.False } => false,
                _ => throw new FormatException("'normalize' is no boolean."),
            },
            CompatibilityGroup = RegistryJson.OptionalString(json, "compatibilityGroup"),
        };
    }
}
