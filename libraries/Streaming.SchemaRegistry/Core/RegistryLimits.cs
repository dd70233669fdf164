namespace Streaming.SchemaRegistry.Core;

/// <summary>What one schema may cost; beyond it a registration is refused.</summary>
internal sealed record RegistryLimits
{
    /// <summary>Characters of a schema's text, and of all that it refers to together.</summary>
    public int SchemaLength { get; init; } = 1_000_000;

    /// <summary>Schemas that one refers to, directly or not.</summary>
    public int References { get; init; } = 1_000;

    /// <summary>Levels of references.</summary>
    public int ReferenceDepth { get; init; } = 50;
}
