using Confluent.SchemaRegistry;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Serdes;

/// <summary>Parses schemas that a registry holds, fetching what they refer to first.</summary>
internal static class WriterSchemas
{
    private const int MaxReferences = 1000;

    /// <exception cref="AvroException">The text is no schema, or refers to too much.</exception>
    public static Task<AvroSchema> ParseAsync(ISchemaRegistryClient client, Schema schema) =>
        ParseAsync(schema, reference => client.GetRegisteredSchemaAsync(
            reference.Subject, reference.Version, ignoreDeletedSchemas: false));

    /// <exception cref="AvroException">The text is no schema, or refers to too much.</exception>
    public static async Task<AvroSchema> ParseAsync(Schema schema, Func<SchemaReference, Task<RegisteredSchema>> fetch)
    {
        if (schema.SchemaType != SchemaType.Avro)
        {
            throw new global::Avro.AvroException($"The schema is of type {schema.SchemaType}, not Avro.");
        }

        var names = new global::Avro.SchemaNames();
        await AddReferencesAsync(schema, fetch, names, []).ConfigureAwait(false);
        return AvroSchema.ParseLenient(schema.SchemaString, names);
    }

    private static async Task AddReferencesAsync(
        Schema schema, Func<SchemaReference, Task<RegisteredSchema>> fetch, global::Avro.SchemaNames names,
        HashSet<(string, int)> seen)
    {
        foreach (var reference in schema.References)
        {
            if (!seen.Add((reference.Subject, reference.Version)))
            {
                continue;
            }

            if (seen.Count > MaxReferences)
            {
                throw new global::Avro.AvroException($"The schema refers to more than {MaxReferences} others.");
            }

            var referenced = await fetch(reference).ConfigureAwait(false);
            await AddReferencesAsync(referenced, fetch, names, seen).ConfigureAwait(false);
            AvroSchema.ParseLenient(referenced.SchemaString, names);
        }
    }
}
