using Avro;

namespace Streaming.Avro;

/// <summary>A file with a schema in it.</summary>
/// <param name="Path">How errors call the file.</param>
/// <param name="Text">The schema's JSON text.</param>
public sealed record SchemaFile(string Path, string Text);

/// <summary>
/// Schemas of several files that may refer to each other in any order. What is wrong is collected, not thrown, so that
/// one run shows all of it.
/// </summary>
public sealed class SchemaSet
{
    private readonly Dictionary<string, Schema> _schemas = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<NamedSchema>> _types = new(StringComparer.Ordinal);
    private readonly List<SchemaParseException> _errors = [];

    private SchemaSet()
    {
    }

    /// <summary>The schema of each file that could be read, by its path.</summary>
    public IReadOnlyDictionary<string, Schema> Schemas => _schemas;

    /// <summary>The types that each file defines, in the order of the text, by its path.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<NamedSchema>> Types => _types;

    /// <summary>What is wrong, each with its file and line.</summary>
    public IReadOnlyList<SchemaParseException> Errors => _errors;

    /// <summary>Parses files together, by the rules for new schemas.</summary>
    /// <param name="files">The files; each path once.</param>
    /// <param name="names">Types that the files may refer to besides each other's.</param>
    public static SchemaSet Parse(IEnumerable<SchemaFile> files, SchemaNames? names = null)
    {
        var set = new SchemaSet();
        var parser = new SchemaParser(names ?? new SchemaNames(), lenient: false);
        var slots = new List<(string Path, Schema[] Slot)>();
        foreach (var file in files)
        {
            var slot = new Schema[1];
            try
            {
                set._types[file.Path] = parser.Add(file.Path, file.Text, slot);
                slots.Add((file.Path, slot));
            }
            catch (SchemaParseException e)
            {
                set._errors.Add(e);
            }
        }

        parser.Complete(set._errors.Add);
        foreach (var (path, slot) in slots)
        {
            if (slot[0] is { } schema)
            {
                set._schemas[path] = schema;
            }
        }

        return set;
    }

    /// <summary>
    /// Parses the text of an older version: it may define types anew that <paramref name="names"/> has too, and refer to
    /// those that it doesn't define.
    /// </summary>
    /// <exception cref="SchemaParseException">The text is no schema.</exception>
    public static Schema ParseOlder(SchemaFile file, SchemaNames names)
    {
        var parser = new SchemaParser(names, lenient: true, shadow: true);
        var slot = new Schema[1];
        parser.Add(file.Path, file.Text, slot);
        parser.Complete(e => throw e);
        return slot[0];
    }

    internal static Schema ParseOne(string json, SchemaNames names, bool lenient)
    {
        if (json is null)
        {
            throw new ArgumentNullException(nameof(json));
        }

        var parser = new SchemaParser(names, lenient);
        var slot = new Schema[1];
        var types = parser.Add(null, json, slot);
        parser.Complete(e => throw e);
        foreach (var type in types)
        {
            names.Add(type);
        }

        return slot[0];
    }
}
