using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>One <c>streaming run</c> process.</summary>
internal sealed partial class Pipeline : IAsyncDisposable
{
    private static readonly TimeSpan _startBound = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _announced = new();
    private readonly Task _reading;

    private Pipeline(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public HttpClient Http { get; private set; } = null!;

    public string BootstrapServers { get; private set; } = "";

    public string SchemaRegistry { get; private set; } = "";

    public Uri Address => Http.BaseAddress!;

    public string Output => string.Join('\n', _output);

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

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
            // What listens on every address is reached by this one.
            var address = (await pipeline.SaidAsync("http")).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
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
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Ctrl-C; the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        _process.SendInterrupt();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"the pipeline does not stop on Ctrl-C:\n{Output}");
        }
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task<string> SaidAsync(string name)
    {
        var said = _announced.GetOrAdd(name, _ => new());
        var first = await Task.WhenAny(said.Task, _reading, Task.Delay(_startBound));
        if (!said.Task.IsCompleted)
        {
            var reason = first == _reading ? "ended" : $"took more than {_startBound}";
            throw new InvalidOperationException($"the pipeline {reason} before it printed `{name}`:\n{Output}");
        }
        return await said.Task;
    }

    private async Task ReadAsync(StreamReader stream)
    {
        while (await stream.ReadLineAsync() is { } line)
        {
            _output.Enqueue(line);
            if (Announcement().Match(line) is { Success: true } match)
            {
                _announced.GetOrAdd(match.Groups["name"].Value, _ => new()).TrySetResult(match.Groups["value"].Value);
            }
        }
    }

    [GeneratedRegex(@"^\s*(?<name>broker|registry|http|ready)\b\s*(?<value>\S*)")]
    private static partial Regex Announcement();
}
