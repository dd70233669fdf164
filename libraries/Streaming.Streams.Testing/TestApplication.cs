using Confluent.Kafka;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Testing;

/// <summary>One topology on the in-memory cluster: all its tasks, run by hand.</summary>
internal sealed class TestApplication : IDisposable, IRecordCollector
{
    private readonly TestCluster _cluster;
    private readonly TopologyPlan _plan;
    private readonly SortedDictionary<TaskId, StreamTask> _tasks = [];
    private readonly Dictionary<string, (SubTopologyPlan Plan, int Index)> _sources = [];
    private readonly GlobalState _globals;
    private readonly bool _commitsEachRecord;

    public TestApplication(TestCluster cluster, Topology topology, IStreamConfig config)
    {
        _cluster = cluster;
        _plan = topology.Compile(config);
        _globals = new GlobalState(_plan, config);
        var counts = PartitionPlanner.Resolve(_plan, cluster.PartitionsOf);
        foreach (var (topic, partitions) in counts)
        {
            cluster.CreateTopic(topic, partitions);
        }

        // With a record cache, when to commit is for the test to say.
        _commitsEachRecord = !_plan.SubTopologies.SelectMany(s => s.Stores).Any(s => s.Cached);
        var environment = new TaskEnvironment
        {
            Config = config,
            Collector = this,
            Globals = _globals,
            LoggerFactory = config.Logger,
            Clock = cluster.Clock,
        };
        foreach (var subTopology in _plan.SubTopologies)
        {
            for (var i = 0; i < subTopology.Sources.Count; i++)
            {
                _sources[subTopology.Sources[i].Topic] = (subTopology, i);
            }

            foreach (var store in subTopology.Stores.Where(s => s is { ChangelogTopic: not null, RestoresFromSource: false }))
            {
                cluster.CreateTopic(store.ChangelogTopic!, PartitionPlanner.Tasks(subTopology, counts));
            }

            for (var partition = 0; partition < PartitionPlanner.Tasks(subTopology, counts); partition++)
            {
                var id = new TaskId(subTopology.Id, partition);
                var task = new StreamTask(TaskState.Open(subTopology, id, config), environment);
                _tasks[id] = task;
                task.Start();
            }
        }
    }

    public IEnumerable<string> SourceTopics => _sources.Keys.Concat(_plan.GlobalStores.Select(g => g.Topic)).Distinct();

    public IEnumerable<StreamTask> Tasks => _tasks.Values;

    public bool Failed { get; private set; }

    public bool Reads(string topic) => _sources.ContainsKey(topic) || _plan.GlobalStores.Any(g => g.Topic == topic);

    public void Process(TestLogRecord record)
    {
        var taken = new TaskRecord
        {
            SourceIndex = _sources.TryGetValue(record.Topic, out var source) ? source.Index : -1,
            Offset = record.Offset,
            Timestamp = record.Timestamp,
            Key = record.Key,
            KeyIsNull = record.Key is null,
            Value = record.Value,
            ValueIsNull = record.Value is null,
            Headers = new RecordHeaders(Copy(record.Headers)),
        };
        for (var i = 0; i < _plan.GlobalStores.Count; i++)
        {
            if (_plan.GlobalStores[i].Topic == record.Topic)
            {
                _globals.Update(i, record.Partition, taken);
                _globals.Publish(i);
            }
        }

        if (taken.SourceIndex < 0)
        {
            return;
        }

        var task = _tasks[new TaskId(source.Plan.Id, record.Partition)];
        try
        {
            task.Process(taken);
            task.Punctuate();
        }
        catch
        {
            Failed = true;
            task.Abort();
            throw;
        }

        if (_commitsEachRecord)
        {
            Commit(task);
        }
    }

    public void Punctuate()
    {
        foreach (var task in _tasks.Values)
        {
            task.Punctuate();
            if (_commitsEachRecord)
            {
                Commit(task);
            }
        }
    }

    public void Commit()
    {
        foreach (var task in _tasks.Values)
        {
            Commit(task);
        }
    }

    /// <summary>The parts of a store, of all tasks; of the instance for a global one.</summary>
    public IReadOnlyList<StoreState> Parts(string storeName) => _globals.Find(storeName) is { } global
        ? [global]
        : [.. _tasks.Values.Select(t => t.State.Find(storeName)).OfType<StoreState>()];

    public OutputTopic Resolve(string topic) => _cluster.Topic(topic);

    public void Send(OutputTopic topic, int partition, in OutgoingRecord record) => _cluster.Enqueue(
        topic.Name,
        record.KeyIsNull ? null : record.Key.ToArray(),
        record.ValueIsNull ? null : record.Value.ToArray(),
        record.Timestamp,
        Copy(record.Headers.Materialize()),
        partition);

    public void Dispose()
    {
        _cluster.Detach(this);
        foreach (var task in _tasks.Values)
        {
            task.Dispose();
            task.State.Dispose();
        }

        _globals.Dispose();
    }

    private static Headers Copy(Headers? headers)
    {
        var copy = new Headers();
        foreach (var header in headers ?? [])
        {
            copy.Add(header.Key, header.GetValueBytes());
        }

        return copy;
    }

    private static void Commit(StreamTask task)
    {
        if (task.CommitNeeded)
        {
            task.PrepareCommit();
            task.CommitSucceeded([]);
        }
    }
}
