using System.Text;
using Streaming.Host.Pipeline;
using Streaming.Streams;
using Streaming.Topology;
using Streaming.Topology.Stores;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streaming.Host.Queries;

/// <summary>Entries, and which partitions they were gathered from.</summary>
internal sealed record Gathered<TValue>(IReadOnlyList<KeyValuePair<string, TValue>> Entries, PartitionsAnswer Partitions);

/// <summary>Reads the committed state of the stores whose partitions this instance holds.</summary>
internal sealed class StoreReader(ApplicationSet applications, CommitSignal commits)
{
    /// <summary>The value of a key in its owner's partition; null if it has none.</summary>
    /// <exception cref="PartitionNotHereException">This instance cannot tell.</exception>
    public TValue? Get<TValue>(StoreDescriptor<TValue> store, string key)
        where TValue : class => Open(store, PartitionOf(store, key)).Get(key);

    /// <summary>The entries of one owner between two keys, both included.</summary>
    /// <exception cref="PartitionNotHereException">This instance cannot tell.</exception>
    public Gathered<TValue> Range<TValue>(StoreDescriptor<TValue> store, string from, string to)
        where TValue : class
    {
        var partition = PartitionOf(store, from);
        return new Gathered<TValue>([.. Entries(Open(store, partition), from, to)], new PartitionsAnswer([partition], []));
    }

    /// <summary>The entries of all partitions that are here, in the order of their keys; shares of one key are put together.</summary>
    public Gathered<TValue> Scan<TValue>(StoreDescriptor<TValue> store, string? from = null, string? to = null, int limit = int.MaxValue)
        where TValue : class
    {
        var readable = Readable(store);
        var entries = readable.SelectMany(partition => Entries(Open(store, partition), from, to).Take(limit))
            .OrderBy(e => e.Key, StringComparer.Ordinal);
        var merged = store.Merge is { } merge
            ? entries.GroupBy(e => e.Key).Select(g => KeyValuePair.Create(g.Key, g.Select(e => e.Value).Aggregate(merge)))
            : entries;
        return new Gathered<TValue>(
            [.. merged.Take(limit)],
            new PartitionsAnswer(readable, [.. Enumerable.Range(0, applications.Partitions).Except(readable)]));
    }

