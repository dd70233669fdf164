namespace Confluent.SchemaRegistry;

/// <summary>A schema as text, with what it refers to. Equality is that of its whole content.</summary>
public class Schema : IComparable<Schema>, IEquatable<Schema>
{
    public Schema(string schemaString, SchemaType schemaType)
        : this(schemaString, [], schemaType)
    {
    }

    public Schema(string schemaString, List<SchemaReference>? references, SchemaType schemaType)
        : this(schemaString, references, schemaType, null, null)
    {
    }

    public Schema(
        string schemaString, List<SchemaReference>? references, SchemaType schemaType, Metadata? metadata,
        RuleSet? ruleSet)
    {
        ArgumentNullException.ThrowIfNull(schemaString);
        SchemaString = schemaString;
        References = references ?? [];
        SchemaType = schemaType;
        Metadata = metadata;
        RuleSet = ruleSet;
    }

    /// <summary>The schema's text.</summary>
    public string SchemaString { get; set; }

    /// <summary>The schemas it uses; empty when it stands alone.</summary>
    public List<SchemaReference> References { get; set; }

    public SchemaType SchemaType { get; set; }

    public Metadata? Metadata { get; set; }

    public RuleSet? RuleSet { get; set; }

    /// <summary>An Avro schema without references.</summary>
    public static implicit operator Schema(string avroSchema) => new(avroSchema, SchemaType.Avro);

    public int CompareTo(Schema? other) => string.CompareOrdinal(SchemaString, other?.SchemaString);

    public bool Equals(Schema? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && SchemaString == other.SchemaString
            && SchemaType == other.SchemaType
            && References.SequenceEqual(other.References)
            && Equals(Metadata, other.Metadata)
            && Equals(RuleSet, other.RuleSet));

    public override bool Equals(object? obj) => Equals(obj as Schema);

    public override int GetHashCode() =>
        HashCode.Combine(SchemaString.GetHashCode(StringComparison.Ordinal), References.Count);

    public override string ToString() => SchemaString;
}
