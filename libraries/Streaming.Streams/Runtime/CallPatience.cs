using System.Diagnostics;
using Streaming.Streams.Errors;

namespace Streaming.Streams.Runtime;

/// <summary>
/// How long brokers are waited for (KIP-572): the clock starts with the first call that times out, and stops with the
/// next success. Not thread-safe: whoever calls has one of its own.
/// </summary>
/// <param name="timeout">task.timeout.ms; zero: nobody waits.</param>
/// <param name="who">Names who waits.</param>
/// <param name="goesOn">Asked when the time is up: true starts the clock anew. Null: the exception is thrown.</param>
internal sealed class CallPatience(TimeSpan timeout, Func<string> who, Func<TaskTimeoutException, bool>? goesOn = null)
{
    /// <summary>Whoever waits reports far more often: after such a silence another series begins.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);

    private long _since;
    private long _last;

    /// <summary>What a single call may take before it counts as timed out.</summary>
    public TimeSpan CallTimeout { get; } = TimeSpan.FromSeconds(Math.Clamp(timeout.TotalSeconds / 2, 1, 10));

    public void Succeeded() => _since = 0;

    /// <exception cref="TaskTimeoutException">the time is up</exception>
    public void TimedOut(string call, Exception? reason)
    {
        var now = Stopwatch.GetTimestamp();
        if (_since == 0 || Stopwatch.GetElapsedTime(_last, now) > s_silence) _since = now;
        _last = now;
        var waited = Stopwatch.GetElapsedTime(_since, now);
        if (waited < timeout) return;
        var exception = new TaskTimeoutException(who(), call, waited, reason);
        if (goesOn?.Invoke(exception) != true) throw exception;
        _since = 0;
    }
}
