using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Streaming.Broker.Bench;

/// <summary>Runs a program of someone else to its end.</summary>
internal static class ExternalTool
{
    public static async Task<string> RunAsync(string program, string arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(program, arguments, environment);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw Failed(program, arguments, output + await errors);
    }

    /// <summary>Runs a program until so many lines of its output match, and then kills it.</summary>
    public static async Task<List<Match>> UntilAsync(string program, string arguments, Regex pattern, int count)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = new List<string>();
        var found = new List<Match>();
        while (found.Count < count && await process.StandardOutput.ReadLineAsync() is { } line)
        {
            output.Add(line);
            if (pattern.Match(line) is { Success: true } match)
            {
                found.Add(match);
            }
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        return found.Count == count ? found : throw Failed(program, arguments, string.Join('\n', output) + await errors);
    }

    private static Process Start(string program, string arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static InvalidOperationException Failed(string program, string arguments, string said) => new($"{program} {arguments}: {said}");
}
