using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Runtime;

/// <summary>
/// The instruments of one instance, on the meter <see cref="MeterName"/>. Tasks count in plain fields of their own; the
/// instruments read them when someone collects, and what ended tasks counted is kept.
/// </summary>
internal sealed class StreamsTelemetry : IDisposable
{
    public const string MeterName = "Streaming.Streams";

    private readonly Meter _meter = new(MeterName);
    private readonly KeyValuePair<string, object?> _application;
    private readonly Histogram<double> _commitSeconds;
    private readonly Histogram<double> _processSeconds;
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _rebalances;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _retiredProcessed = [];
    private readonly long[] _retiredLatency = new long[65];
    private readonly Dictionary<string, StoreCounts> _retiredStores = [];
    private readonly Dictionary<string, long> _retiredSent = [];
    private readonly Dictionary<string, long> _retiredNodes = [];
    private readonly Counter<long> _restored;
    private readonly Dictionary<(string Topic, string Exception), long> _retiredDeadLetters = [];
    private long _retiredParked, _retiredDropped, _retiredLate, _retiredSkipped, _retiredLatencySum, _retiredPunctuations;
    private Func<IReadOnlyCollection<RunningTask>> _tasks = static () => [];
    private Func<IReadOnlyCollection<Worker>> _workers = static () => [];

    public StreamsTelemetry(string applicationId)
    {
        _application = new("application_id", applicationId);
        _commitSeconds = _meter.CreateHistogram<double>("streams_commit_seconds", "s", "Time from the flush of the stores to the end of the commit");
        _processSeconds = _meter.CreateHistogram<double>("streams_process_seconds", "s", "Time of one turn of a task: up to 1000 records");
        _transactions = _meter.CreateCounter<long>("streams_transactions_total", description: "Commits by outcome");
        _rebalances = _meter.CreateCounter<long>("streams_rebalances_total", description: "Assignments that the group changed");
        _meter.CreateObservableCounter("streams_records_processed_total", ProcessedByTopic, description: "Records taken through the topology");
        _meter.CreateObservableCounter("streams_records_dropped_total", Dropped, description: "Records that the topology dropped, by reason");
        _meter.CreateObservableCounter("streams_dead_letters_total", DeadLetters, description: "Records sent to a dead-letter topic");
        _meter.CreateObservableCounter("streams_parked_records_total", () => Single(Sum(static t => t.Task.Metrics.ParkedRecords, _retiredParked)), description: "Records that followed a dead letter of their key");
        _restored = _meter.CreateCounter<long>("streams_store_restored_records_total", description: "Changelog records read into a store");
        _meter.CreateObservableCounter("streams_records_sent_total", SentByTopic, description: "Records handed to the producers: results, repartitioned records, changelog entries");
        _meter.CreateObservableCounter("streams_node_records_total", ReceivedByNode, description: "Records that a node of the topology received (metrics.recording.level=DEBUG)");
        _meter.CreateObservableCounter("streams_punctuations_total", () => Single(Sum(static t => t.Task.Metrics.Punctuations, _retiredPunctuations)), description: "Timers that ran");
        _meter.CreateObservableCounter("streams_store_reads_total", () => CountsByStore(static c => c.Reads), description: "Look-ups and scans of a store by its tasks");
        _meter.CreateObservableCounter("streams_store_writes_total", () => CountsByStore(static c => c.Writes), description: "Puts and deletes in a store by its tasks");
        _meter.CreateObservableGauge("streams_store_uncommitted_bytes", UncommittedByStore, "By", "Writes that wait for the next commit");
        _meter.CreateObservableGauge("streams_task_stream_time_seconds", StreamTimes, "s", "Largest time of a record that a task has taken, since 1970");
        _meter.CreateObservableCounter("streams_worker_busy_seconds_total", () => _workers().Select(w => new Measurement<double>(
            w.Busy.TotalSeconds, _application, new("worker", w.Index))), "s", "Time that a worker spent on records");
        _meter.CreateObservableGauge("streams_worker_tasks", () => _workers().Select(w => new Measurement<int>(
            w.TaskCount, _application, new("worker", w.Index))), description: "Tasks that a worker runs");
        _meter.CreateObservableCounter("streams_record_e2e_seconds_bucket", LatencyBuckets, "s", "Time from a record's timestamp to its result at a sink, cumulative");
        _meter.CreateObservableCounter("streams_record_e2e_seconds_count", () => Single(Latencies().Sum()));
        _meter.CreateObservableCounter("streams_record_e2e_seconds_sum", () => Single(Sum(static t => t.Task.Metrics.LatencySum, _retiredLatencySum) / 1000.0), "s");
    }

