using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Core;

internal sealed partial class RegistryCore
{
    /// <summary>Parses what a client sent: strictly, its references resolved to numbers.</summary>
    private ParsedSchema ParseNew(string subject, Schema schema, bool normalize)
    {
        if (string.IsNullOrWhiteSpace(schema.SchemaString))
        {
            throw RegistryErrors.EmptySchema();
        }

        if (schema.SchemaString.Length > limits.SchemaLength)
        {
            throw RegistryErrors.TooLarge(
                $"The schema has {schema.SchemaString.Length} characters; at most {limits.SchemaLength} are allowed");
        }

        if (schema.SchemaType != SchemaType.Avro)
        {
            throw RegistryErrors.InvalidSchema(
                $"of type {Rest.RegistryJson.NameOf(schema.SchemaType)}: this registry serves AVRO");
        }

        var references = schema.References.Select(Concrete).ToList();
        var sources = Sources(references, strict: true);
        try
        {
            return AvroTexts.ParseNew(schema, references, sources, normalize);
        }
        catch (FormatException e)
        {
            throw RegistryErrors.InvalidSchema(
                $"{{subject={subject},version=0,id=-1,schemaType=AVRO,references={ListOf(references)},metadata=null,"
                + $"ruleSet=null,schema={Excerpt(schema.SchemaString)}}} with refs {ListOf(references)} of type AVRO, "
                + $"details: {e.Message}");
        }
    }

    /// <summary>The parsed form of what the registry holds; what it once accepted, it parses leniently.</summary>
    private ParsedSchema Parsed(Content content) =>
        content.Parsed ??= AvroTexts.ParseStored(
            content.Schema, Sources(content.Schema.References, strict: false));

    private SchemaReference Concrete(SchemaReference reference)
    {
        var subject = Plain(reference.Subject);
        var live = LiveVersions(subject);
        var found = reference.Version == IRegistryApi.Latest
            ? live.LastOrDefault()
            : live.Find(v => v.Version == reference.Version);
        return found is null
            ? throw RegistryErrors.ReferenceNotFound(reference)
            : new SchemaReference(reference.Name, subject, found.Version);
    }

    /// <summary>The texts of all referenced schemas, each after those it needs itself.</summary>
    private List<string> Sources(IReadOnlyList<SchemaReference> references, bool strict)
    {
        List<string> sources = [];
        if (references.Count > 0)
        {
            var length = 0;
            Collect(references, strict, 1, [], sources, ref length);
        }

        return sources;
    }

    private void Collect(
        IReadOnlyList<SchemaReference> references, bool strict, int depth, HashSet<(string, int)> seen,
        List<string> sources, ref int length)
    {
        foreach (var reference in references)
        {
            if (!seen.Add((reference.Subject, reference.Version)))
            {
                continue;
            }

            var found = state.VersionsOf(reference.Subject).GetValueOrDefault(reference.Version);
            if (found is null)
            {
                throw RegistryErrors.ReferenceNotFound(reference);
            }

            length += found.Content.Schema.SchemaString.Length;
            if (strict && (depth > limits.ReferenceDepth || seen.Count > limits.References
                                                         || length > limits.SchemaLength))
            {
                throw RegistryErrors.TooLarge(
                    $"The schema refers to more than is allowed: {limits.References} schemas, {limits.ReferenceDepth} "
                    + $"levels or {limits.SchemaLength} characters in all");
            }

            Collect(found.Content.Schema.References, strict, depth + 1, seen, sources, ref length);
            sources.Add(found.Content.Schema.SchemaString);
        }
    }

    private static string ListOf(IEnumerable<SchemaReference> references) =>
        $"[{string.Join(", ", references.Select(r => $"{{name='{r.Name}', subject='{r.Subject}', version={r.Version}}}"))}]";

    private static string Excerpt(string text) => text.Length <= 10_240 ? text : text[..10_240] + "...";
}
