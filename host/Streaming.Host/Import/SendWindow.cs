namespace Streaming.Host.Import;

/// <summary>
/// Sends records with a bounded number of them unacknowledged, and counts what arrived. The first failure stops it: with
/// an order's events in sequence there is nothing to gain from going on.
/// </summary>
internal sealed class SendWindow(int size = 10_000) : IDisposable
{
    private readonly SemaphoreSlim _free = new(size, size);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _acknowledged;

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public async ValueTask SendAsync(Func<Task> send, CancellationToken cancellation)
    {
        if (!_free.Wait(0, CancellationToken.None))
        {
            await _free.WaitAsync(cancellation).ConfigureAwait(false);
        }

        if (_failed.Task.IsCompleted)
        {
            await _failed.Task.ConfigureAwait(false);
        }

        _ = send().ContinueWith(
            sent =>
            {
                if (sent.IsFaulted)
                {
                    _failed.TrySetException(sent.Exception.InnerExceptions);
                }
                else
                {
                    Interlocked.Increment(ref _acknowledged);
                }

                _free.Release();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits for what is still under way.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < size; i++)
        {
            await _free.WaitAsync(cancellation).ConfigureAwait(false);
        }

        if (_failed.Task.IsCompleted)
        {
            await _failed.Task.ConfigureAwait(false);
        }
    }

    public void Dispose() => _free.Dispose();
}
