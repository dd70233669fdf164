namespace Confluent.SchemaRegistry;

/// <summary>A schema that another one uses: the full name of the type, and where it is registered.</summary>
public sealed class SchemaReference : IEquatable<SchemaReference>
{
    public SchemaReference(string name, string subject, int version)
    {
        Name = name;
        Subject = subject;
        Version = version;
    }

    /// <summary>The full name of the type that the referenced schema defines.</summary>
    public string Name { get; set; }

    /// <summary>The subject that holds it.</summary>
    public string Subject { get; set; }

    /// <summary>Its version there; -1 in a registration means the latest.</summary>
    public int Version { get; set; }

    public bool Equals(SchemaReference? other) =>
        other is not null && Name == other.Name && Subject == other.Subject && Version == other.Version;

    public override bool Equals(object? obj) => Equals(obj as SchemaReference);

    public override int GetHashCode() => HashCode.Combine(Name, Subject, Version);

    public override string ToString() => $"{Name} = {Subject}:{Version}";
}
