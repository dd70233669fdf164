using System.Text.Json;
using Streaming.Host.Http;
using Streaming.Host.Routing;

namespace Streaming.Host.Queries;

internal sealed record StoresAnswer(IReadOnlyList<StoreAnswer> Stores);

/// <param name="Partitions">Those that can be read here.</param>
/// <param name="Restoring">Those that are being rebuilt here.</param>
/// <param name="Entries">About how many entries the readable ones hold.</param>
internal sealed record StoreAnswer(
    string Name, string Application, string Description, string Kind, string Key, string Value, IReadOnlyList<int> Partitions,
    IReadOnlyList<int> Restoring, long Entries);

/// <param name="Partition">Where it is; absent where every partition has a share.</param>
internal sealed record StoreEntryAnswer(string Key, JsonElement Value, int? Partition);

internal sealed record StoreEntriesAnswer(IReadOnlyList<StoreEntryAnswer> Entries, PartitionsAnswer Partitions);

/// <summary>Any store by its name, for whoever wants to look closer than the domain's routes do.</summary>
internal static class StoreQueries
{
    private const int MostEntries = 10_000;

    public static void MapStoreQueries(this IEndpointRouteBuilder routes)
    {
        var stores = routes.MapGroup("/stores").WithTags("Stores");
        stores.MapGet("", (StoreReader reader) => TypedResults.Ok(new StoresAnswer(reader.List())))
            .WithSummary("The stores of the applications that run here").Produces<StoresAnswer>();
        stores.MapGet("/{name}", (string name, StoreReader reader) => TypedResults.Ok(reader.Describe(name)))
            .WithSummary("One store, as far as it is on this instance")
            .Produces<StoreAnswer>().ProducesProblem(StatusCodes.Status404NotFound);
        stores.MapGet("/{name}/keys/{**key}", EntryAsync).WithSummary("One entry").AnswersByKey<StoreEntryAnswer>();
        stores.MapGet("/{name}/keys", EntriesAsync)
            .WithSummary("Entries by key, both ends included").AnswersWhole<StoreEntriesAnswer>();
    }

    private static async Task<IResult> EntryAsync(string name, string key, StoreReader reader, CancellationToken cancellation) =>
        await reader.EntryAsync(name, key, cancellation).ConfigureAwait(false) is { } entry
            ? TypedResults.Ok(entry)
            : Problem.NotFound($"Store '{name}' has no key '{key}'");

    private static async Task<IResult> EntriesAsync(
        string name, StoreReader reader, CancellationToken cancellation, string? from = null, string? to = null, int limit = 100) =>
        limit is < 1 or > MostEntries
            ? Problem.BadRequest($"limit must be from 1 to {MostEntries}")
            : TypedResults.Ok(await reader.EntriesAsync(name, new KeyRange(from, to, limit), cancellation).ConfigureAwait(false));
}
