using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Runtime;

/// <summary>Workers come and go while the application runs; tasks move between them without the group's noticing.</summary>
internal sealed partial class StreamsInstance
{
    public int WorkerCount => _workers.Length;

    public void Pause(bool paused)
    {
        _paused = paused;
        foreach (var worker in _workers) worker.IsPaused = paused;
    }

    private volatile bool _paused;

    public int AddWorker()
    {
        lock (_moving)
        {
            if (_member is null || _stopping.IsCancellationRequested) throw new IllegalStateException("the application does not run");
            var index = Enumerable.Range(0, int.MaxValue).First(i => _workers.All(w => w.Index != i)); // a free transactional id
            var worker = MakeWorker(index);
            worker.IsPaused = _paused;
            worker.Start(EnvironmentOf(worker));
            _workers = [.. _workers, worker];
            while (NextMove() is { } move) Move(move.Entry, move.To);
            return _workers.Length;
        }
    }

    public int RemoveWorker()
    {
        lock (_moving)
        {
            if (_workers.Length <= 1) throw new IllegalStateException("the last worker stays");
            var leaving = _workers[^1];
            _workers = [.. _workers[..^1]];
            foreach (var entry in Entries(e => e.Phase == TaskPhase.Running && e.Worker == leaving)) Move(entry, null);
            if (leaving.IsAlive && Entries(e => e.Phase == TaskPhase.Running && e.Worker == leaving).Count > 0)
            {
                _workers = [.. _workers, leaving];
                throw new IllegalStateException("the worker stays: no broker answers the commit that would hand its tasks over");
            }
            leaving.Stop();
            leaving.Join();
            _telemetry.Retire(leaving);
            return _workers.Length;
        }
    }

    /// <summary>A task of the busiest worker for the idlest, while they differ by more than one.</summary>
    private (TaskEntry Entry, Worker To)? NextMove()
    {
        lock (_lock)
        {
            var alive = CountLoads();
            var (busiest, idlest) = (alive.MaxBy(w => w.Load)!, alive.MinBy(w => w.Load)!);
            if (busiest.Load - idlest.Load <= 1) return null;
            return (_tasks.Values.Where(e => e.Phase == TaskPhase.Running && e.Worker == busiest).MaxBy(e => e.Id)!, idlest);
        }
    }

    private void Move(TaskEntry entry, Worker? to)
    {
        var inputs = entry.Worker!.ReleaseAsync(entry.Running!).GetAwaiter().GetResult();
        lock (_lock)
        {
            if (inputs is null) return; // it is rebuilt, and goes to the idlest worker when it is restored
            entry.Inputs = inputs;
            if (to is not null) RunOn(entry, to);
            else Run(entry);
        }
    }
}
