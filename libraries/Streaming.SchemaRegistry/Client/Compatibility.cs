namespace Confluent.SchemaRegistry;

/// <summary>Compatibility levels, in the order of Confluent's client (Streamiz casts by ordinal).</summary>
public enum Compatibility
{
    /// <summary>No check.</summary>
    None,

    /// <summary>The latest schema can read data of the new one.</summary>
    Forward,

    /// <summary>The new schema can read data of the latest one.</summary>
    Backward,

    /// <summary>Backward and forward against the latest schema.</summary>
    Full,

    /// <summary>Every earlier schema can read data of the new one.</summary>
    ForwardTransitive,

    /// <summary>The new schema can read data of every earlier one.</summary>
    BackwardTransitive,

    /// <summary>Backward and forward against every earlier schema.</summary>
    FullTransitive,
}
