using Microsoft.Extensions.Logging;
using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Internal;

namespace Streaming.Streams.Tasks;

/// <summary>What the processors of one task share.</summary>
internal sealed class TaskContext
{
    private readonly TaskEnvironment _environment;
    private readonly IStateStore[] _stores;
    private readonly OutputTopic?[] _changelogs;
    private readonly Action<Punctuator, long> _punctuate;
    private readonly long[] _partitionTimes;
    private readonly long[] _committedTimes;
    private readonly Dictionary<string, long> _committedProcessorTimes = [];
    private TaskGraph? _graph;
    private RuntimeNode[] _withRecordState = [];

    public TaskContext(TaskState state, TaskEnvironment environment, TaskMetrics metrics)
    {
        State = state;
        _environment = environment;
        Metrics = metrics;
        Outbox = new Outbox(environment.Collector, metrics);
        _stores = [.. state.Stores.Select(s => s.Spec.Open(s))];
        _changelogs = new OutputTopic?[_stores.Length];
        _partitionTimes = new long[state.Plan.Sources.Count];
        Array.Fill(_partitionTimes, -1);
        _committedTimes = [.. _partitionTimes];
        _punctuate = RunPunctuator;
        Logger = environment.LoggerFactory.CreateLogger("Streaming.Streams.Task");
    }

    /// <summary>The context of a processor that fills a global store: it sees that store, and sends nothing.</summary>
    public static TaskContext OfGlobal(StoreState store, IStreamConfig config)
    {
        var context = new TaskContext(
            TaskState.OfGlobal(store),
            new TaskEnvironment
            {
                Config = config,
                Collector = NoCollector.Instance,
                Globals = null!,
                LoggerFactory = config.Logger,
                Clock = TimeProvider.System,
            },
            new TaskMetrics());
        context.AttachStores();
        return context;
    }

    public TaskState State { get; }

    public TaskId Id => State.Id;

    public TaskMetrics Metrics { get; }

    public Outbox Outbox { get; }

    public RecordContext Record { get; } = new();

    public Punctuators Punctuators { get; } = new();

    public IStreamConfig Config => _environment.Config;

    public IRecordCollector Collector => _environment.Collector;

    public GlobalState Globals => _environment.Globals;

    public ILogger Logger { get; }

    public TimeProvider Clock => _environment.Clock;

    public long WallClock => _environment.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The wall clock as of the last punctuation check: for latencies, which need no more.</summary>
    public long LatencyClock { get; private set; }

    public ReadOnlySpan<long> PartitionTimes => _partitionTimes;

    /// <summary>Largest time of a record that the task has taken; -1 before the first.</summary>
    public long StreamTime { get; private set; } = -1;

    public long DirtyBytes => State.Stores.Sum(s => s.Dirty.Bytes);

    public void RequestCommit() => _environment.RequestCommit();

    /// <summary>Whether a failed record is taken back and the next one follows.</summary>
    public bool CanRollback { get; private set; }

    /// <summary>The writes of one record can be taken back from now on.</summary>
    public void KeepUndo()
    {
        CanRollback = true;
        foreach (var store in State.Stores)
        {
            store.KeepUndo();
        }
    }

    public string OffsetMetadataOf(int source) => OffsetMetadata.Encode(_partitionTimes[source], TimesOfProcessors());

    public void ContinueFrom(int source, ReadOnlySpan<byte> metadata)
    {
        var time = OffsetMetadata.Decode(metadata, _committedProcessorTimes);
        _committedTimes[source] = Math.Max(_committedTimes[source], time);
        AdvanceTime(source, time);
        ContinueProcessors();
    }

    private void ContinueProcessors()
    {
        if (_committedProcessorTimes.Count == 0 || _graph is null)
        {
            return;
        }

        foreach (var node in _graph.Nodes)
        {
            if (_committedProcessorTimes.TryGetValue(node.Name, out var time))
            {
                node.ContinueFrom(time);
            }
        }
    }

    private List<KeyValuePair<string, long>> TimesOfProcessors()
    {
        var times = new List<KeyValuePair<string, long>>();
        foreach (var node in _graph?.Nodes ?? [])
        {
            if (node.ObservedTime >= 0)
            {
                times.Add(new(node.Name, node.ObservedTime));
            }
        }

        return times;
    }

    /// <summary>Raises the time of a source's partition and of the task.</summary>
    public void AdvanceTime(int source, long timestamp)
    {
        if (timestamp > _partitionTimes[source])
        {
            _partitionTimes[source] = timestamp;
        }

        if (timestamp > StreamTime)
        {
            StreamTime = timestamp;
        }
    }

