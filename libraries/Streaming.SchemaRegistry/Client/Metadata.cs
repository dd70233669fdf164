namespace Confluent.SchemaRegistry;

/// <summary>What an author attaches to a schema: tags by path, properties, and the names of sensitive properties.</summary>
public sealed class Metadata : IEquatable<Metadata>
{
    public Metadata(
        IDictionary<string, ISet<string>>? tags, IDictionary<string, string>? properties, ISet<string>? sensitive)
    {
        Tags = tags ?? new Dictionary<string, ISet<string>>();
        Properties = properties ?? new Dictionary<string, string>();
        Sensitive = sensitive ?? new HashSet<string>();
    }

    public IDictionary<string, ISet<string>> Tags { get; }

    public IDictionary<string, string> Properties { get; }

    public ISet<string> Sensitive { get; }

    public bool Equals(Metadata? other) =>
        other is not null
        && Properties.Count == other.Properties.Count
        && Properties.All(p => other.Properties.TryGetValue(p.Key, out var value) && value == p.Value)
        && Tags.Count == other.Tags.Count
        && Tags.All(t => other.Tags.TryGetValue(t.Key, out var set) && set.SetEquals(t.Value))
        && Sensitive.SetEquals(other.Sensitive);

    public override bool Equals(object? obj) => Equals(obj as Metadata);

    public override int GetHashCode() =>
        Properties.Aggregate(Tags.Count, (hash, p) => hash ^ HashCode.Combine(p.Key, p.Value));
}
