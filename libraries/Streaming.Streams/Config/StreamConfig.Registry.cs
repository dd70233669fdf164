namespace Streamiz.Kafka.Net;

/// <content>Properties of the schema registry.</content>
public partial class StreamConfig
{
    /// <inheritdoc/>
    public string? SchemaRegistryUrl { get => Read<string?>("schema.registry.url"); set => Set("schema.registry.url", value); }

    /// <inheritdoc/>
    public int? SchemaRegistryRequestTimeoutMs
    {
        get => Read<int?>("schema.registry.request.timeout.ms");
        set => Set("schema.registry.request.timeout.ms", value);
    }

    /// <inheritdoc/>
    public int? SchemaRegistryMaxCachedSchemas
    {
        get => Read<int?>("schema.registry.max.cached.schemas");
        set => Set("schema.registry.max.cached.schemas", value);
    }

    /// <inheritdoc/>
    public string? BasicAuthUserInfo
    {
        get => Read<string?>("schema.registry.basic.auth.user.info");
        set => Set("schema.registry.basic.auth.user.info", value);
    }

    /// <inheritdoc/>
    public bool? AutoRegisterSchemas
    {
        get => Read<bool?>("avro.serializer.auto.register.schemas");
        set => Set("avro.serializer.auto.register.schemas", value);
    }

    /// <inheritdoc/>
    public bool? UseLatestVersion
    {
        get => Read<bool?>("avro.serializer.use.latest.version");
        set => Set("avro.serializer.use.latest.version", value);
    }

    /// <inheritdoc/>
    public SubjectNameStrategy? SubjectNameStrategy
    {
        get => ReadEnum<SubjectNameStrategy>("avro.serializer.subject.name.strategy");
        set => Set("avro.serializer.subject.name.strategy", value);
    }
}
