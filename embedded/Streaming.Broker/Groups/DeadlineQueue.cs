using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Groups;

/// <summary>Something that happens at a time unless it is put off. Heartbeats move it without touching the queue.</summary>
internal sealed class Deadline(Action onDue)
{
    internal long QueuedAt { get; set; } = long.MaxValue;

    internal long Due { get; set; } = long.MaxValue;

    internal Action OnDue => onDue;

    public void Cancel() => Due = long.MaxValue;
}

/// <summary>
/// Fires deadlines under its owner's lock, with one timer for all of them. Times are monotonic milliseconds. What one of
/// them throws is logged: on the timer's thread it would end the process.
/// </summary>
internal sealed class DeadlineQueue : IDisposable
{
    private readonly Lock _lock;
    private readonly ILogger _logger;
    private readonly PriorityQueue<Deadline, long> _queue = new();
    private readonly Timer _timer;
    private bool _disposed;

    public DeadlineQueue(Lock ownersLock, ILogger logger)
    {
        _lock = ownersLock;
        _logger = logger;
        _timer = new Timer(_ => Fire(), null, Timeout.Infinite, Timeout.Infinite);
    }

    public static long Now => Environment.TickCount64;

    /// <summary>Sets or moves a deadline. Called under the lock.</summary>
    public void Set(Deadline deadline, long afterMilliseconds)
    {
        deadline.Due = Now + afterMilliseconds;
        if (deadline.Due < deadline.QueuedAt)
        {
            Enqueue(deadline);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    private void Enqueue(Deadline deadline)
    {
        deadline.QueuedAt = deadline.Due;
        _queue.Enqueue(deadline, deadline.Due);
        if (_queue.Peek() == deadline)
        {
            Arm();
        }
    }

    private void Arm()
    {
        if (!_disposed && _queue.TryPeek(out _, out var due))
        {
            _timer.Change(Math.Clamp(due - Now, 1, int.MaxValue), Timeout.Infinite);
        }
    }

    private void Fire()
    {
        lock (_lock)
        {
            var now = Now;
            while (!_disposed && _queue.TryPeek(out var deadline, out var at) && at <= now)
            {
                _queue.Dequeue();
                if (at != deadline.QueuedAt)
                {
                    continue; // moved to an earlier time since, and fired there
                }

                deadline.QueuedAt = long.MaxValue;
                if (deadline.Due <= now)
                {
                    deadline.Cancel();
                    Run(deadline);
                }
                else if (deadline.Due != long.MaxValue)
                {
                    Enqueue(deadline);
                }
            }

            Arm();
        }
    }

    private void Run(Deadline deadline)
    {
        try
        {
            deadline.OnDue();
        }
        catch (Exception e)
        {
            _logger.LogError(e, "A group's deadline could not be acted on");
        }
    }
}