    /// <summary>Says where the running tasks are found.</summary>
    public void Observe(Func<IReadOnlyCollection<RunningTask>> tasks, Func<IReadOnlyCollection<Worker>> workers, Func<int> taskCount, Func<IEnumerable<(string Store, int Partition, long Entries, long Remaining)>> stores, Func<string> state)
    {
        (_tasks, _workers) = (tasks, workers);
        _meter.CreateObservableGauge("streams_tasks", () => Single(taskCount()), description: "Tasks that this instance owns");
        _meter.CreateObservableGauge("streams_client_state", () => new Measurement<int>(1, _application, new("state", state())), description: "1 for the state that the client is in");
        _meter.CreateObservableGauge("streams_store_entries", () => stores().GroupBy(s => s.Store)
            .Select(g => new Measurement<long>(g.Sum(s => s.Entries), _application, new("store", g.Key))), description: "Entries of the local partitions of a store");
        _meter.CreateObservableGauge("streams_store_restore_remaining_records", () => stores()
            .Select(s => new Measurement<long>(s.Remaining, _application, new("store", s.Store), new("partition", s.Partition))), description: "Changelog records still to read");
    }

    public void Processed(long begun) => _processSeconds.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, _application);

    public void Commit(CommitOutcome outcome, long begun)
    {
        _commitSeconds.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds, _application);
        var name = outcome switch { CommitOutcome.Committed => "committed", CommitOutcome.Aborted => "aborted", _ => "fenced" };
        _transactions.Add(1, _application, new("outcome", name));
    }

    public void Restored(string store, long records) => _restored.Add(records, _application, new("store", store));

    public void Rebalanced() => _rebalances.Add(1, _application);

    /// <summary>Keeps the counts of a task that ends here.</summary>
    public void Retire(RunningTask task)
    {
        lock (_lock)
        {
            foreach (var input in task.Inputs)
                _retiredProcessed[input.Partition.Topic] = _retiredProcessed.GetValueOrDefault(input.Partition.Topic) + input.Processed;
            var metrics = task.Task.Metrics;
            AddDeadLetters(_retiredDeadLetters, metrics);
            AddNodes(_retiredNodes, metrics);
            _retiredParked += metrics.ParkedRecords;
            _retiredDropped += metrics.RecordsDropped;
            _retiredLate += metrics.LateRecordsDropped;
            _retiredSkipped += metrics.RecordsSkippedByHandler;
            _retiredLatencySum += metrics.LatencySum;
            _retiredPunctuations += metrics.Punctuations;
            foreach (var store in task.State.Stores)
            {
                // The store may live on with the task's next life, which counts from zero.
                _retiredStores[store.Name] = _retiredStores.GetValueOrDefault(store.Name).Add(store);
                store.Reads = store.Writes = 0;
            }
            for (var i = 0; i < metrics.LatencyBuckets.Count; i++) _retiredLatency[i] += metrics.LatencyBuckets[i];
            task.IsRetired = true;
        }
    }

    /// <summary>Keeps the counts of a worker that ends here.</summary>
    public void Retire(Worker worker)
    {
        lock (_lock)
        {
            foreach (var topic in worker.Collector.Outputs) _retiredSent[topic.Name] = _retiredSent.GetValueOrDefault(topic.Name) + topic.Sent;
        }
    }

    private readonly record struct StoreCounts(long Reads, long Writes)
    {
        public StoreCounts Add(State.StoreState store) => new(Reads + store.Reads, Writes + store.Writes);
    }

    private List<Measurement<long>> CountsByStore(Func<StoreCounts, long> count)
    {
        lock (_lock)
        {
            var totals = new Dictionary<string, StoreCounts>(_retiredStores);
            foreach (var store in Live().SelectMany(t => t.State.Stores)) totals[store.Name] = totals.GetValueOrDefault(store.Name).Add(store);
            return [.. totals.Select(t => new Measurement<long>(count(t.Value), _application, new("store", t.Key)))];
        }
    }

    private List<Measurement<long>> UncommittedByStore() => [.. Live().SelectMany(t => t.State.Stores).GroupBy(s => s.Name)
        .Select(g => new Measurement<long>(g.Sum(s => s.Dirty.Bytes), _application, new("store", g.Key)))];

    private List<Measurement<double>> StreamTimes() => [.. Live().Where(t => t.Task.StreamTime >= 0)
        .Select(t => new Measurement<double>(t.Task.StreamTime / 1000.0, _application, new("task", t.Id.ToString())))];

    private List<Measurement<long>> SentByTopic()
    {
        lock (_lock)
        {
            var totals = new Dictionary<string, long>(_retiredSent);
            foreach (var topic in _workers().SelectMany(w => w.Collector.Outputs)) totals[topic.Name] = totals.GetValueOrDefault(topic.Name) + topic.Sent;
            return [.. totals.Select(t => new Measurement<long>(t.Value, _application, new("topic", t.Key)))];
        }
    }

    private List<RunningTask> Live() => [.. _tasks().Where(t => t is { IsRetired: false, IsStarted: true })];

    private long Sum(Func<RunningTask, long> count, long retired)
    {
        lock (_lock) return Live().Sum(count) + retired;
    }

    private Measurement<T> Single<T>(T value) where T : struct => new(value, _application);

    private List<Measurement<long>> ProcessedByTopic()
    {
        lock (_lock)
        {
            var totals = new Dictionary<string, long>(_retiredProcessed);
            foreach (var input in Live().SelectMany(t => t.Inputs))
                totals[input.Partition.Topic] = totals.GetValueOrDefault(input.Partition.Topic) + input.Processed;
            return [.. totals.Select(t => new Measurement<long>(t.Value, _application, new("topic", t.Key)))];
        }
    }

    private List<Measurement<long>> DeadLetters()
    {
        lock (_lock)
        {
            var totals = new Dictionary<(string Topic, string Exception), long>(_retiredDeadLetters);
            foreach (var task in Live()) AddDeadLetters(totals, task.Task.Metrics);
            return [.. totals.Select(t => new Measurement<long>(
                t.Value, _application, new("topic", t.Key.Topic), new("exception", t.Key.Exception)))];
        }
    }

    private List<Measurement<long>> ReceivedByNode()
    {
        lock (_lock)
        {
            var totals = new Dictionary<string, long>(_retiredNodes);
            foreach (var task in Live()) AddNodes(totals, task.Task.Metrics);
            return [.. totals.Select(t => new Measurement<long>(t.Value, _application, new("node", t.Key)))];
        }
    }

    private static void AddNodes(Dictionary<string, long> totals, TaskMetrics metrics)
    {
        foreach (var (node, count) in metrics.Nodes) totals[node] = totals.GetValueOrDefault(node) + count.Records;
    }

    private static void AddDeadLetters(Dictionary<(string Topic, string Exception), long> totals, TaskMetrics metrics)
    {
        foreach (var (cause, count) in metrics.DeadLettersByCause) totals[cause] = totals.GetValueOrDefault(cause) + count;
    }

    private Measurement<long>[] Dropped() =>
    [
        new(Sum(static t => t.Task.Metrics.RecordsDropped, _retiredDropped), _application, new("reason", "invalid")),
        new(Sum(static t => t.Task.Metrics.LateRecordsDropped, _retiredLate), _application, new("reason", "late")),
        new(Sum(static t => t.Task.Metrics.RecordsSkippedByHandler, _retiredSkipped), _application, new("reason", "skipped")),
    ];

    private long[] Latencies()
    {
        lock (_lock)
        {
            var counts = (long[])_retiredLatency.Clone();
            foreach (var task in Live())
                for (var i = 0; i < task.Task.Metrics.LatencyBuckets.Count; i++) counts[i] += task.Task.Metrics.LatencyBuckets[i];
            return counts;
        }
    }

    /// <summary>The series of a Prometheus histogram: bucket i of the tasks holds what is below 2^i milliseconds.</summary>
    private List<Measurement<long>> LatencyBuckets()
    {
        var counts = Latencies();
        var buckets = new List<Measurement<long>>();
        var total = 0L;
        for (var i = 0; i <= 20; i++)
        {
            total += counts[i];
            buckets.Add(new(total, _application, new("le", ((1L << i) / 1000.0).ToString(CultureInfo.InvariantCulture))));
        }
        buckets.Add(new(counts.Sum(), _application, new("le", "+Inf")));
        return buckets;
    }

    public void Dispose() => _meter.Dispose();
}
