using Streaming.Host.Pipeline;
using Streaming.Host.Queries;
using Streaming.Streams;

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
        catch (PartitionNotHereException e) when (!context.Response.HasStarted)
        {
            var problem = await NotHereAsync(context, e).ConfigureAwait(false);
            await problem.ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted && ProblemOf(e) is { } problem)
        {
            await problem.ExecuteAsync(context).ConfigureAwait(false);
        }
    });

    /// <summary>421 with the owner where another instance answers for the partition; 503 where nobody does yet.</summary>
    private static async Task<IResult> NotHereAsync(HttpContext context, PartitionNotHereException e)
    {
        var stream = context.RequestServices.GetRequiredService<ApplicationSet>().Find(e.Application);
        var owner = stream is null
            ? null
            : (await stream.QueryMetadataForPartitionAsync(e.Store, e.Partition, context.RequestAborted).ConfigureAwait(false)).Active;
        return owner is { IsThisInstance: false, ApplicationServer: { } server }
            ? Problem.Of(
                StatusCodes.Status421MisdirectedRequest, "other-instance", $"Partition {e.Partition} of '{e.Store}' is held by {server}",
                new Dictionary<string, object?> { ["partition"] = e.Partition, ["owner"] = server })
            : Problem.Unavailable(context, "store-restoring", $"Partition {e.Partition} of '{e.Store}' is not ready yet");
    }

    private static IResult? ProblemOf(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(BodyLimit.Bytes),
        BadHttpRequestException e => Problem.BadRequest(e.Message),
        UnknownStoreException e => Problem.Of(StatusCodes.Status404NotFound, "unknown-store", e.Message),
        _ => null,
    };
}
