using System.Runtime.CompilerServices;

namespace Streaming.Schemas.Tests;

/// <summary>The files that tests read.</summary>
internal static class Folder
{
    public static readonly string Contracts = Path.Combine(Root(), "schemas", "contracts");

    public static readonly string Golden = Path.Combine(Root(), "tests", "Streaming.Schemas.Tests", "golden");

    /// <summary>Compares with a golden file. With STREAMING_UPDATE_GOLDEN=1 writes it instead, and fails so that it is looked at.</summary>
    public static void Compare(string name, string actual)
    {
        var file = Path.Combine(Golden, name);
        if (Environment.GetEnvironmentVariable("STREAMING_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, actual);
            Assert.Fail($"{file} was written.");
        }
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", actual);
    }

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
