using System.Globalization;
using Streaming.Host.Http;
using Streaming.Host.Queries;
using Streaming.Topology.Stores;

namespace Streaming.Host.Routing;

/// <summary>Gives other instances the entries of a store that are here; only between instances of one build's family.</summary>
internal static class StoreShareEndpoint
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(60);

    public static string PathOf(StoreDescriptor store) => $"/internal/stores/{store.Name}/entries";

    public static void MapStoreShares(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/internal/stores/{name}/entries", EntriesAsync).ExcludeFromDescription();

    /// <param name="waitMs">Waits so long for the first entry, milliseconds.</param>
    private static async Task<IResult> EntriesAsync(
        string name, string partitions, StoreReader stores, CancellationToken cancellation, string? from = null, string? to = null,
        int limit = int.MaxValue, long waitMs = 0)
    {
        var asked = new List<int>();
        foreach (var text in partitions.Split(','))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var partition))
            {
                return Problem.BadRequest($"partitions: '{text}' is no number");
            }

            asked.Add(partition);
        }

        var wait = TimeSpan.FromMilliseconds(Math.Clamp(waitMs, 0, (long)_longestWait.TotalMilliseconds));
        return TypedResults.Ok(await stores.SharesAsync(name, asked, new KeyRange(from, to, limit), wait, cancellation).ConfigureAwait(false));
    }
}
