using Confluent.Kafka;
using Streaming.Streams.SerDes;
using Streaming.Streams.State;
using Streaming.Streams.Testing;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;

namespace Streamiz.Kafka.Net.Mock;

/// <summary>
/// Runs a topology without a broker, on the engine's own task code: records go in and come out of topics in memory.
/// After each record everything that follows from it is done and committed; with record caches, <see cref="Commit"/>
/// flushes them.
/// </summary>
public class TopologyTestDriver : IDisposable
{
    private readonly TestCluster _cluster;
    private readonly bool _ownsCluster;
    private readonly TestApplication _application;
    private readonly IStreamConfig _config;
    private bool _disposed;

    /// <summary>On a cluster of its own. Both modes are the same here: deterministic, in the caller's thread.</summary>
    public TopologyTestDriver(Topology topology, IStreamConfig config, Mode mode = Mode.SYNC_TASK)
        : this(topology, config, new TestCluster())
    {
        _ = mode;
        _ownsCluster = true;
    }

    /// <summary>On a cluster that it shares with others.</summary>
    public TopologyTestDriver(Topology topology, IStreamConfig config, TestCluster cluster)
    {
        _cluster = cluster;
        _config = config;
        _application = new TestApplication(cluster, topology, config);
        cluster.Attach(_application);
    }

    /// <summary>How a driver runs.</summary>
    public enum Mode
    {
        /// <summary>In the caller's thread.</summary>
        SYNC_TASK,

        /// <summary>Taken for compatibility; as <see cref="SYNC_TASK"/>.</summary>
        ASYNC_CLUSTER_IN_MEMORY,
    }

    /// <summary>The topics and topologies around this one.</summary>
    public TestCluster Cluster => _cluster;

    /// <summary>Whether it takes records.</summary>
    public bool IsRunning => !_disposed && !_application.Failed;

    /// <summary>Whether it is disposed.</summary>
    public bool IsStopped => _disposed;

    /// <summary>Whether a record failed.</summary>
    public bool IsError => _application.Failed;

    /// <summary>A topic to write to, with the configured serdes.</summary>
    public TestInputTopic<K, V> CreateInputTopic<K, V>(string topicName) => CreateInputTopic<K, V>(topicName, null, null);

    /// <summary>A topic to write to.</summary>
    public TestInputTopic<K, V> CreateInputTopic<K, V>(string topicName, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes) =>
        new(_cluster, topicName, Keys(topicName, keySerdes), Values(topicName, valueSerdes));

    /// <summary>A topic to write to.</summary>
    public TestInputTopic<K, V> CreateInputTopic<K, V, KS, VS>(string topicName)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => CreateInputTopic(topicName, new KS(), new VS());

    /// <summary>Several topics to write to, with the configured serdes.</summary>
    public TestMultiInputTopic<K, V> CreateMultiInputTopic<K, V>(params string[] topics) =>
        CreateMultiInputTopic<K, V>(null, null, topics);

    /// <summary>Several topics to write to.</summary>
    public TestMultiInputTopic<K, V> CreateMultiInputTopic<K, V>(
        ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes, params string[] topics) =>
        new(topics.ToDictionary(t => t, t => CreateInputTopic(t, keySerdes, valueSerdes)));

    /// <summary>A topic to read, from its start.</summary>
    public TestOutputTopic<K, V> CreateOutputTopic<K, V>(string topicName) =>
        CreateOutputTopic<K, V>(topicName, TimeSpan.Zero);

    /// <summary>A topic to read, from its start. Nothing is waited for: what follows from an input is there already.</summary>
    public TestOutputTopic<K, V> CreateOutputTopic<K, V>(
        string topicName, TimeSpan consumeTimeout, ISerDes<K>? keySerdes = null, ISerDes<V>? valueSerdes = null) =>
        new(_cluster, topicName, Keys(topicName, keySerdes), Values(topicName, valueSerdes));

    /// <summary>A topic to read, from its start.</summary>
    public TestOutputTopic<K, V> CreateOutputTopic<K, V>(
        string topicName, ISerDes<K>? keySerdes, ISerDes<V>? valueSerdes) =>
        CreateOutputTopic(topicName, TimeSpan.Zero, keySerdes, valueSerdes);

    /// <summary>A topic to read, from its start.</summary>
    public TestOutputTopic<K, V> CreateOutputTopic<K, V, KS, VS>(string topicName)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => CreateOutputTopic(topicName, TimeSpan.Zero, new KS(), new VS());

    /// <summary>The old name of <see cref="CreateOutputTopic{K, V}(string)"/>.</summary>
    [Obsolete("Use CreateOutputTopic")]
    public TestOutputTopic<K, V> CreateOuputTopic<K, V>(string topicName) => CreateOutputTopic<K, V>(topicName);

    /// <summary>The old name of <see cref="CreateOutputTopic{K, V, KS, VS}(string)"/>.</summary>
    [Obsolete("Use CreateOutputTopic")]
    public TestOutputTopic<K, V> CreateOuputTopic<K, V, KS, VS>(string topicName)
        where KS : ISerDes<K>, new()
        where VS : ISerDes<V>, new() => CreateOutputTopic<K, V, KS, VS>(topicName);

    /// <summary>A key-value store, across all tasks, with what is not committed yet.</summary>
    public IReadOnlyKeyValueStore<K, V> GetKeyValueStore<K, V>(string name) =>
        Store(name, QueryableStoreTypes.KeyValueStore<K, V>());

    /// <summary>A window store, across all tasks, with what is not committed yet.</summary>
    public IReadOnlyWindowStore<K, V> GetWindowStore<K, V>(string name) =>
        Store(name, QueryableStoreTypes.WindowStore<K, V>());

    /// <summary>A session store, across all tasks, with what is not committed yet. Not in Streamiz.</summary>
    public IReadOnlySessionStore<K, V> GetSessionStore<K, V>(string name) =>
        Store(name, SessionStoreTypes.SessionStore<K, V>());

    /// <summary>Flushes the record caches and commits.</summary>
    public void Commit()
    {
        _application.Commit();
        _cluster.Run();
    }

    /// <summary>Moves the clock on, and runs the punctuators that are due and what follows from them.</summary>
    public void AdvanceWallClockTime(TimeSpan advance) => _cluster.AdvanceWallClockTime(advance);

    /// <summary>Closes the processors and drops the state.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _application.Dispose();
            if (_ownsCluster)
            {
                _cluster.Dispose();
            }
        }
    }

    internal TestApplication Application => _application;

    private T Store<T, K, V>(string name, IQueryableStoreType<T, K, V> type)
        where T : class
    {
        if (_application.Parts(name).Count == 0)
        {
            throw new InvalidStateStoreException($"The topology has no store {name}");
        }

        return ((IComposedStoreType<T>)type).Compose(() => _application.Parts(name), uncommitted: true);
    }

    private Codec<K> Keys<K>(string topic, ISerDes<K>? serDes) =>
        Codec<K>.Of(serDes, MessageComponentType.Key, topic, _config);

    private Codec<V> Values<V>(string topic, ISerDes<V>? serDes) =>
        Codec<V>.Of(serDes, MessageComponentType.Value, topic, _config);
}
