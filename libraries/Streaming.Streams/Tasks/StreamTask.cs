using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Tasks;

/// <summary>
/// Runs one sub-topology on one partition. Not thread-safe: its worker alone calls it.
/// Between two commits every write stays in the stores' tables of uncommitted writes; <see cref="CommitSucceeded"/>
/// is the only moment at which stores change, <see cref="Abort"/> leaves no trace.
/// </summary>
internal sealed class StreamTask : IDisposable
{
    private readonly TaskContext _context;
    private readonly RecordFailurePolicy _failures;
    private TaskGraph? _graph;

    public StreamTask(TaskState state, TaskEnvironment environment)
    {
        State = state;
        _context = new TaskContext(state, environment, Metrics);
        _failures = RecordFailurePolicy.For(_context);
    }

    public TaskId Id => State.Id;

    public SubTopologyPlan Plan => State.Plan;

    public TaskState State { get; }

    public TaskMetrics Metrics { get; } = new();

    /// <summary>The record in process.</summary>
    public RecordContext Record => _context.Record;

    /// <summary>Something was processed or punctuated since the last commit.</summary>
    public bool CommitNeeded { get; private set; }

    /// <summary>Bytes of uncommitted writes; a worker commits early when they grow too many.</summary>
    public long DirtyBytes => _context.DirtyBytes;

    /// <summary>Milliseconds since 1970 at which the next wall-clock punctuation is due; <see cref="long.MaxValue"/>: none.</summary>
    public long NextPunctuation => _context.Punctuators.NextWallClock;

    /// <summary>Largest record timestamp seen of a source's partition, -1 before the first.</summary>
    public long GetPartitionTime(int sourceIndex) => _context.PartitionTimes[sourceIndex];

    /// <summary>Largest time of a record that the task has taken; -1 before the first.</summary>
    public long StreamTime => _context.StreamTime;

    /// <summary>What to commit beside the offset of a source's partition, for <see cref="ContinueFrom"/>.</summary>
    public string OffsetMetadataOf(int sourceIndex) => _context.OffsetMetadataOf(sourceIndex);

    /// <summary>
    /// Takes up the times that were committed beside the offset; before the first record of the partition, and after
    /// <see cref="Start"/>.
    /// </summary>
    public void ContinueFrom(int sourceIndex, ReadOnlySpan<byte> metadata) => _context.ContinueFrom(sourceIndex, metadata);

    /// <summary>Builds and initializes the processors; after the stores are restored.</summary>
    public void Start()
    {
        _graph = Plan.Blueprint.Build(_context);
        _context.Start(_graph);
    }

    /// <summary>Takes one record through the topology.</summary>
    /// <exception cref="StreamsException">It failed, and the handlers said so.</exception>
    public void Process(in TaskRecord record)
    {
        CommitNeeded = true;
        _failures.Process(_graph!.Sources[record.SourceIndex], record);
    }

    /// <summary>Runs the punctuators that are due by stream time and by wall clock; true when any ran.</summary>
    public bool Punctuate()
    {
        var ran = _context.Punctuate();
        CommitNeeded |= ran;
        return ran;
    }

    /// <summary>Flushes the record caches and hands the uncommitted store writes to the collector as changelog records.</summary>
    public void PrepareCommit() => _context.PrepareCommit();

    /// <summary>The commit took effect: the uncommitted writes become the stores' content.</summary>
    /// <param name="changelogOffsets">
    /// For each store the offset after its last changelog record, -1 where unknown; empty: none known.
    /// </param>
    public void CommitSucceeded(ReadOnlySpan<long> changelogOffsets)
    {
        _context.CommitSucceeded(changelogOffsets);
        CommitNeeded = false;
    }

    /// <summary>Drops everything since the last commit and starts the processors anew.</summary>
    public void Abort()
    {
        CloseProcessors();
        _context.Abort();
        CommitNeeded = false;
        Start();
    }

    /// <summary>Closes the processors and drops uncommitted writes; the <see cref="State"/> stays with the caller.</summary>
    public void Dispose()
    {
        CloseProcessors();
        _context.Abort();
    }

    private void CloseProcessors()
    {
        if (_graph is { } graph)
        {
            _graph = null;
            _context.Close(graph);
        }
    }
}
