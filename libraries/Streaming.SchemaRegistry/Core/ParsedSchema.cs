using Confluent.SchemaRegistry;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Core;

/// <summary>A schema in the form that the registry stores and compares, with its parsed tree.</summary>
/// <param name="Content">The canonical (or normalized) text with its references.</param>
/// <param name="Avro">The tree, referenced types inside.</param>
internal sealed record ParsedSchema(Schema Content, AvroSchema Avro)
{
    private string? resolved;

    /// <summary>The canonical text with what it refers to written out in it.</summary>
    public string Resolved => resolved ??= Avro.ToString();
}

/// <summary>Parses and compares schema texts by Confluent's rules.</summary>
internal static class AvroTexts
{
    /// <summary>Parses a text that comes in, strictly.</summary>
    /// <param name="sources">The texts of all referenced schemas, each after those it needs itself.</param>
    /// <exception cref="FormatException">The text is no valid schema.</exception>
    public static ParsedSchema ParseNew(
        Schema schema, List<SchemaReference> references, IReadOnlyList<string> sources, bool normalize)
    {
        if (normalize && references.Count > 1)
        {
            references = references.DistinctBy(r => (r.Name, r.Subject, r.Version))
                .OrderBy(r => r.Name, StringComparer.Ordinal)
                .ThenBy(r => r.Subject, StringComparer.Ordinal)
                .ThenBy(r => r.Version)
                .ToList();
        }

        var (tree, names) = Parse(schema.SchemaString, sources, lenient: false);
        try
        {
            var text = normalize ? SchemaText.Normalized(tree, names) : SchemaText.Canonical(tree, names);
            return new ParsedSchema(
                new Schema(text, references, SchemaType.Avro, schema.Metadata, schema.RuleSet), tree);
        }
        catch (global::Avro.AvroException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Parses a text that the registry accepted before.</summary>
    public static ParsedSchema ParseStored(Schema schema, IReadOnlyList<string> sources) =>
        new(schema, Parse(schema.SchemaString, sources, lenient: true).Tree);

    /// <summary>Checks a schema against earlier versions, oldest first; empty where it is compatible.</summary>
    public static List<string> Check(
        Compatibility level, ParsedSchema schema, IReadOnlyList<(int Version, ParsedSchema Schema)> versions) =>
        CompatibilityChecker.Check(
            level.ToAvro(), schema.Avro,
            versions.Select(v => new PriorVersion(v.Version, v.Schema.Avro, v.Schema.Content.SchemaString)).ToList())
            .ToList();

    private static (AvroSchema Tree, List<global::Avro.NamedSchema> Referenced) Parse(
        string text, IReadOnlyList<string> sources, bool lenient)
    {
        try
        {
            var names = new global::Avro.SchemaNames();
            foreach (var source in sources)
            {
                AvroSchema.ParseLenient(source, names);
            }

            var referenced = names.Types.ToList();
            return (lenient ? AvroSchema.ParseLenient(text, names) : AvroSchema.Parse(text, names), referenced);
        }
        catch (global::Avro.AvroException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
