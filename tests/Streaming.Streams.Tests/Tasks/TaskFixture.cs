using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Streams.Tasks;
using Streaming.Streams.Testing;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Internal;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Tests.Tasks;

/// <summary>One task of a topology with one sub-topology, driven by hand as a worker would.</summary>
internal sealed class TaskFixture : IRecordCollector, IDisposable
{
    private readonly Topology _topology;
    private readonly Dictionary<string, Topic> _topics = [];
    private readonly Dictionary<int, byte[]> _metadata = [];
    private long _offset;

    public TaskFixture(Action<StreamBuilder> build, Action<StreamConfig>? configure = null)
    {
        var builder = new StreamBuilder();
        build(builder);
        _topology = builder.Build();
        Config = new StreamConfig<StringSerDes, StringSerDes> { ApplicationId = "app" };
        configure?.Invoke(Config);
        Plan = _topology.Compile(Config);
        (State, Task) = Open();
    }

    public StreamConfig Config { get; }

    public TopologyPlan Plan { get; }

    public TaskState State { get; private set; }

    public StreamTask Task { get; private set; }

    public ManualClock Clock { get; } = new(DateTimeOffset.UnixEpoch);

    /// <summary>What was handed to the collector: topic, key, value, time.</summary>
    public List<(string Topic, byte[] Key, byte[]? Value, long Timestamp)> Sent { get; } = [];

    public IEnumerable<string> SentText(string topic) => Sent.Where(s => s.Topic == topic)
        .Select(s => $"{Encoding.UTF8.GetString(s.Key)}={(s.Value is null ? "" : Encoding.UTF8.GetString(s.Value))}");

    public void Process(string topic, string key, string? value, long timestamp)
    {
        var source = 0;
        while (Task.Plan.Sources[source].Topic != topic)
        {
            source++;
        }

        Task.Process(new TaskRecord
        {
            SourceIndex = source,
            Offset = _offset++,
            Timestamp = timestamp,
            Key = Encoding.UTF8.GetBytes(key),
            Value = value is null ? default : Encoding.UTF8.GetBytes(value),
            ValueIsNull = value is null,
        });
    }

    public void Commit()
    {
        Task.PrepareCommit();
        for (var i = 0; i < Task.Plan.Sources.Count; i++)
        {
            _metadata[i] = Encoding.ASCII.GetBytes(Task.OffsetMetadataOf(i));
        }

        Task.CommitSucceeded([]);
    }

    /// <summary>As after a crash: nothing is left but the changelogs as far as they were written, and what was committed beside the offsets.</summary>
    public void Restart(int sentUpTo, bool remembersTimes = true)
    {
        var written = Sent.Take(sentUpTo).ToList();
        Task.Dispose();
        State.Dispose();
        (State, Task) = Open(written);
        foreach (var (source, metadata) in remembersTimes ? _metadata : [])
        {
            Task.ContinueFrom(source, metadata);
        }
    }

    public OutputTopic Resolve(string topic)
    {
        if (!_topics.TryGetValue(topic, out var known))
        {
            _topics[topic] = known = new Topic(topic);
        }

        return known;
    }

    /// <summary>The topic whose records the collector refuses.</summary>
    public string? Refused { get; set; }

    public void Send(OutputTopic topic, int partition, in OutgoingRecord record)
    {
        if (topic.Name == Refused)
        {
            throw new Streamiz.Kafka.Net.Errors.ProductionException($"{topic.Name}: refused");
        }

        Sent.Add((topic.Name, record.Key.ToArray(), record.ValueIsNull ? null : record.Value.ToArray(), record.Timestamp));
    }

    public void Dispose()
    {
        Task.Dispose();
        State.Dispose();
    }

    private (TaskState, StreamTask) Open(IReadOnlyList<(string Topic, byte[] Key, byte[]? Value, long Timestamp)>? written = null)
    {
        var state = TaskState.Open(Plan.SubTopologies[0], new TaskId(0, 0), Config);
        foreach (var store in state.Stores)
        {
            var offset = 0L;
            store.BeginRestore();
            foreach (var (topic, key, value, timestamp) in written ?? [])
            {
                if (topic == store.ChangelogTopic)
                {
                    store.Restore(key, value, value is null, timestamp);
                    offset++;
                }
            }

            store.EndRestore(offset);
        }

        var task = new StreamTask(state, new TaskEnvironment
        {
            Config = Config,
            Collector = this,
            Globals = new GlobalState(Plan, Config),
            LoggerFactory = NullLoggerFactory.Instance,
            Clock = Clock,
        });
        task.Start();
        return (state, task);
    }

    private sealed class Topic(string name) : OutputTopic(name)
    {
        public override int PartitionCount => 1;
    }
}
