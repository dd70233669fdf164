namespace Streaming.Broker.Tests.Clients;

/// <summary>Where the tests keep what they fetch from npm.</summary>
internal static class NpmCache
{
    public static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "streaming",
        "npm");

    /// <summary>
    /// The folder of a package, installed on first use; skips where npm has none, or where it must not be installed yet.
    /// A package counts as installed when it holds <paramref name="evidence"/>.
    /// </summary>
    public static async Task<string> RequireAsync(string package, string version, string evidence = "package.json", string? onlyIf = null)
    {
        Skip.IfNot(ExternalProgram.IsInstalled("npm") && ExternalProgram.IsInstalled("node"), "node is not installed");
        var prefix = Path.Combine(Folder, Path.GetFileName(package));
        var folder = Path.Combine(prefix, "node_modules", package);
        if (!File.Exists(Path.Combine(folder, evidence)))
        {
            Skip.If(onlyIf is not null, onlyIf);
            Directory.CreateDirectory(prefix);
            var (code, output) = await ExternalProgram.RunAsync(
                "npm", ["install", "--silent", "--no-save", "--prefix", prefix, $"{package}@{version}"], minutes: 20);
            Skip.If(code != 0, $"npm has no {package}: {output}");
        }

        return folder;
    }
}
