namespace Streaming.Host.Cli;

internal static class Shutdown
{
    /// <summary>Completes when the process is asked to stop (Ctrl-C, SIGTERM); the caller then closes what it opened.</summary>
    public static async Task WaitAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = stopping.Register(stopped.SetResult);
        await stopped.Task.ConfigureAwait(false);
    }
}
