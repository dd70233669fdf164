using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Log;

/// <summary>Something that goes on once what it wrote is on disk. Called on the flusher's thread: must be quick.</summary>
internal interface IFlushWaiter
{
    /// <summary>What was waited for is on disk. All waiters of a round are told before the first proceeds.</summary>
    void Flushed();

    /// <summary>Goes on: on this thread if that is brief and there are few who wait, else elsewhere.</summary>
    void Proceed(bool inline);
}

/// <summary>
/// Group commit: one thread forces all files that were written since its last round, then publishes the new high
/// watermarks and releases everyone who waited. Appends of any number of producers share the cost of a round.
/// </summary>
internal sealed class Flusher : IDisposable
{
    /// <summary>So many waiters of a round are served on the flusher's own thread, which spares them a thread switch.</summary>
    private const int InlineWaiters = 8;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly FlushCrew _crew = new();
    private readonly Thread _thread;
    private readonly Timer? _interval;
    private readonly ILogger _logger;
    private readonly Action<Exception> _onFailure;
    private Round _open = new();
    private Round _spare = new();
    private bool _signalled;
    private bool _stopping;

    public Flusher(FsyncMode mode, TimeSpan interval, ILogger logger, Action<Exception> onFailure)
    {
        Mode = mode;
        _logger = logger;
        _onFailure = onFailure;
        _thread = new Thread(Run) { IsBackground = true, Name = "broker-flusher" };
        _thread.Start();
        if (mode == FsyncMode.Interval)
        {
            _interval = new Timer(_ => Signal(), null, interval, interval);
        }
    }

    public FsyncMode Mode { get; }

    /// <summary>Whether a record counts as written only after it was forced to disk.</summary>
    public bool AcknowledgesAfterFlush => Mode == FsyncMode.Always;

    /// <summary>Set once a flush failed; what a disk did with the lost pages is unknown, so nothing is accepted any more.</summary>
    public bool Failed { get; private set; }

    /// <summary>Adds a log to the next round. Called under the log's lock after each append.</summary>
    public void MarkDirty(PartitionLog log)
    {
        lock (_lock)
        {
            if (log.DirtyRound != _open)
            {
                log.DirtyRound = _open;
                _open.Logs.Add(log);
            }
        }
    }

    /// <summary>Calls the waiter when everything appended up to now is as safe as the mode promises.</summary>
    public void Await(IFlushWaiter waiter)
    {
        if (!AcknowledgesAfterFlush)
        {
            waiter.Flushed();
            waiter.Proceed(inline: true);
            return;
        }

        bool wake;
        lock (_lock)
        {
            _open.Waiters.Add(waiter);
            wake = !_signalled;
            _signalled = true;
        }

        if (wake)
        {
            _signal.Release();
        }
    }

    /// <summary>Completes when everything appended up to now is as safe as the mode promises.</summary>
    public Task FlushedAsync()
    {
        if (!AcknowledgesAfterFlush)
        {
            return Task.CompletedTask;
        }

        var waiter = new TaskWaiter();
        Await(waiter);
        return waiter.Task;
    }

    /// <summary>Starts a round without waiting for it, in any mode.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            if (_signalled)
            {
                return;
            }

            _signalled = true;
        }

        _signal.Release();
    }

    /// <summary>Finishes the pending round and stops the thread.</summary>
    public void Dispose()
    {
        _interval?.Dispose();
        lock (_lock)
        {
            _stopping = true;
        }

        _signal.Release();
        _thread.Join();
        _crew.Dispose();
        _signal.Dispose();
    }

    private void Run()
    {
        var stop = false;
        while (!stop)
        {
            _signal.Wait();
            Round round;
            lock (_lock)
            {
                stop = _stopping;
                _signalled = false;
                round = _open;
                _open = _spare;
            }

            if (Failed)
            {
                continue;
            }

            try
            {
                Flush(round);
            }
            catch (Exception e)
            {
                Failed = true;
                _logger.LogCritical(e, "Forcing the log to disk failed; the broker stops accepting writes");
                _onFailure(e);
                continue;
            }

            lock (_lock)
            {
                round.Clear();
            }

            _spare = round;
        }
    }

    private void Flush(Round round)
    {
        _crew.Flush(round.Logs);
        foreach (var log in round.Logs)
        {
            log.PublishFlushed();
        }

        foreach (var waiter in round.Waiters)
        {
            waiter.Flushed();
        }

        for (var i = 0; i < round.Waiters.Count; i++)
        {
            round.Waiters[i].Proceed(inline: i < InlineWaiters);
        }
    }

    internal sealed class Round
    {
        public List<PartitionLog> Logs { get; } = [];

        public List<IFlushWaiter> Waiters { get; } = [];

        public void Clear()
        {
            foreach (var log in Logs)
            {
                log.ForgetRound(this);
            }

            Logs.Clear();
            Waiters.Clear();
        }
    }

    private sealed class TaskWaiter : IFlushWaiter
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _done.Task;

        public void Flushed()
        {
        }

        public void Proceed(bool inline) => _done.TrySetResult();
    }
}
