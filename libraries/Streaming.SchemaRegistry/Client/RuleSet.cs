namespace Confluent.SchemaRegistry;

/// <summary>Data-contract rules of a schema. They are kept and handed on as they came; nothing here executes them.</summary>
public sealed class RuleSet : IEquatable<RuleSet>
{
    public RuleSet(string json) => Json = json;

    /// <summary>The rules as JSON text.</summary>
    public string Json { get; }

    public bool Equals(RuleSet? other) => other is not null && Json == other.Json;

    public override bool Equals(object? obj) => Equals(obj as RuleSet);

    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Json;
}
