using Streaming.Broker.Log;

namespace Streaming.Broker.Handlers;

/// <summary>Lets a fetch wait on all its partitions. Registered before the logs are looked at, so that nothing is missed.</summary>
internal sealed class FetchWaiter : ILogWaiter, IDisposable
{
    private readonly IReadOnlyList<PartitionLog> _logs;
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private bool _advanced;

    public FetchWaiter(IReadOnlyList<PartitionLog> logs)
    {
        _logs = logs;
        foreach (var log in logs)
        {
            log.AddWaiter(this);
        }
    }

    public void LogAdvanced()
    {
        lock (_lock)
        {
            _advanced = true;
            _waiting?.TrySetResult();
        }
    }

    /// <summary>Returns when a log has advanced since the last call, or the time is over.</summary>
    public async ValueTask WaitAsync(int milliseconds, CancellationToken cancellation)
    {
        Task waiting;
        lock (_lock)
        {
            if (_advanced)
            {
                _advanced = false;
                return;
            }

            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting = _waiting.Task;
        }

        await waiting.WaitAsync(TimeSpan.FromMilliseconds(milliseconds), cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _waiting = null;
            _advanced = false;
        }
    }

    public void Dispose()
    {
        foreach (var log in _logs)
        {
            log.RemoveWaiter(this);
        }
    }
}
