using Avro;
using Microsoft.CodeAnalysis;

namespace Streaming.Avro.Generator;

/// <summary>Older versions of the schemas, by the record that they are versions of.</summary>
internal sealed class History
{
    private readonly List<Schema> _all = [];

    /// <summary>All older versions, in the order of their files.</summary>
    public IReadOnlyList<Schema> All => _all;

    public static History Read(IEnumerable<AvroFile> files, SchemaSet current, Action<Diagnostic> report)
    {
        var history = new History();
        var names = new SchemaNames();
        foreach (var type in current.Types.Values.SelectMany(t => t))
        {
            names.Add(type);
        }

        foreach (var file in files.OrderBy(f => Folder(f.Path), StringComparer.Ordinal)
            .ThenBy(f => Version(f.Path)).ThenBy(f => f.Path, StringComparer.Ordinal))
        {
            try
            {
                history._all.Add(SchemaSet.ParseOlder(new SchemaFile(file.Path, file.Text), names));
            }
            catch (SchemaParseException e)
            {
                report(Diagnostics.At(Diagnostics.InvalidSchema, file.Path, e.Line, e.Column, e.Reason));
            }
        }

        return history;
    }

    /// <summary>The older versions of a record, under its name or one of its aliases, oldest first.</summary>
    public IEnumerable<string> Of(RecordSchema record) => _all.OfType<RecordSchema>()
        .Where(old => old.Fullname == record.Fullname || record.Aliases.Any(a => a.Fullname == old.Fullname))
        .Select(old => old.ToString()).Distinct();

    private static string Folder(string path) => Path.GetDirectoryName(path) ?? "";

    private static int Version(string path) =>
        int.TryParse(Path.GetFileNameWithoutExtension(path), out var version) ? version : int.MaxValue;
}
