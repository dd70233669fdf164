using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry;

/// <summary>Compatibility levels as the REST API spells them.</summary>
public static class CompatibilityNames
{
    private static readonly string[] Names =
        ["NONE", "FORWARD", "BACKWARD", "FULL", "FORWARD_TRANSITIVE", "BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"];

    /// <summary>The wire name, e.g. <c>FULL_TRANSITIVE</c>.</summary>
    public static string ToWireName(this Compatibility level) => Names[(int)level];

    /// <summary>Parses a wire name in any case; false when it is none.</summary>
    public static bool TryParse(string? text, out Compatibility level)
    {
        var index = Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        level = index < 0 ? default : (Compatibility)index;
        return index >= 0;
    }
}
