using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Streaming.Broker.Bench;

/// <summary>
/// Kafka's perf-produce, started once and stopped by SIGSTOP but for its turns: what is measured in a turn is the broker
/// and not the tool's compilers, which take most of two cores for its first ten seconds. Linux only.
/// </summary>
internal sealed class WarmProducer : IAsyncDisposable
{
    private const int Continue = 18;
    private const int Stop = 19;

    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(0.6);

    private readonly Process _tool;
    private readonly Task<string> _errors;

    public WarmProducer(string script, string arguments)
    {
        _tool = Process.Start(new ProcessStartInfo(script, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _ = _tool.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _errors = _tool.StandardError.ReadToEndAsync();
    }

    /// <summary>Lets it produce for so long, and a moment more before; MB a second that it wrote to its sockets.</summary>
    public async Task<double> TakeTurnAsync(TimeSpan length)
    {
        Signal(Continue);
        await Task.Delay(s_settling);
        var before = await WrittenBytesAsync();
        var watch = Stopwatch.StartNew();
        await Task.Delay(length);
        var rate = (await WrittenBytesAsync() - before) / watch.Elapsed.TotalSeconds / 1048576;
        Signal(Stop);
        return rate;
    }

    public async ValueTask DisposeAsync()
    {
        _tool.Kill();
        await _tool.WaitForExitAsync();
        _tool.Dispose();
    }

    /// <summary>proc(5), wchar: what went through write(2) and its like; all that the tool writes goes to the broker.</summary>
    private async Task<long> WrittenBytesAsync()
    {
        if (_tool.HasExited)
        {
            throw new InvalidOperationException($"perf-produce has ended: {await _errors}");
        }

        return ProcessFigures.Number(_tool.Id, "io", "wchar:");
    }

    private void Signal(int number) => _ = Kill(_tool.Id, number);

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
