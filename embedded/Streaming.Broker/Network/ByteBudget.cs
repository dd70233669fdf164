namespace Streaming.Broker.Network;

/// <summary>Bounds the memory of all requests being received; who finds it spent waits for others to finish.</summary>
internal sealed class ByteBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _available = limit;

    public Task AcquireAsync(long bytes)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 && _available >= bytes)
            {
                _available -= bytes;
                return Task.CompletedTask;
            }

            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
            return granted.Task;
        }
    }

    public void Release(long bytes)
    {
        lock (_lock)
        {
            _available += bytes;
            while (_waiting.TryPeek(out var next) && _available >= next.Bytes)
            {
                _waiting.Dequeue();
                _available -= next.Bytes;
                next.Granted.SetResult();
            }
        }
    }
}
