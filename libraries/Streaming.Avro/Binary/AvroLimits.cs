namespace Streaming.Avro;

/// <summary>What a message may ask for beyond its own length, which bounds everything else.</summary>
public static class AvroLimits
{
    /// <summary>How deep values of recursive types may nest, reading and writing.</summary>
    public const int MaxDepth = 256;

    /// <summary>How many items of no bytes (nulls, empty records) the arrays of one message may hold together.</summary>
    public const int MaxEmptyItems = 1 << 16;

    /// <summary>The items that room is made for at once; larger collections grow as their items arrive.</summary>
    internal const int MaxInitialItems = 1024;
}
