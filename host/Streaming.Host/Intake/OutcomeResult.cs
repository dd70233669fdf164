using Streaming.Host.Http;
using Streaming.Processors.Commands;
using Streaming.Processors.Orders;
using Streaming.Schemas.Outcomes;

namespace Streaming.Host.Intake;

/// <summary>The HTTP answers to a command: taken on, done, or refused.</summary>
internal static class OutcomeResult
{
    /// <summary>202: written, the outcome follows; where it will be found.</summary>
    public static IResult Accepted(HttpContext context, Aggregate aggregate, Guid commandId) => TypedResults.Accepted(
        HttpMethods.IsPost(context.Request.Method) && context.Request.Path == aggregate.Path
            ? aggregate.Location
            : aggregate.CommandLocation(commandId),
        Body(aggregate, commandId));

    /// <summary>200 with the version; 412 for a version conflict, 422 for a reused key, 409 for every other refusal.</summary>
    public static IResult Of(Aggregate aggregate, CommandOutcome outcome)
    {
        if (outcome.Accepted)
        {
            var body = Body(aggregate, outcome.CommandId);
            body["status"] = "accepted";
            body["version"] = outcome.Version;
            return TypedResults.Ok(body);
        }

        var status = outcome.Code switch
        {
            RefusalCodes.VersionMismatch => StatusCodes.Status412PreconditionFailed,
            RefusalCodes.IdempotencyKeyReused => StatusCodes.Status422UnprocessableEntity,
            _ => StatusCodes.Status409Conflict,
        };
        var extensions = Body(aggregate, outcome.CommandId);
        extensions["code"] = outcome.Code;
        if (outcome.ActualVersion is not null)
        {
            extensions["expectedVersion"] = outcome.ExpectedVersion;
            extensions["actualVersion"] = outcome.ActualVersion;
        }

        return Problem.Of(status, outcome.Code ?? "rejected", outcome.Message ?? "", extensions);
    }

    private static Dictionary<string, object?> Body(Aggregate aggregate, Guid commandId) => new()
    {
        [aggregate.Type == Order.Type ? "orderId" : "sku"] = aggregate.Id,
        ["commandId"] = commandId,
    };
}
