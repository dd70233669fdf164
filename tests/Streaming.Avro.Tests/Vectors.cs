using System.Text;
using Streaming.Avro.Json;

namespace Streaming.Avro.Tests;

/// <summary>The vector files that reference engines made, where they are present.</summary>
internal static class Vectors
{
    /// <summary>The name of the set that lies in this project and is always there.</summary>
    public const string Own = "own";

    /// <summary>The name of the set that reference engines made.</summary>
    public const string Reference = "reference";

    public static string? Folder { get; } = Find();

    /// <summary>The lines of a file with their numbers; skips the test where the file is absent.</summary>
    public static IEnumerable<(int Number, JsonValue Line)> Lines(string set, string file)
    {
        var folder = set == Own ? Path.Combine(AppContext.BaseDirectory, "Cases") : Folder;
        var path = folder is null ? null : Path.Combine(folder, file);
        Skip.IfNot(File.Exists(path), $"No vectors: {file} (AVRO_VECTORS names their folder)");
        return File.ReadLines(path!).Select((text, i) => (i + 1, JsonValue.Parse(text)));
    }

    /// <summary>Runs a check for every line and fails with all that went wrong.</summary>
    public static void Check(string set, string file, Func<JsonValue, string?> check)
    {
        var failures = new StringBuilder();
        int count = 0, failed = 0;
        foreach (var (number, line) in Lines(set, file))
        {
            count++;
            string? failure;
            try
            {
                failure = check(line);
            }
#pragma warning disable CA1031 // Whatever a line causes is that line's failure.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e.ToString();
            }

            if (failure is not null)
            {
                failed++;
                failures.Append(file).Append(':').Append(number).Append(": ").AppendLine(failure);
            }
        }

        Assert.True(failed == 0, $"{failed} of {count} lines fail:\n{failures}");
        Assert.True(count > 0, $"{file} is empty");
    }

    public static string? Text(this JsonValue line, string member) =>
        line[member] is { Kind: JsonKind.String } value ? value.Text : null;

    public static string? Differ(string what, string? expected, string? actual) =>
        expected == actual ? null : $"{what}\n   expected {expected}\n   actual   {actual}";

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("AVRO_VECTORS") is { Length: > 0 } given)
        {
            return given;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Streaming.sln")))
            {
                var shared = Environment.GetEnvironmentVariable("STREAMING_SHARED")
                    ?? Path.Combine(folder.FullName, "..", "shared");
                var vectors = Path.Combine(shared, "vectors", "avro");
                return Directory.Exists(vectors) ? vectors : null;
            }
        }

        return null;
    }
}
