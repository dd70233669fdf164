using System.Text;
using Streaming.Host.Pipeline;
using Streaming.Host.Routing;
using Streaming.Streams;
using Streaming.Topology;
using Streaming.Topology.Stores;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.State;

namespace Streaming.Host.Queries;

/// <summary>Entries, and which partitions they were gathered from.</summary>
internal sealed record Gathered<TValue>(IReadOnlyList<KeyValuePair<string, TValue>> Entries, PartitionsAnswer Partitions);

/// <summary>
/// Reads the committed state of the stores: by key where the partition is here, whole together with the other instances.
/// </summary>
internal sealed class StoreReader(ApplicationSet applications, CommitSignal commits, StoreShares shares)
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

    /// <summary>
    /// The entries of all partitions, here and on the other instances, in the order of their keys; shares of one key are
    /// put together.
    /// </summary>
    public async Task<Gathered<TValue>> ScanAsync<TValue>(StoreDescriptor<TValue> store, KeyRange range, CancellationToken cancellation)
        where TValue : class
    {
        var all = Enumerable.Range(0, applications.Partitions).ToList();
        var (answered, entries) = ReadHere(store, all, range);
        var missing = all.Except(answered).ToList();
        if (missing.Count > 0 && shares.MayAsk)
        {
            var there = await shares.GatherAsync(Find(store.Name).Application.Id, store, missing, range, cancellation).ConfigureAwait(false);
            answered.AddRange(there.Answered);
            entries.AddRange(there.Entries);
        }

        var sorted = entries.OrderBy(e => e.Key, StringComparer.Ordinal);
        var merged = store.Merge is { } merge
            ? sorted.GroupBy(e => e.Key).Select(g => KeyValuePair.Create(g.Key, g.Select(e => e.Value).Aggregate(merge)))
            : sorted;
        return new Gathered<TValue>(
            [.. merged.Take(range.Limit)], new PartitionsAnswer([.. answered.Order()], [.. all.Except(answered)]));
    }

    /// <summary>The entries of those of the partitions that are here, as bytes for another instance.</summary>
    /// <param name="wait">Waits so long for the first of them.</param>
    /// <exception cref="UnknownStoreException">There is no such store.</exception>
    public Task<StoreShareAnswer> SharesAsync(
        string name, IReadOnlyList<int> partitions, KeyRange range, TimeSpan wait, CancellationToken cancellation) =>
        Find(name).Store.Accept(new SharesOf(this, partitions, range, wait, cancellation));

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
    public Task<StoreEntryAnswer?> EntryAsync(string name, string key, CancellationToken cancellation) =>
        Find(name).Store.Accept(new EntryOf(this, key, cancellation));

    /// <summary>Entries of any store in the order of their keys.</summary>
    /// <exception cref="UnknownStoreException">There is no such store.</exception>
    public Task<StoreEntriesAnswer> EntriesAsync(string name, KeyRange range, CancellationToken cancellation) =>
        Find(name).Store.Accept(new EntriesOf(this, range, cancellation));

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

    private (List<int> Answered, List<KeyValuePair<string, TValue>> Entries) ReadHere<TValue>(
        StoreDescriptor<TValue> store, IReadOnlyList<int> partitions, KeyRange range)
        where TValue : class
    {
        var here = Local(Find(store.Name).Application.Id, store.Name).Where(IsReadable).Select(s => s.Partition).ToHashSet();
        var answered = new List<int>();
        var entries = new List<KeyValuePair<string, TValue>>();
        foreach (var partition in partitions.Where(here.Contains))
        {
            try
            {
                entries.AddRange(Entries(Open(store, partition), range.From, range.To).Take(range.Limit).ToList());
                answered.Add(partition);
            }
            catch (Exception e) when (e is PartitionNotHereException or InvalidStateStoreException)
            {
                // It has moved away this very moment, and is missing as if it had been gone before.
            }
        }

        return (answered, entries);
    }

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

    private sealed class EntryOf(StoreReader reader, string key, CancellationToken cancellation) : IStoreVisitor<Task<StoreEntryAnswer?>>
    {
        public async Task<StoreEntryAnswer?> Visit<TValue>(StoreDescriptor<TValue> store)
            where TValue : class
        {
            if (store.Placement == StorePlacement.Shared)
            {
                var shares = await reader.ScanAsync(store, new KeyRange(key, key), cancellation).ConfigureAwait(false);
                return shares.Entries.Count == 0
                    ? null
                    : new StoreEntryAnswer(key, JsonOf.Value(store, key, shares.Entries[0].Value), null);
            }

            return reader.Get(store, key) is { } value
                ? new StoreEntryAnswer(key, JsonOf.Value(store, key, value), reader.PartitionOf(store, key))
                : null;
        }
    }

    private sealed class EntriesOf(StoreReader reader, KeyRange range, CancellationToken cancellation) : IStoreVisitor<Task<StoreEntriesAnswer>>
    {
        public async Task<StoreEntriesAnswer> Visit<TValue>(StoreDescriptor<TValue> store)
            where TValue : class
        {
            var found = await reader.ScanAsync(store, range, cancellation).ConfigureAwait(false);
            return new StoreEntriesAnswer(
                [.. found.Entries.Select(e => new StoreEntryAnswer(
                    e.Key, JsonOf.Value(store, e.Key, e.Value),
                    store.Placement == StorePlacement.Owned ? reader.PartitionOf(store, e.Key) : null))],
                found.Partitions);
        }
    }

    private sealed class SharesOf(
        StoreReader reader, IReadOnlyList<int> partitions, KeyRange range, TimeSpan wait, CancellationToken cancellation)
        : IStoreVisitor<Task<StoreShareAnswer>>
    {
        public async Task<StoreShareAnswer> Visit<TValue>(StoreDescriptor<TValue> store)
            where TValue : class
        {
            StoreShareAnswer? Read()
            {
                var (answered, entries) = reader.ReadHere(store, partitions, range);
                return new StoreShareAnswer(
                    answered, [.. entries.Select(e => new StoreShareEntry(e.Key, store.Values.Serialize(e.Value, default)!))]);
            }

            // What is not here will not come by waiting.
            return (await reader.WaitAsync(Read, s => s!.Entries.Count > 0 || s.Partitions.Count == 0, wait, cancellation)
                .ConfigureAwait(false))!;
        }
    }
}
