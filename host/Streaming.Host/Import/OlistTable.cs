using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace Streaming.Host.Import;

/// <summary>One CSV file of the data set: its rows by column name, each with the line it begins on.</summary>
internal sealed class OlistTable : IDisposable
{
    private readonly StreamReader _reader;
    private readonly CsvParser _csv;
    private readonly Dictionary<string, int> _columns;

    private OlistTable(string directory, string file)
    {
        File = file;
        var path = Path.Combine(directory, file);
        if (!System.IO.File.Exists(path))
        {
            throw new ImportException($"{path} does not exist");
        }

        _reader = new StreamReader(path);
        _csv = new CsvParser(_reader, new CsvConfiguration(CultureInfo.InvariantCulture) { BadDataFound = null });
        _columns = _csv.Read()
            ? _csv.Record!.Select((name, i) => (name, i)).ToDictionary(c => c.name.Trim(), c => c.i)
            : throw new ImportException($"{path} is empty: a header was expected");
    }

    public string File { get; }

    /// <summary>Opens the file; one whose header lacks a column cannot be imported at all.</summary>
    public static OlistTable Open(string directory, string file, params ReadOnlySpan<string> columns)
    {
        var table = new OlistTable(directory, file);
        foreach (var column in columns)
        {
            if (!table._columns.ContainsKey(column))
            {
                table.Dispose();
                throw new ImportException($"{Path.Combine(directory, file)} has no column '{column}'");
            }
        }

        return table;
    }

    public IEnumerable<OlistRow> Rows()
    {
        var line = _csv.RawRow + 1;
        while (_csv.Read())
        {
            // RawRow is the last line of a record that a quoted field may spread over several.
            yield return new OlistRow(File, line, _csv.Record!, _columns);
            line = _csv.RawRow + 1;
        }
    }

    public void Dispose()
    {
        _csv.Dispose();
        _reader.Dispose();
    }
}
