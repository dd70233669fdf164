using System.Diagnostics;

namespace Streaming.Streams.Bench.Compare;

/// <summary>Runs programs to their end, or beside the comparison until it is done with them.</summary>
internal static class Commands
{
    /// <returns>What the program printed.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, bool mayFail = false)
    {
        using var process = Start(program, arguments, environment);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 || mayFail ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{output}{await errors}");
    }

    /// <summary>Starts a program and waits for a line of its output; it lives until it is disposed of.</summary>
    public static async Task<IAsyncDisposable> ServeAsync(string program, IEnumerable<string> arguments, string readyLine)
    {
        var process = Start(program, arguments, null);
        _ = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line != readyLine) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new Running(process);
        }
        process.Dispose();
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended before it was ready");
    }

    private static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private sealed class Running(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
