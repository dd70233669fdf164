using Streaming.Host.Queries;
using Streaming.Host.Routing;

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
            await context.RequestServices.GetRequiredService<OwnerForwarder>().AnswerAsync(context, e).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted && ProblemOf(e) is { } problem)
        {
            await problem.ExecuteAsync(context).ConfigureAwait(false);
        }
    });

    private static IResult? ProblemOf(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.TooLarge(BodyLimit.Bytes),
        BadHttpRequestException e => Problem.BadRequest(e.Message),
        UnknownStoreException e => Problem.Of(StatusCodes.Status404NotFound, "unknown-store", e.Message),
        _ => null,
    };
}
