using System.Diagnostics;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Runtime;

/// <summary>A task whose stores are restored, with its inputs; its worker alone calls it.</summary>
internal sealed class RunningTask(TaskState state, PartitionInput[] inputs, int maxIdleMs) : IDisposable
{
    private readonly bool[] _timeTaken = new bool[inputs.Length];
    private int _timesTaken;
    private long _blockedSince = -1;
    private StreamTask? _task;

    public TaskId Id => State.Id;

    public TaskState State { get; } = state;

    public PartitionInput[] Inputs { get; } = inputs;

    public StreamTask Task => _task!;

    public bool IsStarted => _task is not null;

    /// <summary>Its counts are kept elsewhere by now.</summary>
    public bool IsRetired { get; set; }

    /// <summary>When the offsets of persistent changelogs were last asked for, in ticks of <see cref="Stopwatch"/>.</summary>
    public long CheckpointedAt { get; set; } = Stopwatch.GetTimestamp();

    public bool HasPersistentStores { get; } = state.Plan.Stores.Any(s => s is { Persistent: true, ChangelogTopic: not null });

    public void Start(TaskEnvironment environment)
    {
        var task = new StreamTask(State, environment);
        task.Start();
        _task = task;
        TakeTimes();
    }

    /// <summary>Whether there are records whose partition's time, as of the last commit, is not known yet.</summary>
    public bool NeedsTimes
    {
        get
        {
            if (_timesTaken == Inputs.Length) return false;
            foreach (var input in Inputs)
                if (input.CommittedMetadata is null && input.Fill()) return true;
            return false;
        }
    }

    /// <summary>Goes on in time where the last commit was, on those partitions that it is known of by now.</summary>
    public void TakeTimes()
    {
        for (var i = 0; i < Inputs.Length; i++)
        {
            if (_timeTaken[i] || Inputs[i].CommittedMetadata is not { } metadata) continue;
            _timeTaken[i] = true;
            _timesTaken++;
            Task.ContinueFrom(Inputs[i].SourceIndex, metadata);
        }
    }

    /// <summary>The offset that the group holds of a source topic, as far as it is known.</summary>
    public long? CommittedOn(string topic) => Array.Find(Inputs, i => i.Partition.Topic == topic)?.Committed;

    /// <summary>Something may be there to process.</summary>
    public bool MayHaveWork
    {
        get
        {
            foreach (var input in Inputs)
                if (input.MayHaveRecords) return true;
            return false;
        }
    }

    /// <summary>Processes up to so many records, or until the time is up; their number.</summary>
    public int Process(int max, long deadline) =>
        Inputs.Length == 1 ? ProcessSingle(Inputs[0], max, deadline) : ProcessMerged(max, deadline);

    private int ProcessSingle(PartitionInput input, int max, long deadline)
    {
        var done = 0;
        while (done < max && input.Fill() && input.CommittedMetadata is not null)
        {
            Take(input);
            done++;
            if ((done & 31) == 0 && Stopwatch.GetTimestamp() >= deadline) break;
        }
        return done;
    }

    /// <summary>Records of several partitions in the order of their timestamps, as far as they are known.</summary>
    private int ProcessMerged(int max, long deadline)
    {
        var done = 0;
        while (done < max)
        {
            PartitionInput? next = null;
            var waiting = false;
            foreach (var input in Inputs)
            {
                if (!input.Fill())
                {
                    // An empty partition may hold the next record, unless it is known to have none (KIP-695).
                    waiting |= maxIdleMs >= 0 && !IsCaughtUp(input);
                }
                else if (input.CommittedMetadata is null)
                {
                    return done;
                }
                else if (next is null || input.HeadTimestamp < next.HeadTimestamp)
                {
                    next = input;
                }
            }
            if (next is null) break;
            if (waiting || !IdledEnough()) break;
            Take(next);
            done++;
            if ((done & 31) == 0 && Stopwatch.GetTimestamp() >= deadline) break;
        }
        return done;
    }

    private static bool IsCaughtUp(PartitionInput input) => input.Feed.AtEnd || input.Feed.AtKnownEnd;

    /// <summary>Where asked for, waits a while for records of partitions that are at their end, too.</summary>
    private bool IdledEnough()
    {
        if (maxIdleMs <= 0 || Inputs.All(static i => i.HasRecords))
        {
            _blockedSince = -1;
            return true;
        }
        var now = Stopwatch.GetTimestamp();
        if (_blockedSince < 0) _blockedSince = now;
        return Stopwatch.GetElapsedTime(_blockedSince, now).TotalMilliseconds >= maxIdleMs;
    }

    private void Take(PartitionInput input)
    {
        input.MarkTaken();
        ref readonly var head = ref input.Head;
        Task.Process(new TaskRecord
        {
            SourceIndex = input.SourceIndex,
            Offset = head.Offset,
            Timestamp = head.Timestamp,
            Key = head.Key,
            KeyIsNull = !head.HasKey,
            Value = head.Value,
            ValueIsNull = !head.HasValue,
            Headers = head.Headers,
        });
        input.Advance();
    }

    /// <summary>Closes the processors and gives the inputs to the task's next life.</summary>
    public PartitionInput[] Detach()
    {
        _task?.Dispose();
        foreach (var input in Inputs) input.Processed = 0; // retired with this task
        return Inputs;
    }

    /// <summary>Closes the processors and the inputs; the stores stay as of the last commit.</summary>
    public void Dispose()
    {
        _task?.Dispose();
        foreach (var input in Inputs) input.Dispose();
    }
}
