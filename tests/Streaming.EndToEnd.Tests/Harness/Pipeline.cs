using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>One <c>streaming run</c> process.</summary>
internal sealed partial class Pipeline : IAsyncDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> announced = new();
    private readonly Task reading;

    private Pipeline(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public HttpClient Http { get; private set; } = null!;

    public string BootstrapServers { get; private set; } = "";

    public string SchemaRegistry { get; private set; } = "";

    public Uri Address => Http.BaseAddress!;

    public string Output => string.Join('\n', output);

    public bool HasExited => process.HasExited;

    public int ProcessId => process.Id;

    /// <summary>How the CLI's other verbs reach the broker and the registry of this pipeline.</summary>
    public string[] Connection => ["--bootstrap-servers", BootstrapServers, "--schema-registry", SchemaRegistry];

    /// <summary>Starts a pipeline and waits until it says that it is ready.</summary>
    public static async Task<Pipeline> StartAsync(params string[] arguments)
    {
        var pipeline = await StartWithoutWaitingAsync(arguments);
        await pipeline.SaidAsync("ready");
        return pipeline;
    }

    /// <summary>Starts a pipeline and returns as soon as its HTTP address is known.</summary>
    public static async Task<Pipeline> StartWithoutWaitingAsync(params string[] arguments)
    {
        var process = Tool.Start(Repository.Launcher, ["run", .. arguments]);
        var pipeline = new Pipeline(process);
        try
        {
            var address = await pipeline.SaidAsync("http");
            pipeline.Http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(90) };
            pipeline.BootstrapServers = Argument("--bootstrap-servers") ?? await pipeline.SaidAsync("broker");
            pipeline.SchemaRegistry = Argument("--schema-registry") ?? await pipeline.SaidAsync("registry");
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }

        string? Argument(string name) =>
            Array.IndexOf(arguments, name) is var index and >= 0 ? arguments[index + 1] : null;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C; the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        process.SendInterrupt();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the pipeline does not stop on Ctrl-C:\n{Output}");
        }
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!process.HasExited)
            await KillAsync();
        await reading;
        process.Dispose();
    }

    private async Task<string> SaidAsync(string name)
    {
        var said = announced.GetOrAdd(name, _ => new());
        var first = await Task.WhenAny(said.Task, reading, Task.Delay(StartBound));
        if (!said.Task.IsCompleted)
        {
            var reason = first == reading ? "ended" : $"took more than {StartBound}";
            throw new InvalidOperationException($"the pipeline {reason} before it printed `{name}`:\n{Output}");
        }
        return await said.Task;
    }

    private async Task ReadAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            output.Enqueue(line);
            if (Announcement().Match(line) is { Success: true } match)
                announced.GetOrAdd(match.Groups["name"].Value, _ => new()).TrySetResult(match.Groups["value"].Value);
        }
    }

    [GeneratedRegex(@"^\s*(?<name>broker|registry|http|ready)\b\s*(?<value>\S*)")]
    private static partial Regex Announcement();
}
