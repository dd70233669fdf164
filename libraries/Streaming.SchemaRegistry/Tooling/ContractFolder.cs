using System.Globalization;
using Avro;
using Streaming.Avro;
using AvroSchema = global::Avro.Schema;

namespace Streaming.SchemaRegistry.Tooling;

/// <summary>Something wrong with a contract's file; line 0 where it is the file as a whole.</summary>
public sealed record ContractFault(string File, int Line, int Column, string Message)
{
    /// <summary>The place and the fault, as compilers print them.</summary>
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}({Line},{Column}): {Message}";
}

/// <summary>An older (or the current) version of a contract, as it was registered.</summary>
public sealed record ContractVersion(int Number, string File, AvroSchema Schema);

/// <summary>A contract: the schema in its file, and the versions in its history, oldest first.</summary>
public sealed record Contract(string File, NamedSchema Schema, IReadOnlyList<ContractVersion> History)
{
    public string FullName => Schema.Fullname;

    /// <summary>Whether the newest version of the history is the contract as it stands.</summary>
    public bool IsRecorded => History.Count > 0 && History[^1].Schema.Equals(Schema);
}

/// <summary>
/// A folder of contracts: <c>&lt;context&gt;/&lt;Record&gt;.avsc</c>, which may refer to each other in any order, and
/// <c>&lt;context&gt;/history/&lt;Record&gt;/&lt;n&gt;.avsc</c>, every version that was ever registered.
/// </summary>
public sealed class ContractFolder
{
    private const string HistoryName = "history";
    private readonly List<ContractFault> faults = [];

    private ContractFolder()
    {
    }

    /// <summary>The contracts that could be read, by their files' paths.</summary>
    public IReadOnlyList<Contract> Contracts { get; private set; } = [];

    /// <summary>Everything wrong with the files.</summary>
    public IReadOnlyList<ContractFault> Faults => faults;

    /// <summary>Reads a folder by the rules for new schemas; what is wrong is collected, not thrown.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ContractFolder Read(string directory)
    {
        var folder = new ContractFolder();
        var files = Directory.EnumerateFiles(directory, "*.avsc", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToLookup(IsHistory);
        var set = SchemaSet.Parse(files[false].Select(file => new SchemaFile(file, File.ReadAllText(file))));
        folder.faults.AddRange(set.Errors.Select(Fault));
        var names = new SchemaNames();
        foreach (var type in set.Types.Values.SelectMany(types => types))
        {
            names.Add(type);
        }

        var history = folder.ReadHistory(files[true], names).ToLookup(entry => entry.Key, entry => entry.Version);
        folder.Contracts = files[false]
            .Where(file => set.Schemas.GetValueOrDefault(file) is NamedSchema)
            .Select(file => folder.Contract(file, (NamedSchema)set.Schemas[file], history))
            .ToList();
        folder.RequireContracts(history, files[false]);
        return folder;
    }

    private Contract Contract(string file, NamedSchema schema, ILookup<string, ContractVersion> history)
    {
        var versions = history[Path.Combine(Path.GetDirectoryName(file)!, HistoryName, schema.Name)]
            .OrderBy(version => version.Number)
            .ToList();
        if (versions.Count > 0 && !versions[^1].Schema.Equals(schema))
        {
            faults.Add(new ContractFault(
                file, 0, 0,
                $"{schema.Fullname} is not version {versions[^1].Number} any more: add its next version, "
                + $"{versions[^1].Number + 1}.avsc, to {Path.GetDirectoryName(versions[^1].File)}"));
        }

        return new Contract(file, schema, versions);
    }

    private IEnumerable<(string Key, ContractVersion Version)> ReadHistory(IEnumerable<string> files, SchemaNames names)
    {
        foreach (var file in files)
        {
            if (!int.TryParse(
                    Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture,
                    out var number) || number < 1)
            {
                faults.Add(new ContractFault(file, 0, 0, "A file in a history is named by its version, from 1.avsc on"));
                continue;
            }

            ContractVersion version;
            try
            {
                version = new ContractVersion(
                    number, file, SchemaSet.ParseOlder(new SchemaFile(file, File.ReadAllText(file)), names));
            }
            catch (SchemaParseException e)
            {
                faults.Add(Fault(e));
                continue;
            }

            yield return (Path.GetDirectoryName(file)!, version);
        }
    }

    /// <summary>A history whose contract is gone would be passed over in silence, though its data still lies in topics.</summary>
    private void RequireContracts(ILookup<string, ContractVersion> history, IEnumerable<string> files)
    {
        var expected = Contracts
            .Select(contract => Path.Combine(Path.GetDirectoryName(contract.File)!, HistoryName, contract.Schema.Name))
            .Concat(files.Select(file => Path.Combine(
                Path.GetDirectoryName(file)!, HistoryName, Path.GetFileNameWithoutExtension(file))))
            .ToHashSet();
        faults.AddRange(history.Where(versions => !expected.Contains(versions.Key))
            .Select(versions => new ContractFault(versions.Key, 0, 0, "This history has no contract")));
    }

    private static bool IsHistory(string file) =>
        Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file))) == HistoryName;

    private static ContractFault Fault(SchemaParseException e) => new(e.File ?? "", e.Line, e.Column, e.Reason);
}
