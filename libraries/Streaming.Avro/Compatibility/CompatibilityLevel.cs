namespace Streaming.Avro;

/// <summary>How a new version of a schema must get on with the older ones.</summary>
public enum CompatibilityLevel
{
    /// <summary>Anything goes.</summary>
    None,
    /// <summary>The new version reads data of the latest.</summary>
    Backward,
    /// <summary>The new version reads data of all.</summary>
    BackwardTransitive,
    /// <summary>The latest version reads data of the new one.</summary>
    Forward,
    /// <summary>All versions read data of the new one.</summary>
    ForwardTransitive,
    /// <summary>Backward and forward with the latest.</summary>
    Full,
    /// <summary>Backward and forward with all.</summary>
    FullTransitive,
}

/// <summary>The levels' names as registries write them.</summary>
public static class CompatibilityLevels
{
    private static readonly string[] Names =
        ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

    /// <summary>The name: <c>BACKWARD_TRANSITIVE</c> and the like.</summary>
    public static string ToName(this CompatibilityLevel level) => Names[(int)level];

    /// <summary>The level of that name, in any case.</summary>
    public static bool TryParse(string? name, out CompatibilityLevel level)
    {
        var index = Array.FindIndex(Names, n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase));
        level = (CompatibilityLevel)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Whether the new version must read data of older ones.</summary>
    public static bool IsBackward(this CompatibilityLevel level) => level is CompatibilityLevel.Backward
        or CompatibilityLevel.BackwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

    /// <summary>Whether older versions must read data of the new one.</summary>
    public static bool IsForward(this CompatibilityLevel level) => level is CompatibilityLevel.Forward
        or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.Full or CompatibilityLevel.FullTransitive;

    /// <summary>Whether all older versions count, not the latest alone.</summary>
    public static bool IsTransitive(this CompatibilityLevel level) => level is CompatibilityLevel.BackwardTransitive
        or CompatibilityLevel.ForwardTransitive or CompatibilityLevel.FullTransitive;
}
