namespace Streaming.Broker.Log;

/// <summary>
/// Forces several files at the same time: a file system commits its journal once for all who wait, so that ten files
/// flushed together take little longer than one. The threads sleep in the kernel and cost no processor time; what they wait
/// for in between must not spin either, as the slim kinds of events do.
/// </summary>
internal sealed class FlushCrew : IDisposable
{
    private const int Helpers = 7;

    private readonly Semaphore _work = new(0, int.MaxValue);
    private readonly AutoResetEvent _done = new(false);
    private readonly List<Thread> _threads = [];
    private IReadOnlyList<PartitionLog> _logs = [];
    private Exception? _failure;
    private int _next;
    private int _running;
    private bool _stopping;

    /// <summary>Forces what is pending in all logs; throws what the first failing one threw, after all have ended.</summary>
    public void Flush(IReadOnlyList<PartitionLog> logs)
    {
        var helpers = Math.Min(Helpers, logs.Count - 1);
        if (helpers <= 0)
        {
            foreach (var log in logs)
            {
                log.FlushPending();
            }

            return;
        }

        foreach (var log in logs)
        {
            log.BeginFlush();
        }

        while (_threads.Count < helpers)
        {
            var thread = new Thread(Help) { IsBackground = true, Name = $"broker-flusher-{_threads.Count + 1}" };
            _threads.Add(thread);
            thread.Start();
        }

        _logs = logs;
        _failure = null;
        _next = 0;
        _running = helpers;
        _work.Release(helpers);
        Work();
        _done.WaitOne();
        _logs = [];
        if (_failure is { } failure)
        {
            throw new IOException($"a file could not be forced to disk: {failure.Message}", failure);
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        if (_threads.Count > 0)
        {
            _work.Release(_threads.Count);
        }

        _threads.ForEach(t => t.Join());
        _work.Dispose();
        _done.Dispose();
    }

    private void Help()
    {
        while (true)
        {
            _work.WaitOne();
            if (Volatile.Read(ref _stopping))
            {
                return;
            }

            Work();
            if (Interlocked.Decrement(ref _running) == 0)
            {
                _done.Set();
            }
        }
    }

    private void Work()
    {
        while (true)
        {
            var index = Interlocked.Increment(ref _next) - 1;
            if (index >= _logs.Count)
            {
                return;
            }

            try
            {
                _logs[index].FlushPending();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }
        }
    }
}
