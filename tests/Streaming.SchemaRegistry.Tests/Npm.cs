using System.ComponentModel;
using System.Diagnostics;

namespace Streaming.SchemaRegistry.Tests;

/// <summary>Node.js with packages in the project's cache folder; tests skip where it can't be had.</summary>
internal static class Npm
{
    private static readonly string Folder = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "streaming", "npm");

    /// <summary>Installs packages where they are missing.</summary>
    public static async Task RequireAsync(params string[] packages)
    {
        var missing = packages.Where(p => !Directory.Exists(Path.Combine(Folder, "node_modules", p))).ToArray();
        Directory.CreateDirectory(Folder);
        var (code, output) = missing.Length == 0
            ? await RunAsync("node", "--version")
            : await RunAsync("npm", ["install", "--prefix", Folder, "--no-audit", "--no-fund", .. missing]);
        Skip.If(code != 0, $"No Node.js with {string.Join(", ", packages)}: {output}");
    }

    /// <summary>Runs a script; its standard output.</summary>
    public static async Task<string> NodeAsync(string script, params string[] arguments)
    {
        var (code, output) = await RunAsync("node", [Path.Combine(AppContext.BaseDirectory, script), .. arguments]);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(Folder, "node_modules");
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
            return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
        }
        catch (Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
