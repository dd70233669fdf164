using Confluent.Kafka;
using Streaming.Streams;
using Streaming.Streams.Runtime;
using Streaming.Streams.Runtime.RocksDb;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net.Kafka;

namespace Streamiz.Kafka.Net;

/// <summary>Told of a change of state.</summary>
public delegate void StateListener(KafkaStream.State oldState, KafkaStream.State newState);

/// <summary>Told that a store begins to be restored.</summary>
public delegate void OnRestoreStartListener(TopicPartition topicPartition, string storeName, long startingOffset, long endingOffset);

/// <summary>Told of the progress of a restoration.</summary>
public delegate void OnRestoreBatchListener(TopicPartition topicPartition, string storeName, long batchEndOffset, long numRestored);

/// <summary>Told that a store is restored.</summary>
public delegate void OnRestoreEndListener(TopicPartition topicPartition, string storeName, long totalRestored);

/// <summary>
/// Runs a topology: one member of the application's consumer group, with as many workers as configured. Further
/// processes, or further objects in one, share the work.
/// </summary>
public sealed partial class KafkaStream : IDisposable, IInstanceObserver
{
    /// <summary>How long closing waits for brokers that do not answer.</summary>
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(30);

    private readonly IStreamConfig _config;
    private readonly Lock _lock = new();
    private readonly Lock _events = new();
    private CancellationTokenRegistration _cancellation;
    private int _disposed;

    /// <summary>With clients of its own.</summary>
    /// <exception cref="Errors.TopologyException">the topology contradicts itself</exception>
    public KafkaStream(Topology topology, IStreamConfig configuration)
        : this(topology, configuration, new DefaultKafkaClientSupplier((configuration ?? throw new ArgumentNullException(nameof(configuration))).Logger))
    {
    }

    /// <summary>With clients made by a supplier.</summary>
    /// <exception cref="Errors.TopologyException">the topology contradicts itself</exception>
    public KafkaStream(Topology topology, IStreamConfig configuration, IKafkaSupplier kafkaSupplier)
        : this(
            Compile(topology, configuration),
            configuration, kafkaSupplier)
    {
    }

    private static TopologyPlan Compile(Topology topology, IStreamConfig configuration)
    {
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(configuration);
        PersistentStores.Engine ??= RocksDbStore.Open;
        return topology.Compile(configuration);
    }

    internal KafkaStream(TopologyPlan plan, IStreamConfig configuration, IKafkaSupplier kafkaSupplier)
    {
        ArgumentNullException.ThrowIfNull(kafkaSupplier);
        _config = configuration;
        Instance = new(plan, configuration, kafkaSupplier, this);
        Instance.ObserveState(() => StreamState.Name);
    }

    /// <summary>Raised on each change of state, one at a time.</summary>
    public event StateListener? StateChanged;

    /// <summary>Raised when a store begins to be restored.</summary>
    public event OnRestoreStartListener? OnRestoreStartEvent;

    /// <summary>Raised with each batch that is restored.</summary>
    public event OnRestoreBatchListener? OnRestoreBatchEvent;

    /// <summary>Raised when a store is restored.</summary>
    public event OnRestoreEndListener? OnRestoreEndEvent;

    /// <summary>Why the client is in ERROR; null otherwise.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The state it is in.</summary>
    public State StreamState { get; private set; } = State.CREATED;

    internal StreamsInstance Instance { get; }

    internal IStreamConfig Configuration => _config;

    /// <summary>
    /// Creates the internal topics, fills the global stores and joins the group; ends then, while stores are restored and
    /// tasks start. Waits for brokers that do not answer, and a minute for topics that do not exist.
    /// </summary>
    /// <param name="token">ends the waiting, and later the application: as <see cref="Dispose"/></param>
    /// <exception cref="Errors.StreamsException">topics do not exist or do not fit</exception>
    public async Task StartAsync(CancellationToken? token = null)
    {
        var cancellation = token ?? CancellationToken.None;
        if (!Become(State.REBALANCING)) throw new Errors.IllegalStateException($"cannot start: {StreamState}");
        foreach (var middleware in _config.Middlewares) middleware.BeforeStart(_config, cancellation);
        try
        {
            await Instance.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failure = e;
            Become(State.ERROR);
            Dispose();
            throw;
        }
        foreach (var middleware in _config.Middlewares) middleware.AfterStart(_config, cancellation);
        _cancellation = cancellation.Register(static s => _ = Task.Run(((KafkaStream)s!).Dispose), this);
    }

    /// <summary>
    /// A view of the committed content of a store's partitions in this process; it follows tasks that come and go.
    /// </summary>
    /// <exception cref="Errors.InvalidStateStoreException">no such store, or not running</exception>
    public T Store<T, K, V>(StoreQueryParameters<T, K, V> storeQueryParameters)
        where T : class => this.Store(storeQueryParameters, new Streaming.Streams.StoreQueryOptions());

    /// <summary>Figures in Streamiz' form: what the tasks processed and hold. The meter "Streaming.Streams" has all.</summary>
    public IEnumerable<Metrics.Sensor> Metrics() => Instance.Sensors();

    /// <summary>Commits what is processed, hands the tasks back and closes.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        var started = StreamState != State.CREATED;
        Become(State.PENDING_SHUTDOWN);
        _cancellation.Unregister();
        foreach (var middleware in started ? _config.Middlewares : []) middleware.BeforeStop(_config, CancellationToken.None);
        Instance.Stop(s_closePatience);
        Become(State.NOT_RUNNING);
        foreach (var middleware in started ? _config.Middlewares : []) middleware.AfterStop(_config, CancellationToken.None);
    }

    private bool Become(State next)
    {
        // Listeners run one after the other, in the order of the changes, and may ask for the state.
        lock (_events)
        {
            State last;
            lock (_lock)
            {
                last = StreamState;
                if (last == next || !last.MayBecome(next)) return last == next;
                StreamState = next;
            }
            StateChanged?.Invoke(last, next);
            return true;
        }
    }

    void IInstanceObserver.OnRebalancing() => Become(State.REBALANCING);

    void IInstanceObserver.OnRunning() => Become(State.RUNNING);

    void IInstanceObserver.OnFailed(Exception reason)
    {
        Failure = reason;
        // Leaves the group at once, so that others take over; not on the failing thread, which has to end for that.
        _ = Task.Run(() =>
        {
            Become(State.ERROR);
            Instance.Stop(s_closePatience);
        });
    }

    void IInstanceObserver.OnRestoreStart(TopicPartition changelog, string store, long start, long end) => OnRestoreStartEvent?.Invoke(changelog, store, start, end);

    void IInstanceObserver.OnRestoreBatch(TopicPartition changelog, string store, long batchEnd, long count) => OnRestoreBatchEvent?.Invoke(changelog, store, batchEnd, count);

    void IInstanceObserver.OnRestoreEnd(TopicPartition changelog, string store, long count) => OnRestoreEndEvent?.Invoke(changelog, store, count);
}
