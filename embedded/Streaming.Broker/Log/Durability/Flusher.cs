using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Log.Durability;

/// <summary>Something that goes on once what it wrote is on disk. Called on the flusher's thread: must be quick.</summary>
internal interface IFlushWaiter
{
    /// <summary>What was waited for is on disk. All waiters of a round are told before the first proceeds.</summary>
    void Flushed();

    /// <summary>Goes on: on this thread if that is brief and there are few who wait, else elsewhere.</summary>
    void Proceed(bool inline);
}

/// <summary>
/// Group commit: one thread makes durable what was written since its last round, by the journal or by forcing the files,
/// then publishes the new high watermarks and releases everyone who waited. Appends of any number of producers share the
/// cost of a round.
/// </summary>
internal sealed class Flusher : IDisposable
{
    /// <summary>So many waiters of a round are served on the flusher's own thread, which spares them a thread switch.</summary>
    private const int InlineWaiters = 8;

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _signal = new(false);
    private readonly Journal? _journal;
    private readonly Thread _thread;
    private readonly Timer? _interval;
    private readonly ILogger _logger;
    private readonly Action<Exception> _onFailure;
    private FlushRound _open = new();
    private FlushRound _spare = new();
    private bool _signalled;
    private bool _stopping;

    /// <param name="journal">What rounds are written to with <see cref="FsyncMode.Always"/>; null has the files forced each time.</param>
    /// <param name="onFailure">Is told when a flush failed.</param>
    public Flusher(FsyncMode mode, TimeSpan interval, Journal? journal, ILogger logger, Action<Exception> onFailure)
    {
        Mode = mode;
        _journal = journal;
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

    /// <summary>Adds a batch to the next round, and where its log now ends. Called under the log's lock after each append.</summary>
    public void Appended(PartitionLog log, ReadBound end, ReadOnlySpan<byte> batch)
    {
        lock (_lock)
        {
            _open.Add(log, end);
            if (_journal is not null)
            {
                _open.Batches.Add(log.TopicId, log.Partition.Partition, batch);
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
            _signal.Set();
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

        _signal.Set();
    }

    /// <summary>Finishes the pending round and stops the thread.</summary>
    public void Dispose()
    {
        _interval?.Dispose();
        lock (_lock)
        {
            _stopping = true;
        }

        _signal.Set();
        _thread.Join();
        _journal?.Dispose();
        _signal.Dispose();
    }

    private void Run()
    {
        NativeMethods.PreferShortSlices();
        var stop = false;
        while (!stop)
        {
            _signal.WaitOne();
            FlushRound round;
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

    private void Flush(FlushRound round)
    {
        if (_journal?.TryWrite(round) != true)
        {
            FlushFiles(round);
        }

        foreach (var (log, end) in round.Logs)
        {
            log.PublishFlushed(end);
        }

        foreach (var waiter in round.Waiters)
        {
            waiter.Flushed();
        }

        for (var i = 0; i < round.Waiters.Count; i++)
        {
            round.Waiters[i].Proceed(inline: i < InlineWaiters);
        }

        _journal?.BeginWriteback();
    }

    /// <summary>Forces the files of the round's logs, and of all whose batches the journal holds: it begins anew after that.</summary>
    private void FlushFiles(FlushRound round)
    {
        var logs = round.Logs.Select(l => l.Log).Union(_journal?.Logs ?? []).ToList();
        logs.ForEach(log => log.BeginFlush());
        logs.ForEach(log => log.FlushPending());
        _journal?.Restart();
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
