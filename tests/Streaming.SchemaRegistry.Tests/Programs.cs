using System.ComponentModel;
using System.Diagnostics;
using Streaming.RegistryServer.Tests;

namespace Streaming.SchemaRegistry.Tests;

/// <summary>Runs other languages' programs; tests skip where these can't be had.</summary>
internal static class Programs
{
    private static readonly string NpmFolder = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
            ? cache
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "streaming", "npm");

    /// <summary>Runs a script of this folder with Node.js and npm's packages, which are installed where missing.</summary>
    public static async Task<string> NodeAsync(string[] packages, string script, params string[] arguments)
    {
        var missing = packages.Where(p => !Directory.Exists(Path.Combine(NpmFolder, "node_modules", p))).ToArray();
        Directory.CreateDirectory(NpmFolder);
        var (code, output) = missing.Length == 0
            ? await RunAsync("node", "--version")
            : await RunAsync("npm", ["install", "--prefix", NpmFolder, "--no-audit", "--no-fund", .. missing]);
        Skip.If(code != 0, $"No Node.js with {string.Join(", ", packages)}: {output}");
        return await RequireAsync("node", [Here(script), .. arguments]);
    }

    /// <summary>Runs a Java source of this folder with Avro's library of the peer registry.</summary>
    public static async Task<string> JavaAsync(string source, params string[] arguments)
    {
        var libraries = Path.Combine(Shared.Folder, "registry", "app", "lib");
        Skip.IfNot(
            Directory.Exists(libraries) && Directory.EnumerateFiles(libraries, "org.apache.avro.avro-*.jar").Any(),
            "Avro's Java library is not here (../shared/registry).");
        var (code, output) = await RunAsync("java", "--version");
        Skip.If(code != 0, $"No Java: {output}");
        return await RequireAsync("java", ["-cp", Path.Combine(libraries, "*"), Here(source), .. arguments]);
    }

    /// <summary>Runs a script of this folder with the system's Python, where it has the module.</summary>
    public static async Task<string> PythonAsync(string module, string script, params string[] arguments)
    {
        // The distribution's packages belong to its own interpreter, which need not be the first on the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        var (code, output) = await RunAsync(python, "-c", $"import {module}");
        Skip.If(code != 0, $"No Python with {module}: {output}");
        return await RequireAsync(python, [Here(script), .. arguments]);
    }

    private static string Here(string file) => Path.Combine(AppContext.BaseDirectory, "CrossLanguage", file);

    private static async Task<string> RequireAsync(string program, params string[] arguments)
    {
        var (code, output) = await RunAsync(program, arguments);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["NODE_PATH"] = Path.Combine(NpmFolder, "node_modules");
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
