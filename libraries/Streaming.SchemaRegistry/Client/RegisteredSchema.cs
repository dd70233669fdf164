namespace Confluent.SchemaRegistry;

/// <summary>A schema as a registry knows it: under a subject, with a version and an id.</summary>
public sealed class RegisteredSchema : Schema
{
    public RegisteredSchema(
        string subject, int version, int id, string schemaString, SchemaType schemaType,
        List<SchemaReference>? references)
        : this(subject, version, id, null, schemaString, schemaType, references, null, null)
    {
    }

    public RegisteredSchema(
        string subject, int version, int id, string? guid, string schemaString, SchemaType schemaType,
        List<SchemaReference>? references)
        : this(subject, version, id, guid, schemaString, schemaType, references, null, null)
    {
    }

    public RegisteredSchema(
        string subject, int version, int id, string? guid, string schemaString, SchemaType schemaType,
        List<SchemaReference>? references, Metadata? metadata, RuleSet? ruleSet)
        : base(schemaString, references, schemaType, metadata, ruleSet)
    {
        Subject = subject;
        Version = version;
        Id = id;
        Guid = guid;
    }

    public string Subject { get; set; }

    /// <summary>The version within the subject, from 1; 0 when the registry did not say.</summary>
    public int Version { get; set; }

    /// <summary>The id within the registry.</summary>
    public int Id { get; set; }

    /// <summary>The id that is the same in every registry, where the registry gives one (Confluent 8).</summary>
    public string? Guid { get; set; }

    public override string ToString() => $"{Subject}:{Version} (id {Id})";
}
