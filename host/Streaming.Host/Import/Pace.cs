namespace Streaming.Host.Import;

/// <summary>Lets at most so many steps a second through, on average since the start; no rate, no waiting.</summary>
internal sealed class Pace(double? perSecond, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _steps;

    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        if (perSecond is not { } rate)
        {
            return;
        }

        var due = TimeSpan.FromSeconds(_steps++ / rate) - time.GetElapsedTime(_start);
        if (due > TimeSpan.Zero)
        {
            await Task.Delay(due, time, cancellation).ConfigureAwait(false);
        }
    }
}
