using System.Globalization;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Asks the registry what a schema's values carry on a topic, as the settings say.</summary>
internal sealed class WriteTargetSource(ISchemaRegistryClient client, SerializerSettings settings)
{
    private readonly long latestLifetime = LatestLifetime(client);

    public async Task<WriteTarget> ResolveAsync(WriteTargets targets, string topic, MessageComponentType component)
    {
        var schema = targets.Schema;
        var subject = settings.Subject(new SerializationContext(component, topic), schema.RecordName);
        var (id, text, isLatest) = await AskAsync(subject, schema).ConfigureAwait(false);
        Resolution? conversion = null;
        if (text is not null)
        {
            var actual = await WriterSchemas.ParseAsync(client, text).ConfigureAwait(false);
            conversion = Resolution.Create(schema.Avro, actual);
            conversion = conversion.IsIdentity ? null : conversion;
        }

        var target = new WriteTarget(
            schema, topic, component, settings.IdInHeader ? id.GuidToBytes() : id.IdToBytes(),
            settings.IdInHeader ? HeaderOf(component) : null, conversion,
            isLatest && latestLifetime >= 0 ? Environment.TickCount64 + latestLifetime : long.MaxValue);
        targets.Add(target);
        return target;
    }

    public static string HeaderOf(MessageComponentType component) =>
        component == MessageComponentType.Key ? SchemaId.KeySchemaIdHeader : SchemaId.ValueSchemaIdHeader;

    /// <summary>The id, and the text it stands for where that may be another than the given schema's.</summary>
    private async Task<(SchemaId Id, Schema? Text, bool IsLatest)> AskAsync(string subject, WrittenSchema schema)
    {
        if (settings.SchemaId is { } fixedId)
        {
            var known = await client.GetSchemaBySubjectAndIdAsync(subject, fixedId).ConfigureAwait(false);
            return (new SchemaId(fixedId, null), known, false);
        }

        if (settings.LatestMetadata is { } metadata)
        {
            var latest = await client.GetLatestWithMetadataAsync(subject, metadata, true).ConfigureAwait(false);
            return (IdOf(latest), latest, true);
        }

        if (settings.UseLatest)
        {
            var latest = await client.GetLatestSchemaAsync(subject).ConfigureAwait(false);
            return (IdOf(latest), latest, true);
        }

        var registered = settings.AutoRegister
            ? await client.RegisterSchemaWithResponseAsync(subject, schema.Text, settings.Normalize)
                .ConfigureAwait(false)
            : await client.LookupSchemaAsync(subject, schema.Text, true, settings.Normalize).ConfigureAwait(false);
        return (IdOf(registered), null, false);
    }

    private SchemaId IdOf(RegisteredSchema schema)
    {
        if (!settings.IdInHeader)
        {
            return new SchemaId(schema.Id, null);
        }

        return Guid.TryParse(schema.Guid, out var guid)
            ? new SchemaId(schema.Id, guid)
            : throw new InvalidOperationException(
                $"The registry gave no guid for {schema}: ids in headers need Confluent 8's answers.");
    }

    private static long LatestLifetime(ISchemaRegistryClient client)
    {
        var text = client.Config?.FirstOrDefault(p =>
            p.Key == SchemaRegistryConfig.PropertyNames.SchemaRegistryLatestCacheTtlSecs).Value;
        return text is null ? -1 : 1000 * long.Parse(text, CultureInfo.InvariantCulture);
    }
}
