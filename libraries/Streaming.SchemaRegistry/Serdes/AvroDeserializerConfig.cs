namespace Confluent.SchemaRegistry.Serdes;

/// <summary>The Avro deserializer's configuration: typed views over Confluent's <c>avro.deserializer.*</c> keys.</summary>
public class AvroDeserializerConfig : SerdeConfig
{
    /// <summary>The keys.</summary>
    public static class PropertyNames
    {
        public const string UseLatestVersion = "avro.deserializer.use.latest.version";
        public const string UseLatestWithMetadata = "avro.deserializer.use.latest.with.metadata";
        public const string SubjectNameStrategy = "avro.deserializer.subject.name.strategy";
        public const string SchemaIdStrategy = "avro.deserializer.schema.id.strategy";
    }

    public AvroDeserializerConfig()
    {
    }

    public AvroDeserializerConfig(IEnumerable<KeyValuePair<string, string>> config)
        : base(config)
    {
    }

    /// <summary>Whether generic records are read as the subject's latest schema has them (false).</summary>
    public bool? UseLatestVersion
    {
        get => GetBool(PropertyNames.UseLatestVersion);
        set => Set(PropertyNames.UseLatestVersion, value?.ToString());
    }

    /// <summary>To read generic records as the subject's latest schema with these metadata properties has them.</summary>
    public IDictionary<string, string>? UseLatestWithMetadata
    {
        get => Map(PropertyNames.UseLatestWithMetadata);
        set => Set(PropertyNames.UseLatestWithMetadata, value);
    }

    /// <summary>How the subject is named (by the topic).</summary>
    public SubjectNameStrategy? SubjectNameStrategy
    {
        get => Enumeration<SubjectNameStrategy>(PropertyNames.SubjectNameStrategy);
        set => Set(PropertyNames.SubjectNameStrategy, value?.ToString());
    }

    /// <summary>Where the schema's id is looked for (in the header, else before the payload).</summary>
    public SchemaIdDeserializerStrategy? SchemaIdStrategy
    {
        get => Enumeration<SchemaIdDeserializerStrategy>(PropertyNames.SchemaIdStrategy);
        set => Set(PropertyNames.SchemaIdStrategy, value?.ToString());
    }

    internal void Check() =>
        RefuseUnknownKeys("AvroDeserializer", "avro.deserializer.", typeof(PropertyNames));
}
