namespace Streaming.Host.Pipeline;

/// <summary>Ends a loop that runs until it is cancelled, and waits for its end.</summary>
internal sealed class BackgroundLoop(Task loop, CancellationTokenSource stop) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }
}
