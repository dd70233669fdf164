using Streaming.Avro.Json;

namespace Avro;

/// <summary>A list of items of one schema.</summary>
public sealed class ArraySchema : Schema
{
    internal ArraySchema(IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(Type.Array, properties)
    {
    }

    /// <inheritdoc/>
    public override string Name => "array";

    /// <summary>The items' schema.</summary>
    public Schema ItemSchema { get; internal set; } = null!;
}

/// <summary>Values of one schema under text keys.</summary>
public sealed class MapSchema : Schema
{
    internal MapSchema(IReadOnlyList<KeyValuePair<string, JsonValue>> properties)
        : base(Type.Map, properties)
    {
    }

    /// <inheritdoc/>
    public override string Name => "map";

    /// <summary>The values' schema.</summary>
    public Schema ValueSchema { get; internal set; } = null!;
}

/// <summary>One of several schemas, each of another type or name.</summary>
public sealed class UnionSchema : Schema
{
    private readonly Schema[] _branches;

    internal UnionSchema(int count)
        : base(Type.Union, []) => _branches = new Schema[count];

    /// <inheritdoc/>
    public override string Name => "union";

    /// <summary>The branches in order; a value's branch is its index here.</summary>
    public IReadOnlyList<Schema> Schemas => _branches;

    /// <summary>The number of branches.</summary>
    public int Count => _branches.Length;

    /// <summary>A branch by its index.</summary>
    public Schema this[int index] => _branches[index];

    internal void Set(int index, Schema branch) => _branches[index] = branch;
}
