namespace Streaming.SchemaRegistry.Core;

/// <summary>What a subject, or the whole registry, lets its clients do.</summary>
internal enum RegistryMode
{
    /// <summary>Everything but choosing ids.</summary>
    ReadWrite,

    /// <summary>Reading alone.</summary>
    ReadOnly,

    /// <summary>Registering with ids and versions that the client chooses, unchecked.</summary>
    Import,

    /// <summary>Reading alone; writes belong to another registry.</summary>
    Forward,
}

internal static class RegistryModes
{
    private static readonly string[] Names = ["READWRITE", "READONLY", "IMPORT", "FORWARD"];

    public static string ToWireName(this RegistryMode mode) => Names[(int)mode];

    public static bool TryParse(string? text, out RegistryMode mode)
    {
        var index = Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        mode = index < 0 ? default : (RegistryMode)index;
        return index >= 0;
    }
}
