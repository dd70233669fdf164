using System.Globalization;

namespace Confluent.SchemaRegistry.Serdes;

/// <summary>The Avro serializer's configuration: typed views over Confluent's <c>avro.serializer.*</c> keys.</summary>
public class AvroSerializerConfig : SerdeConfig
{
    /// <summary>The keys.</summary>
    public static class PropertyNames
    {
        public const string BufferBytes = "avro.serializer.buffer.bytes";
        public const string AutoRegisterSchemas = "avro.serializer.auto.register.schemas";
        public const string NormalizeSchemas = "avro.serializer.normalize.schemas";
        public const string UseSchemaId = "avro.serializer.use.schema.id";
        public const string UseLatestVersion = "avro.serializer.use.latest.version";
        public const string UseLatestWithMetadata = "avro.serializer.use.latest.with.metadata";
        public const string SubjectNameStrategy = "avro.serializer.subject.name.strategy";
        public const string SchemaIdStrategy = "avro.serializer.schema.id.strategy";
    }

    public AvroSerializerConfig()
    {
    }

    public AvroSerializerConfig(IEnumerable<KeyValuePair<string, string>> config)
        : base(config)
    {
    }

    /// <summary>Kept for its name: buffers grow and are reused by themselves.</summary>
    public int? BufferBytes
    {
        get => GetInt(PropertyNames.BufferBytes);
        set => Set(PropertyNames.BufferBytes, value?.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whether a schema that the registry lacks is registered, rather than refused (true).</summary>
    public bool? AutoRegisterSchemas
    {
        get => GetBool(PropertyNames.AutoRegisterSchemas);
        set => Set(PropertyNames.AutoRegisterSchemas, value?.ToString());
    }

    /// <summary>Whether schemas are normalized when registered or looked up (false).</summary>
    public bool? NormalizeSchemas
    {
        get => GetBool(PropertyNames.NormalizeSchemas);
        set => Set(PropertyNames.NormalizeSchemas, value?.ToString());
    }

    /// <summary>The id of the schema to write with.</summary>
    public int? UseSchemaId
    {
        get => GetInt(PropertyNames.UseSchemaId);
        set => Set(PropertyNames.UseSchemaId, value?.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>
    /// Whether to write with the subject's latest schema (false). A value of another schema is converted to it.
    /// </summary>
    public bool? UseLatestVersion
    {
        get => GetBool(PropertyNames.UseLatestVersion);
        set => Set(PropertyNames.UseLatestVersion, value?.ToString());
    }

    /// <summary>To write with the subject's latest schema that has these metadata properties.</summary>
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

    /// <summary>Where the schema's id goes (before the payload).</summary>
    public SchemaIdSerializerStrategy? SchemaIdStrategy
    {
        get => Enumeration<SchemaIdSerializerStrategy>(PropertyNames.SchemaIdStrategy);
        set => Set(PropertyNames.SchemaIdStrategy, value?.ToString());
    }

    internal void Check()
    {
        RefuseUnknownKeys("AvroSerializer", "avro.serializer.", typeof(PropertyNames));

        var autoRegister = AutoRegisterSchemas ?? true;
        var useLatest = UseLatestVersion ?? false;
        if (autoRegister && useLatest)
        {
            throw new ArgumentException(
                $"AvroSerializer: cannot enable both {PropertyNames.UseLatestVersion} and "
                + $"{PropertyNames.AutoRegisterSchemas}.");
        }

        if (autoRegister && UseLatestWithMetadata is not null)
        {
            throw new ArgumentException(
                $"AvroSerializer: cannot enable both {PropertyNames.UseLatestWithMetadata} and "
                + $"{PropertyNames.AutoRegisterSchemas}.");
        }

        if (useLatest && UseSchemaId is not null)
        {
            throw new ArgumentException(
                $"AvroSerializer: cannot enable both {PropertyNames.UseLatestVersion} and "
                + $"{PropertyNames.UseSchemaId}.");
        }
    }
}
