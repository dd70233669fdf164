namespace Streaming.Broker.Network;

/// <summary>Bounds the memory of all requests being received; who finds it spent waits for others to finish.</summary>
internal sealed class ByteBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private long _available = limit;

    private sealed record Waiter(long Bytes)
    {
        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>
    /// Takes bytes, in the order of asking. Who waits must hold none already: those who hold some while they wait for
    /// more would wait for each other.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled before they were granted.</exception>
    public async ValueTask AcquireAsync(long bytes, CancellationToken cancellation)
    {
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _available >= bytes)
            {
                _available -= bytes;
                return;
            }

            node = _waiting.AddLast(new Waiter(bytes));
        }

        await using (cancellation.Register(() => Cancel(node)).ConfigureAwait(false))
        {
            await node.Value.Granted.Task.ConfigureAwait(false);
        }
    }

    public void Release(long bytes)
    {
        lock (_lock)
        {
            _available += bytes;
            Grant();
        }
    }

    private void Cancel(LinkedListNode<Waiter> node)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                return; // granted meanwhile
            }

            _waiting.Remove(node);
            node.Value.Granted.SetCanceled();
            Grant(); // those behind it may want less
        }
    }

    private void Grant()
    {
        while (_waiting.First is { Value: var next } && _available >= next.Bytes)
        {
            _waiting.RemoveFirst();
            _available -= next.Bytes;
            next.Granted.SetResult();
        }
    }
}
