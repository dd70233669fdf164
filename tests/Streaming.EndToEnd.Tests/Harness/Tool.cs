using System.ComponentModel;
using System.Diagnostics;

namespace Streaming.EndToEnd.Tests.Harness;

internal sealed record ToolResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>What a failing assertion shows.</summary>
    public override string ToString() => $"`{Command}` exited with {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Error}";

    public ToolResult MustSucceed() => ExitCode == 0 ? this : throw new InvalidOperationException(ToString());
}

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    public static Task<ToolResult> StreamingAsync(params string[] arguments) => RunAsync(Repository.Launcher, arguments);

    public static async Task<ToolResult> RunAsync(
        string program, IEnumerable<string> arguments, string? folder = null,
        IReadOnlyDictionary<string, string>? environment = null, string input = "")
    {
        using var process = Start(program, arguments, folder, environment);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await FinishAsync(process);
    }

    public static async Task<ToolResult> FinishAsync(Process process)
    {
        var command = $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)}";
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(_patience);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{command}` still runs after {_patience}: {await output}{await error}");
        }
        return new(command, process.ExitCode, await output, await error);
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        if (program == Repository.Launcher && !File.Exists(program))
        {
            throw new InvalidOperationException($"{program} is missing: run `make build` first");
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"cannot start {program}");
    }

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool Exists(string program)
    {
        try
        {
            using var process = Start(program, ["--version"]);
            process.Kill();
            process.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
