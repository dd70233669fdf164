using System.Collections.Concurrent;

namespace Streaming.Streams.Tasks;

/// <summary>
/// Plain counters of one task, written by its worker alone and read (a little stale) by the reporter.
/// </summary>
internal sealed class TaskMetrics
{
    private readonly long[] _latency = new long[64];
    private readonly ConcurrentDictionary<(string Topic, string Exception), long> _deadLetters = new();

    private readonly ConcurrentDictionary<string, NodeCount> _nodes = new();

    public long RecordsProcessed;
    public long RecordsSent;
    public long RecordsDropped;
    public long LateRecordsDropped;
    public long RecordsSkippedByHandler;
    public long DeadLetters;
    public long ParkedRecords;
    public long Punctuations;
    public long Commits;
    public long Aborts;
    public long ChangelogRecords;

    /// <summary>End-to-end latency at the sinks: bucket i counts latencies below 2^i milliseconds.</summary>
    public IReadOnlyList<long> LatencyBuckets => _latency;

    /// <summary>Sum of the latencies counted, in milliseconds.</summary>
    public long LatencySum { get; private set; }

    /// <summary>Dead letters by source topic and class of the exception.</summary>
    public IReadOnlyDictionary<(string Topic, string Exception), long> DeadLettersByCause => _deadLetters;

    /// <summary>What nodes received, by their names; empty unless <c>metrics.recording.level</c> is DEBUG.</summary>
    public IReadOnlyDictionary<string, NodeCount> Nodes => _nodes;

    public NodeCount OfNode(string name) => _nodes.GetOrAdd(name, static _ => new());

    public void CountDeadLetter(string topic, string exception)
    {
        DeadLetters++;
        _deadLetters.AddOrUpdate((topic, exception), 1, static (_, count) => count + 1);
    }

    public void RecordLatency(long milliseconds)
    {
        milliseconds = Math.Max(0, milliseconds);
        LatencySum += milliseconds;
        _latency[64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)milliseconds)]++;
    }
}

/// <summary>Records that a node of the topology received.</summary>
internal sealed class NodeCount
{
    public long Records;
}
