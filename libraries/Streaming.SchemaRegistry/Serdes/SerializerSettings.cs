using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>How a serializer finds the id of a schema and where it puts it.</summary>
internal sealed record SerializerSettings
{
    public required SubjectNameStrategyDelegate Subject { get; init; }

    public bool AutoRegister { get; init; }

    public bool Normalize { get; init; }

    public int? SchemaId { get; init; }

    public bool UseLatest { get; init; }

    public IDictionary<string, string>? LatestMetadata { get; init; }

    public bool IdInHeader { get; init; }

    public static SerializerSettings From(AvroSerializerConfig config)
    {
        config.Check();
        return new SerializerSettings
        {
            Subject = (config.SubjectNameStrategy ?? SubjectNameStrategy.Topic).ToDelegate(),
            AutoRegister = config.AutoRegisterSchemas ?? true,
            Normalize = config.NormalizeSchemas ?? false,
            SchemaId = config.UseSchemaId,
            UseLatest = config.UseLatestVersion ?? false,
            LatestMetadata = config.UseLatestWithMetadata,
            IdInHeader = config.SchemaIdStrategy == SchemaIdSerializerStrategy.Header,
        };
    }
}
