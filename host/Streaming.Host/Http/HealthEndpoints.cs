using Streaming.Host.Pipeline;

namespace Streaming.Host.Http;

/// <summary>Live: the process answers. Ready: every application here runs and its stores can be read.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new { status = "live" })).WithSummary("Whether the process answers");
        health.MapGet("/ready", (HttpContext context, ApplicationSet applications) =>
            {
                var states = applications.States();
                if (states.Values.All(s => s.Ready))
                {
                    return Results.Ok(new { status = "ready", applications = states });
                }

                context.Response.Headers.RetryAfter = "1";
                return Results.Json(new { status = "starting", applications = states }, statusCode: StatusCodes.Status503ServiceUnavailable);
            })
            .WithSummary("Whether every application here runs and its stores can be read");
    }
}
