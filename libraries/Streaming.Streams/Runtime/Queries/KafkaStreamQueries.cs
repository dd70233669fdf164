using Streaming.Streams.Runtime;
using Streaming.Streams.State;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams;

/// <summary>What a query may see beyond the committed content of the tasks that run here.</summary>
public sealed record StoreQueryOptions
{
    /// <summary>One partition of the store; null: all that are here.</summary>
    public int? Partition { get; init; }

    /// <summary>Writes that are not committed yet, too.</summary>
    public bool Uncommitted { get; init; }

    /// <summary>Standbys and stores that are still restored, too: they may be behind.</summary>
    public bool Stale { get; init; }
}

/// <summary>What a host asks of a running application beyond Streamiz' API: where state is, how complete, how far behind.</summary>
public static class KafkaStreamQueries
{
    /// <summary>
    /// A view of a store's local partitions; one that is asked for by number must be here. The view follows tasks that
    /// come and go.
    /// </summary>
    /// <exception cref="InvalidStateStoreException">no such store, not running, or the partition is not here</exception>
    public static T Store<T, K, V>(this KafkaStream stream, StoreQueryParameters<T, K, V> parameters, StoreQueryOptions options)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        if (!stream.StreamState.IsRunning()) throw new InvalidStateStoreException($"store {parameters.StoreName} cannot be queried: the application is {stream.StreamState}");
        var instance = stream.Instance;
        if (instance.Plan.GlobalStores.All(g => g.Name != parameters.StoreName)) _ = SubTopologyOf(instance, parameters.StoreName);
        if (parameters.QueryableStoreType is not IComposedStoreType<T> type)
            throw new InvalidStateStoreException($"store {parameters.StoreName}: use a type of QueryableStoreTypes or SessionStoreTypes");
        IReadOnlyList<StoreState> Parts()
        {
            var parts = instance.LocalStates(parameters.StoreName, options.Stale ? static _ => true : static p => p is TaskPhase.Running or TaskPhase.Suspended);
            if (options.Partition is not { } partition) return [.. parts.Select(p => p.Store)];
            foreach (var part in parts)
                if (part.Partition == partition) return [part.Store];
            throw new InvalidStateStoreException($"store {parameters.StoreName}: partition {partition} is not here");
        }
        _ = Parts();
        return type.Compose(Parts, options.Uncommitted || parameters.Uncommitted);
    }

    /// <summary>Every partition of every store in this process, standbys included; global stores have partition -1.</summary>
    public static IReadOnlyList<LocalStorePartition> LocalStorePartitions(this KafkaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Instance.LocalStores();
    }

    /// <summary>
    /// Calls back after each commit, once the stores show what it committed; on the worker's thread, so be brief.
    /// </summary>
    public static void OnCommit(this KafkaStream stream, Action committed)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Instance.Committed += committed;
    }

    /// <summary>How far each running task is behind on each of its source partitions.</summary>
    public static IReadOnlyList<LocalTaskLag> LocalTaskLags(this KafkaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Instance.LocalLags();
    }

    /// <summary>The client id, which carries <c>application.server</c>: <c>application@host:port#process</c>.</summary>
    public static string ClientId(this KafkaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Instance.ClientId;
    }

    /// <summary>Every instance of the application and what it holds, no older than two seconds.</summary>
    public static async Task<IReadOnlyList<StreamsMetadata>> AllMetadataAsync(this KafkaStream stream, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var instance = stream.Instance;
        var placement = await instance.PlacementAsync(cancellation).ConfigureAwait(false);
        return [.. placement.Members.Select(m => Describe(instance, placement, m))];
    }

    /// <summary>
    /// The next question about instances asks the group again: what was answered last has turned out to be old. Answers are
    /// kept for a fifth of a second even so.
    /// </summary>
    public static void ForgetMetadata(this KafkaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Instance.ForgetPlacement();
    }

    /// <summary>The instances that hold a partition of a store, as owners or standbys.</summary>
    public static async Task<IReadOnlyList<StreamsMetadata>> MetadataForStoreAsync(this KafkaStream stream, string storeName, CancellationToken cancellation = default)
    {
        var all = await stream.AllMetadataAsync(cancellation).ConfigureAwait(false);
        return [.. all.Where(m => m.ActivePartitions.ContainsKey(storeName) || m.StandbyPartitions.ContainsKey(storeName))];
    }

    /// <summary>The owner and the standbys of one partition of a store.</summary>
    /// <exception cref="InvalidStateStoreException">the topology has no such store</exception>
    public static async Task<KeyQueryMetadata> QueryMetadataForPartitionAsync(this KafkaStream stream, string storeName, int partition, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var instance = stream.Instance;
        var subTopology = SubTopologyOf(instance, storeName);
        var placement = await instance.PlacementAsync(cancellation).ConfigureAwait(false);
        var task = new Streamiz.Kafka.Net.Processors.Internal.TaskId(subTopology.Id, partition);
        return new(partition, placement.OwnerOf(task) is { } owner ? Describe(instance, placement, owner) : null,
            [.. placement.StandbysOf(task).Select(m => Describe(instance, placement, m))]);
    }

    /// <summary>The owner and the standbys of a key of a store.</summary>
    /// <exception cref="InvalidStateStoreException">the topology has no such store</exception>
    public static Task<KeyQueryMetadata> QueryMetadataForKeyAsync<K>(this KafkaStream stream, string storeName, K key, ISerDes<K> keySerdes, CancellationToken cancellation = default) =>
        stream.QueryMetadataForPartitionAsync(storeName, stream.PartitionOfKey(storeName, key, keySerdes), cancellation);

    /// <summary>The partition of a store that a key is in, by the default partitioner.</summary>
    /// <exception cref="InvalidStateStoreException">the topology has no such store</exception>
    public static int PartitionOfKey<K>(this KafkaStream stream, string storeName, K key, ISerDes<K> keySerdes)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(keySerdes);
        var bytes = keySerdes.Serialize(key, new(Confluent.Kafka.MessageComponentType.Key, storeName));
        return Partitioning.Of(bytes, bytes is null, 0, stream.PartitionCountOf(storeName));
    }

    /// <summary>The number of partitions of a store, here and elsewhere.</summary>
    /// <exception cref="InvalidStateStoreException">the topology has no such store</exception>
    public static int PartitionCountOf(this KafkaStream stream, string storeName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.Instance.TasksOf(SubTopologyOf(stream.Instance, storeName));
    }

    private static SubTopologyPlan SubTopologyOf(StreamsInstance instance, string storeName) =>
        instance.Plan.SubTopologies.FirstOrDefault(s => s.Stores.Any(p => p.Name == storeName))
        ?? throw new InvalidStateStoreException($"the topology has no store {storeName}");

    private static StreamsMetadata Describe(StreamsInstance instance, Placement placement, Placement.Member member) => new(
        member.InstanceId, member.ClientId, member.ApplicationServer, member.InstanceId == instance.InstanceId,
        Stores(instance, placement.TasksOf(member)), Stores(instance, placement.StandbysOn(member)));

    private static Dictionary<string, IReadOnlyList<int>> Stores(StreamsInstance instance, IEnumerable<Streamiz.Kafka.Net.Processors.Internal.TaskId> tasks) =>
        tasks.SelectMany(t => instance.Plan.SubTopologies.First(s => s.Id == t.Id).Stores.Select(s => (s.Name, t.Partition)))
            .GroupBy(s => s.Name).ToDictionary(g => g.Key, g => (IReadOnlyList<int>)[.. g.Select(s => s.Partition).Order()]);
}
