using Streaming.Host.Http;
using Streaming.Host.Routing;
using Streaming.Topology.Stores;

namespace Streaming.Host.Queries;

internal sealed record FunnelAnswer(IReadOnlyList<FunnelHourAnswer> Hours, PartitionsAnswer Partitions);

/// <param name="Hour">UTC, as 2018-01-31T10: when the orders came to the stage.</param>
internal sealed record FunnelHourAnswer(
    string Hour, long Created, long Submitted, long Reserved, long Paid, long ReadyForShipment, long Shipped, long Delivered,
    long Cancelled);

/// <summary>How far orders come.</summary>
internal static class AnalyticsQueries
{
    public static void MapAnalyticsQueries(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/analytics/funnel", FunnelAsync).WithTags("Analytics")
            .WithSummary("How many orders came to each stage, by UTC hour").AnswersWhole<FunnelAnswer>(Descriptors.OrderFunnelByHour);

    private static async Task<IResult> FunnelAsync(
        StoreReader stores, CancellationToken cancellation, string? from = null, string? to = null)
    {
        if (TimeRange.Hours(from, to) is not { } range)
        {
            return Problem.BadRequest("from and to must be hours or days in order, as 2018-01-31T10 or 2018-01-31");
        }

        var shares = await stores.ScanAsync(Descriptors.OrderFunnelByHour, new KeyRange(range.From, range.To), cancellation).ConfigureAwait(false);
        var hours = shares.Entries.Select(e => new FunnelHourAnswer(
            e.Key, e.Value.Created, e.Value.Submitted, e.Value.Reserved, e.Value.Paid, e.Value.ReadyForShipment, e.Value.Shipped,
            e.Value.Delivered, e.Value.Cancelled));
        return TypedResults.Ok(new FunnelAnswer([.. hours], shares.Partitions));
    }
}
