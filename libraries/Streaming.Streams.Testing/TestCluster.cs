using Confluent.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Mock;

namespace Streaming.Streams.Testing;

/// <summary>
/// Topics in memory with any number of topologies on them, run in one thread: what one writes, the others read.
/// Records are processed in the order of their arrival, until nothing is left to do.
/// </summary>
public sealed class TestCluster : IDisposable
{
    private readonly Dictionary<string, TestTopic> _topics = [];
    private readonly List<TestApplication> _applications = [];
    private readonly Queue<(TestApplication Application, TestLogRecord Record)> _queue = new();
    private readonly int _defaultPartitions;
    private bool _running;

    /// <param name="start">Where the wall clock starts; null: now.</param>
    /// <param name="defaultPartitions">Partitions of topics that are not created explicitly.</param>
    public TestCluster(DateTimeOffset? start = null, int defaultPartitions = 1)
    {
        Clock = new ManualClock(start ?? DateTimeOffset.UtcNow);
        _defaultPartitions = defaultPartitions;
    }

    /// <summary>The wall clock of all topologies.</summary>
    public ManualClock Clock { get; }

    /// <summary>Names of the topics that there are.</summary>
    public IReadOnlyCollection<string> Topics => _topics.Keys;

    /// <summary>Creates a topic; one that exists must have as many partitions.</summary>
    public void CreateTopic(string topic, int partitions)
    {
        if (_topics.TryGetValue(topic, out var known) && known.PartitionCount != partitions)
        {
            throw new InvalidOperationException($"{topic} exists with {known.PartitionCount} partitions, not {partitions}");
        }

        _topics.TryAdd(topic, new TestTopic(topic, partitions));
    }

    /// <summary>Starts a topology. It reads its topics from their start.</summary>
    public TopologyTestDriver Add(Topology topology, IStreamConfig config) => new(topology, config, this);

    /// <summary>All records of a topic, in the order of their arrival.</summary>
    public IReadOnlyList<TestLogRecord> Records(string topic) => Topic(topic).Records;

    /// <summary>Writes a record and runs until nothing is left to do. Without a partition, the key's hash chooses.</summary>
    public void Produce(
        string topic, byte[]? key, byte[]? value, long timestamp, Headers? headers = null, int? partition = null)
    {
        Enqueue(topic, key, value, timestamp, headers ?? [], partition);
        Run();
    }

    /// <summary>Moves the clock on, runs the punctuators that are due, and what follows from them.</summary>
    public void AdvanceWallClockTime(TimeSpan time)
    {
        Clock.Advance(time);
        foreach (var application in _applications)
        {
            application.Punctuate();
        }

        Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var application in _applications.ToArray())
        {
            application.Dispose();
        }
    }

    internal TestTopic Topic(string topic)
    {
        if (!_topics.TryGetValue(topic, out var known))
        {
            _topics[topic] = known = new TestTopic(topic, _defaultPartitions);
        }

        return known;
    }

    internal int? PartitionsOf(string topic) => Topic(topic).PartitionCount;

    internal void Attach(TestApplication application)
    {
        _applications.Add(application);
        foreach (var record in application.SourceTopics.Select(Topic).SelectMany(t => t.Records).ToList())
        {
            _queue.Enqueue((application, record));
        }

        Run();
    }

    internal void Detach(TestApplication application) => _applications.Remove(application);

    internal void Enqueue(string topic, byte[]? key, byte[]? value, long timestamp, Headers headers, int? partition)
    {
        var target = Topic(topic);
        var chosen = partition ?? Partitioning.Of(key, key is null, 0, target.PartitionCount);
        var record = target.Append(chosen, key, value, timestamp, headers);
        foreach (var application in _applications)
        {
            if (application.Reads(topic))
            {
                _queue.Enqueue((application, record));
            }
        }
    }

    /// <summary>Processes until nothing is left to do.</summary>
    internal void Run()
    {
        if (_running)
        {
            return;
        }

        _running = true;
        try
        {
            while (_queue.TryDequeue(out var next))
            {
                next.Application.Process(next.Record);
            }
        }
        catch
        {
            // What is left would only repeat the failure's consequences.
            _queue.Clear();
            throw;
        }
        finally
        {
            _running = false;
        }
    }
}
