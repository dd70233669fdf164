using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Streaming.Host.Queries;
using Streaming.Topology.Stores;

namespace Streaming.Host.Routing;

/// <summary>What an instance holds of a store, for another one that puts the shares together.</summary>
/// <param name="Partitions">Those of the asked ones that it can read.</param>
internal sealed record StoreShareAnswer(IReadOnlyList<int> Partitions, IReadOnlyList<StoreShareEntry> Entries);

/// <param name="Value">The value's bytes, by the serdes of the store's descriptor.</param>
internal sealed record StoreShareEntry(string Key, byte[] Value);

/// <summary>The part of a store that is asked for: keys between two, both included, of each partition at most a number.</summary>
internal readonly record struct KeyRange(string? From, string? To, int Limit = int.MaxValue)
{
    public static readonly KeyRange All = new(null, null);
}

/// <summary>Fetches the entries of partitions that other instances hold.</summary>
internal sealed class StoreShares(IStorePlacement placement, PeerClient peers, IHttpContextAccessor context)
{
    private const int Attempts = 2;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>For a single entry, on which a command waits.</summary>
    private static readonly TimeSpan _lookupTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Whether the present request may be passed on at all.</summary>
    public bool MayAsk => context.HttpContext is { } request && !Hop.IsLast(request);

    /// <summary>
    /// Asks all holders of the partitions side by side. What does not answer in time is left out; so the caller gets what
    /// there is, and knows what that is.
    /// </summary>
    public async Task<(List<int> Answered, List<KeyValuePair<string, TValue>> Entries)> GatherAsync<TValue>(
        string application, StoreDescriptor<TValue> store, IReadOnlyCollection<int> partitions, KeyRange range,
        CancellationToken cancellation)
        where TValue : class
    {
        var answered = new List<int>();
        var entries = new List<KeyValuePair<string, TValue>>();
        var missing = partitions.ToHashSet();
        var begun = Stopwatch.GetTimestamp();
        for (var attempt = 0; attempt < Attempts && missing.Count > 0; attempt++)
        {
            var left = PeerClient.AnswerTimeout - Stopwatch.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            if (attempt > 0)
            {
                await Task.Delay(_pause, cancellation).ConfigureAwait(false);
            }

            var owners = await placement.OwnersAsync(application, store.Name, fresh: attempt > 0, cancellation).ConfigureAwait(false);
            var asked = missing.Where(owners.ContainsKey).GroupBy(partition => owners[partition]).ToList();
            if (asked.Count == 0)
            {
                break;
            }

            QueryMetrics.TookRoute(context.HttpContext, QueryMetrics.Scatter);
            var shares = await Task.WhenAll(asked.Select(g => FetchAsync(g.Key, store, [.. g], range, left, TimeSpan.Zero, cancellation)))
                .ConfigureAwait(false);
            foreach (var share in shares.OfType<StoreShareAnswer>())
            {
                answered.AddRange(share.Partitions);
                missing.ExceptWith(share.Partitions);
                entries.AddRange(share.Entries.Select(e => KeyValuePair.Create(e.Key, store.Values.Deserialize(e.Value, default))));
            }
        }

        return (answered, entries);
    }

    /// <summary>The value of a key in another instance's partition, once it has one; null if it could not be had in time.</summary>
    public async Task<TValue?> FindAsync<TValue>(
        PartitionNotHereException absent, StoreDescriptor<TValue> store, string key, TimeSpan wait, CancellationToken cancellation)
        where TValue : class
    {
        var owners = await placement.OwnersAsync(absent.Application, absent.Store, fresh: false, cancellation).ConfigureAwait(false);
        var share = owners.TryGetValue(absent.Partition, out var owner)
            ? await FetchAsync(owner, store, [absent.Partition], new KeyRange(key, key), _lookupTimeout, wait, cancellation).ConfigureAwait(false)
            : null;
        return share?.Entries is [var entry] ? store.Values.Deserialize(entry.Value, default) : null;
    }

    private async Task<StoreShareAnswer?> FetchAsync(
        string server, StoreDescriptor store, IReadOnlyCollection<int> partitions, KeyRange range, TimeSpan timeout, TimeSpan wait,
        CancellationToken cancellation)
    {
        var target = new StringBuilder(StoreShareEndpoint.PathOf(store)).Append("?partitions=").AppendJoin(',', partitions);
        foreach (var (name, value) in new[] { ("from", range.From), ("to", range.To) })
        {
            if (value is not null)
            {
                target.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        target.Append("&limit=").Append(range.Limit).Append("&waitMs=").Append((long)wait.TotalMilliseconds);
        try
        {
            using var answer = await peers.GetAsync(server, target.ToString(), timeout + wait, cancellation)
                .ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<StoreShareAnswer>(cancellation).ConfigureAwait(false)
                : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
