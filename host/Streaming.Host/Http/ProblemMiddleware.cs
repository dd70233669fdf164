using Streaming.Host.Queries;

namespace Streaming.Host.Http;

/// <summary>Turns what an endpoint cannot answer into its problem, so that each handler reads as if every store were here.</summary>
internal static class ProblemMiddleware
{
    public static void UseProblems(this WebApplication app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted && ProblemOf(context, e) is { } problem)
        {
            await problem.ExecuteAsync(context).ConfigureAwait(false);
        }
    });

    private static IResult? ProblemOf(HttpContext context, Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(BodyLimit.Bytes),
        BadHttpRequestException e => Problem.BadRequest(e.Message),
        StoreUnavailableException e => Problem.Unavailable(context, "store-restoring", e.Message),
        UnknownStoreException e => Problem.Of(StatusCodes.Status404NotFound, "unknown-store", e.Message),
        MisdirectedException e => Problem.Of(
            StatusCodes.Status421MisdirectedRequest, "other-instance", e.Message,
            new Dictionary<string, object?> { ["partition"] = e.Partition, ["owner"] = e.Owner }),
        _ => null,
    };
}
