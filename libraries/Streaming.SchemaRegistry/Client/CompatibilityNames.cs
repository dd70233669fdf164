using Confluent.SchemaRegistry;
using Streaming.Avro;

namespace Streaming.SchemaRegistry;

/// <summary>Compatibility levels as the REST API spells them, and as Avro's checker has them.</summary>
public static class CompatibilityNames
{
    private static readonly CompatibilityLevel[] Levels =
    [
        CompatibilityLevel.None, CompatibilityLevel.Forward, CompatibilityLevel.Backward, CompatibilityLevel.Full,
        CompatibilityLevel.ForwardTransitive, CompatibilityLevel.BackwardTransitive, CompatibilityLevel.FullTransitive,
    ];

    /// <summary>The wire name, e.g. <c>FULL_TRANSITIVE</c>.</summary>
    public static string ToWireName(this Compatibility level) => level.ToAvro().ToName();

    /// <summary>The same level in the words of Avro's checker.</summary>
    public static CompatibilityLevel ToAvro(this Compatibility level) => Levels[(int)level];

    /// <summary>Parses a wire name in any case; false when it is none.</summary>
    public static bool TryParse(string? text, out Compatibility level)
    {
        var isLevel = CompatibilityLevels.TryParse(text, out var parsed);
        level = (Compatibility)Array.IndexOf(Levels, parsed);
        return isLevel;
    }
}