    /// <summary>
    /// Reads again with each commit of an application here until the condition holds; what is there when the time is over.
    /// </summary>
    public async Task<T?> WaitAsync<T>(Func<T?> read, Func<T?, bool> until, TimeSpan timeout, CancellationToken cancellation)
        where T : class
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        while (true)
        {
            var next = commits.Next;
            var value = read();
            if (until(value))
            {
                return value;
            }

            try
            {
                await next.WaitAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return read();
            }
        }
    }

    public IReadOnlyList<StoreAnswer> List() =>
        [.. applications.Chosen.SelectMany(a => a.Stores.Select(s => Describe(a, s))).OrderBy(s => s.Name, StringComparer.Ordinal)];

    /// <exception cref="UnknownStoreException">There is none.</exception>
    public StoreAnswer Describe(string name)
    {
        var (application, store) = Find(name);
        return Describe(application, store);
    }

    /// <summary>One entry of any store; null if it has none.</summary>
    /// <exception cref="UnknownStoreException">There is no such store.</exception>
    /// <exception cref="PartitionNotHereException">This instance cannot tell.</exception>
    public StoreEntryAnswer? Entry(string name, string key) => Find(name).Store.Accept(new EntryOf(this, key));

    /// <summary>Entries of any store in the order of their keys.</summary>
    /// <exception cref="UnknownStoreException">There is no such store.</exception>
    public StoreEntriesAnswer Entries(string name, string? from, string? to, int limit) =>
        Find(name).Store.Accept(new EntriesOf(this, from, to, limit));

    private StoreAnswer Describe(ApplicationDefinition application, StoreDescriptor store)
    {
        var local = Local(application.Id, store.Name);
        return new StoreAnswer(
            store.Name, application.Id, store.Description, store.Kind, store.KeyFormat, store.ValueTypeName,
            [.. local.Where(IsReadable).Select(s => s.Partition).Order()],
            [.. local.Where(s => s.State == StorePartitionState.Restoring).Select(s => s.Partition).Order()],
            local.Where(IsReadable).Sum(s => s.Entries));
    }

    private int PartitionOf(StoreDescriptor store, string key) =>
        JavaPartitioner.PartitionOf(Encoding.UTF8.GetBytes(store.PartitionKey(key)), applications.Partitions);

    private IReadOnlyKeyValueStore<string, TValue> Open<TValue>(StoreDescriptor<TValue> store, int partition)
        where TValue : class
    {
        var application = Find(store.Name).Application.Id;
        try
        {
            return applications.Find(application)?.Store(
                    StoreQueryParameters.FromNameAndType(store.Name, QueryableStoreTypes.KeyValueStore<string, TValue>()),
                    new StoreQueryOptions { Partition = partition })
                ?? throw new PartitionNotHereException(application, store.Name, partition);
        }
        catch (InvalidStateStoreException)
        {
            throw new PartitionNotHereException(application, store.Name, partition);
        }
    }

    private List<int> Readable(StoreDescriptor store) =>
        [.. Local(Find(store.Name).Application.Id, store.Name).Where(IsReadable).Select(s => s.Partition).Order()];

    private IEnumerable<LocalStorePartition> Local(string application, string store) =>
        applications.Find(application)?.LocalStorePartitions().Where(s => s.StoreName == store) ?? [];

    private static bool IsReadable(LocalStorePartition partition) => partition.State == StorePartitionState.Running;

    private (ApplicationDefinition Application, StoreDescriptor Store) Find(string name)
    {
        foreach (var application in applications.Chosen)
        {
            if (application.Stores.FirstOrDefault(s => s.Name == name) is { } store)
            {
                return (application, store);
            }
        }

        throw new UnknownStoreException(name);
    }

    private static IEnumerable<KeyValuePair<string, TValue>> Entries<TValue>(
        IReadOnlyKeyValueStore<string, TValue> store, string? from, string? to)
    {
        if (from is null && to is null)
        {
            foreach (var entry in store.All())
            {
                yield return entry;
            }

            yield break;
        }

        using var entries = store.Range(from!, to!);
        while (entries.MoveNext())
        {
            if (entries.Current is { } entry)
            {
                yield return entry;
            }
        }
    }

    private sealed class EntryOf(StoreReader reader, string key) : IStoreVisitor<StoreEntryAnswer?>
    {
        public StoreEntryAnswer? Visit<TValue>(StoreDescriptor<TValue> store)
            where TValue : class
        {
            if (store.Placement == StorePlacement.Shared)
            {
                var shares = reader.Scan(store, key, key);
                return shares.Entries.Count == 0
                    ? null
                    : new StoreEntryAnswer(key, JsonOf.Value(store, key, shares.Entries[0].Value), null);
            }

            return reader.Get(store, key) is { } value
                ? new StoreEntryAnswer(key, JsonOf.Value(store, key, value), reader.PartitionOf(store, key))
                : null;
        }
    }

    private sealed class EntriesOf(StoreReader reader, string? from, string? to, int limit) : IStoreVisitor<StoreEntriesAnswer>
    {
        public StoreEntriesAnswer Visit<TValue>(StoreDescriptor<TValue> store)
            where TValue : class
        {
            var found = reader.Scan(store, from, to, limit);
            return new StoreEntriesAnswer(
                [.. found.Entries.Select(e => new StoreEntryAnswer(
                    e.Key, JsonOf.Value(store, e.Key, e.Value),
                    store.Placement == StorePlacement.Owned ? reader.PartitionOf(store, e.Key) : null))],
                found.Partitions);
        }
    }
}
