using System.Globalization;
using System.Text;
using Avro;
using Streaming.Avro.Json;

namespace Streaming.Avro;

/// <summary>The texts of a schema that others compare, store and hash.</summary>
public static class SchemaText
{
    /// <summary>Confluent's canonical text, which is Java's <c>Schema.toString</c>.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="references">Types that are written by name because another text defines them.</param>
    public static string Canonical(Schema schema, IEnumerable<NamedSchema>? references = null) =>
        new SchemaWriter(Form.Canonical, references).Write(schema);

    /// <summary>The canonical text with properties and aliases sorted and defaults rewritten by their types.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="references">Types that are written by name because another text defines them.</param>
    public static string Normalized(Schema schema, IEnumerable<NamedSchema>? references = null) =>
        new SchemaWriter(Form.Normalized, references).Write(schema);

    /// <summary>
    /// The specification's Parsing Canonical Form: what decides how data is laid out. For fingerprints; it must not be
    /// parsed again, for it loses an explicit empty namespace.
    /// </summary>
    public static string ParsingForm(Schema schema) => ParsingFormWriter.Write(schema);

    /// <summary>What makes two definitions of one name the same: everything but docs and aliases.</summary>
    internal static string Shape(Schema schema) => new SchemaWriter(Form.Shape, null).Write(schema);

    internal enum Form
    {
        Canonical,
        Normalized,
        Shape,
    }
}
