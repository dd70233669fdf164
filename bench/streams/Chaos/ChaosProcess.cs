using System.Diagnostics;

namespace Streaming.Streams.Bench.Chaos;

/// <summary>An instance in a child process.</summary>
internal sealed class ChaosProcess
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly List<string> _entries = [];
    private TaskCompletionSource? _dumped;

    public ChaosProcess(IEnumerable<string> arguments, string logFile)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add(typeof(ChaosProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _log = new(logFile, append: true) { AutoFlush = true };
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool IsAlive => !_process.HasExited;

    private void Take(string? line)
    {
        lock (_log)
        {
            if (line is null) return;
            if (line.StartsWith("entry ", StringComparison.Ordinal)) _entries.Add(line);
            else if (line == "dumped") _dumped?.TrySetResult();
            else _log.WriteLine(line);
        }
    }

    public async Task<IReadOnlyList<string>> DumpAsync(TimeSpan patience)
    {
        lock (_log) (_dumped, _) = (new(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        _entries.Clear();
        await _process.StandardInput.WriteLineAsync("dump");
        await _process.StandardInput.FlushAsync();
        await _dumped.Task.WaitAsync(patience);
        return _entries;
    }

    public void Kill()
    {
        try
        {
            _process.Kill();
            _process.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // gone already
        }
    }

    /// <summary>Closes in good order, or kills what does not within a minute.</summary>
    public void Stop()
    {
        if (_process.HasExited) return;
        _process.StandardInput.Close();
        if (!_process.WaitForExit(60_000)) Kill();
    }
}
