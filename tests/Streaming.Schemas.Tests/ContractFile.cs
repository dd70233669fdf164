using System.Text.Json;

namespace Streaming.Schemas.Tests;

/// <summary>A contract's file and its history.</summary>
internal sealed record ContractFile(string Path)
{
    private static readonly string[] Nested =
        ["Envelope", "MessageHead", "Address", "OrderLine", "NewOrderLine", "FulfilmentLine", "SalesLine", "SalesShare", "CustomerMoney"];

    public static IReadOnlyList<ContractFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Folder.Contracts, "*.avsc", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/history/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new ContractFile(path)),
    ];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public JsonElement Json { get; } = JsonDocument.Parse(File.ReadAllText(Path)).RootElement;

    public string FullName => $"{Json.GetProperty("namespace").GetString()}.{Json.GetProperty("name").GetString()}";

    public bool IsRecord => Json.GetProperty("type").GetString() == "record";

    /// <summary>Records that occur only inside others are part of their history.</summary>
    public bool HasHistory => IsRecord && !Nested.Contains(Name);

    /// <summary>The texts of all versions, oldest first.</summary>
    public IReadOnlyList<string> History
    {
        get
        {
            var folder = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "history", Name);
            return Directory.Exists(folder)
                ? [.. Directory.EnumerateFiles(folder, "*.avsc")
                    .OrderBy(file => int.Parse(System.IO.Path.GetFileNameWithoutExtension(file), System.Globalization.CultureInfo.InvariantCulture))
                    .Select(File.ReadAllText)]
                : [];
        }
    }

    public override string ToString() => FullName;
}
