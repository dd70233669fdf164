using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>The schema that a deserializer reads generic records as, where it is configured to ask for the latest.</summary>
internal sealed class LatestSchemas(ISchemaRegistryClient client, AvroDeserializerConfig config)
{
    private readonly SubjectNameStrategyDelegate subjectOf =
        (config.SubjectNameStrategy ?? SubjectNameStrategy.Topic).ToDelegate();

    private readonly bool useLatest = config.UseLatestVersion ?? false;
    private readonly IDictionary<string, string>? metadata = config.UseLatestWithMetadata;

    public async Task<AvroSchema?> FindAsync(AvroSchema writer, SerializationContext context)
    {
        if (!useLatest && metadata is null)
        {
            return null;
        }

        var subject = subjectOf(context, (writer as NamedSchema)?.Fullname);
        var latest = metadata is null
            ? await client.GetLatestSchemaAsync(subject).ConfigureAwait(false)
            : await client.GetLatestWithMetadataAsync(subject, metadata, true).ConfigureAwait(false);
        return await WriterSchemas.ParseAsync(client, latest).ConfigureAwait(false);
    }
}
