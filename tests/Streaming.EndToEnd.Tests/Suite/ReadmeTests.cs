using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Streaming.EndToEnd.Tests.Harness;

namespace Streaming.EndToEnd.Tests.Suite;

/// <summary>
/// Executes the README: its `sh` blocks but `make test`, in their order, against a pipeline on free ports, and compares
/// each `json` block with what the query before it answers, and an unmarked block right behind a command with its output.
/// </summary>
public sealed partial class ReadmeTests
{
    private static readonly string _readme = Path.Combine(Repository.Root, "README.md");

    [SkippableFact]
    public void The_readme_fits_on_a_few_screens()
    {
        Skip.IfNot(File.Exists(_readme), "no README yet");
        Assert.InRange(File.ReadLines(_readme).Count(), 1, 149);
    }

    [SkippableFact]
    public async Task The_readmes_commands_do_what_it_says()
    {
        Skip.IfNot(File.Exists(_readme), "no README yet");
        await using var deployment = new EmbeddedDeployment();
        Pipeline? pipeline = null;
        string? answer = null, query = null;
        var compared = 0;
        foreach (var (language, text, isBehindCommands) in Blocks(await File.ReadAllTextAsync(_readme)))
        {
            if (language is not ("sh" or "json"))
            {
                if (isBehindCommands && answer is not null)
                {
                    Assert.Equal(text.Trim(), answer.Trim());
                }

                continue;
            }

            if (language == "json")
            {
                Assert.True(query is not null, $"no query before {text}");
                // The log is drained, but what was committed last may take a moment to show.
                await Eventually.PassesAsync(async () =>
                    Assert.Equal(Normalized(text), Normalized((await RunAsync(query, pipeline)).MustSucceed().Output)));
                compared++;
                continue;
            }
            foreach (var command in Commands(text))
            {
                if (Starts().IsMatch(command))
                {
                    pipeline ??= await deployment.StartAsync();
                    answer = null;
                    continue;
                }
                // A demo answers at once, its topologies a moment later.
                var result = (await RunAsync(command, pipeline)).MustSucceed();
                if (pipeline is not null && !command.StartsWith("curl", StringComparison.Ordinal))
                {
                    await pipeline.SettlesAsync();
                }

                answer = result.Output;
                query = Asks(command) ? command : null;
            }
        }
        Assert.NotNull(pipeline);
        Assert.True(compared >= 3, $"only {compared} answers to compare");
    }

    private static IEnumerable<(string Language, string Text, bool IsBehindCommands)> Blocks(string readme)
    {
        var commandsEnd = -1;
        foreach (Match match in Block().Matches(readme))
        {
            var language = match.Groups["language"].Value;
            var between = commandsEnd < 0 ? "-" : readme[commandsEnd..match.Index];
            yield return (language, match.Groups["text"].Value, string.IsNullOrWhiteSpace(between));
            commandsEnd = language == "sh" ? match.Index + match.Length : -1;
        }
    }

    /// <summary>A line a command; a trailing backslash goes on, comments and what needs another machine are left out.</summary>
    private static IEnumerable<string> Commands(string block) =>
        block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#' && !line.StartsWith("make test", StringComparison.Ordinal)
                && !line.StartsWith("git clone", StringComparison.Ordinal));

    private static Task<ToolResult> RunAsync(string command, Pipeline? pipeline)
    {
        // What `make` would build is built: the test needs the executable itself.
        command = command.Replace("make demo", "./streaming generate --seed 42 --orders 2000 --start 2026-01-01", StringComparison.Ordinal);
        if (pipeline is not null)
        {
            command = DefaultHttp().Replace(command, pipeline.Address.Authority);
            if (command.StartsWith("./streaming ", StringComparison.Ordinal) && !command.Contains("--bootstrap-servers", StringComparison.Ordinal))
            {
                command += " " + string.Join(' ', pipeline.Connection);
            }
        }
        return Tool.RunAsync("bash", ["-euo", "pipefail", "-c", command], Repository.Root);
    }

    /// <summary>A command that changes nothing, and may be given again.</summary>
    private static bool Asks(string command) =>
        command.StartsWith("curl", StringComparison.Ordinal) && !command.Contains(" -d ", StringComparison.Ordinal);

    private static string Normalized(string json) => JsonNode.Parse(json)!.ToJsonString();

    [GeneratedRegex(@"^```(?<language>\w*)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^(make run|\./streaming run)\b")]
    private static partial Regex Starts();

    [GeneratedRegex(@"\b(localhost|127\.0\.0\.1):8080\b")]
    private static partial Regex DefaultHttp();
}