    /// <summary>The store of that name, the task's own or a global one; null if there is none.</summary>
    public IStateStore? FindStore(string name)
    {
        foreach (var store in _stores)
        {
            if (store.Name == name)
            {
                return store;
            }
        }

        return Globals?.Find(name) is { } global && global.Spec.Open(global) is IQueryableState typed
            ? typed.Query(global, uncommitted: false)
            : null;
    }

    public StoreState StateOf(string name) =>
        State.Find(name) ?? Globals.Find(name) ?? throw new TopologyException($"Task {Id} has no store {name}");

    public void Start(TaskGraph graph)
    {
        _graph = graph;
        _withRecordState = [.. graph.Nodes.Where(n => n.HasRecordState)];
        AttachStores();
        Record.SetNone(Id.Partition, StreamTime);
        foreach (var node in graph.Nodes)
        {
            node.Init();
        }

        ContinueProcessors();
        AcceptRecord();
    }

    public void Close(TaskGraph graph)
    {
        Punctuators.Clear();
        foreach (var node in graph.Nodes)
        {
            try
            {
                node.Close();
            }
            catch (Exception e)
            {
                Logger.LogError(e, "Task {Task}: closing processor {Processor} failed", Id, node.Name);
            }
        }

        _graph = null;
    }

    /// <summary>The work of one record stands: its sends go out.</summary>
    public void AcceptRecord()
    {
        if (Outbox.Count > 0)
        {
            Outbox.Flush();
        }

        if (!CanRollback)
        {
            return;
        }

        foreach (var store in State.Stores)
        {
            store.AcceptRecord();
        }

        foreach (var node in _withRecordState)
        {
            node.AcceptRecord();
        }
    }

    /// <summary>Takes back what the record in process wrote, sent and left in nodes; its time counts all the same.</summary>
    public void RollbackRecord()
    {
        Outbox.Discard();
        foreach (var store in State.Stores)
        {
            store.RollbackRecord();
        }

        foreach (var node in _withRecordState)
        {
            node.RollbackRecord();
        }
    }

    public bool Punctuate()
    {
        LatencyClock = WallClock;
        return Punctuators.Run(StreamTime >= 0 ? StreamTime : long.MinValue, LatencyClock, _punctuate);
    }

    public void PrepareCommit()
    {
        // The record of the last turn is given back.
        Record.SetNone(Id.Partition, StreamTime);
        if (_graph is { } graph)
        {
            foreach (var node in graph.Nodes)
            {
                node.Flush();
                AcceptRecord();
            }
        }

        var stores = State.Stores;
        for (var i = 0; i < stores.Count; i++)
        {
            if (stores[i].ChangelogTopic is { } topic && !stores[i].RestoresFromSource && stores[i].Dirty.Count > 0)
            {
                var output = _changelogs[i] ??= Collector.Resolve(topic);
                Metrics.ChangelogRecords += stores[i].WriteChangelog(Collector, output);
            }
        }
    }

    public void CommitSucceeded(ReadOnlySpan<long> changelogOffsets)
    {
        for (var i = 0; i < _stores.Length; i++)
        {
            State.Stores[i].Commit(i < changelogOffsets.Length ? changelogOffsets[i] : -1);
        }

        _partitionTimes.CopyTo(_committedTimes, 0);
        foreach (var (name, time) in TimesOfProcessors())
        {
            _committedProcessorTimes[name] = time;
        }

        Metrics.Commits++;
    }

    public void Abort()
    {
        Outbox.Discard();
        foreach (var store in State.Stores)
        {
            store.Abort();
        }

        _committedTimes.CopyTo(_partitionTimes, 0);
        StreamTime = _committedTimes.Length == 0 ? -1 : _committedTimes.Max();
        Metrics.Aborts++;
    }

    private void AttachStores()
    {
        foreach (var store in _stores)
        {
            (store as ITaskStore)?.Attach(this);
        }
    }

    private void RunPunctuator(Punctuator punctuator, long now)
    {
        Record.SetNone(Id.Partition, now);
        Metrics.Punctuations++;
        try
        {
            punctuator.Callback(now);
        }
        catch (Exception e) when (e is not (StreamsException or Kafka.ClientFault))
        {
            throw new StreamsException($"Task {Id}: punctuator of {punctuator.Node.Name} failed: {e.Message}", e);
        }

        AcceptRecord();
    }
}

/// <summary>Takes nothing.</summary>
internal sealed class NoCollector : IRecordCollector
{
    public static readonly NoCollector Instance = new();

    public OutputTopic Resolve(string topic) =>
        throw new StreamsException($"A processor of a global store cannot write to {topic}");

    public void Send(OutputTopic topic, int partition, in OutgoingRecord record) => Resolve(topic.Name);
}

/// <summary>A store that needs the task it belongs to: for the time of its writes.</summary>
internal interface ITaskStore
{
    void Attach(TaskContext context);
}
