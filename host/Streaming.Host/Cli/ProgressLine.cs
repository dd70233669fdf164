using System.Globalization;

namespace Streaming.Host.Cli;

/// <summary>Progress on standard error: one line that is written over on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class ProgressLine(int total) : IProgress<(int Orders, long Events)>, IDisposable
{
    private static readonly TimeSpan _every = Console.IsErrorRedirected ? TimeSpan.FromSeconds(5) : TimeSpan.FromMilliseconds(100);

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private TimeSpan _last = TimeSpan.Zero;
    private bool _written;

    public void Report((int Orders, long Events) value)
    {
        var elapsed = TimeProvider.System.GetElapsedTime(_start);
        if (elapsed - _last < _every)
        {
            return;
        }

        _last = elapsed;
        _written = true;
        var text = string.Create(CultureInfo.InvariantCulture, $"{value.Orders}/{total} orders, {value.Events} events acknowledged");
        Console.Error.Write(Console.IsErrorRedirected ? text + "\n" : $"\r{text}   ");
    }

    public void Dispose()
    {
        if (_written && !Console.IsErrorRedirected)
        {
            Console.Error.WriteLine();
        }

        _written = false;
    }
}
