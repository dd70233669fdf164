using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Streaming.Host.Http;
using Streaming.Host.Queries;

namespace Streaming.Host.Routing;

/// <summary>
/// Answers a question about a key whose partition is elsewhere: with the owner's own answer, or with the problem that says
/// why there is none.
/// </summary>
internal sealed class OwnerForwarder(IStorePlacement placement, PeerClient peers)
{
    // A partition that moves has a new owner within a second or so; an owner that is gone is known to be after its session.
    private static readonly TimeSpan[] _pauses = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300)];

    public async Task AnswerAsync(HttpContext context, PartitionNotHereException absent)
    {
        var problem = await ForwardAsync(context, absent).ConfigureAwait(false);
        if (problem is not null)
        {
            await problem.ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    /// <summary>Null when the owner's answer has been written.</summary>
    private async Task<IResult?> ForwardAsync(HttpContext context, PartitionNotHereException absent)
    {
        string? failure = null;
        for (var attempt = 0; ; attempt++)
        {
            var owners = await placement.OwnersAsync(absent.Application, absent.Store, fresh: attempt > 0, context.RequestAborted)
                .ConfigureAwait(false);
            if (!owners.TryGetValue(absent.Partition, out var owner))
            {
                return NotReady(context, absent);
            }

            if (Hop.IsLast(context) || !HttpMethods.IsGet(context.Request.Method))
            {
                return Elsewhere(absent, owner);
            }

            try
            {
                using var answer = await peers
                    .GetAsync(owner, Target(context.Request), Patience(context.Request), context.RequestAborted).ConfigureAwait(false);
                if (answer.StatusCode != HttpStatusCode.MisdirectedRequest)
                {
                    await CopyAsync(answer, context).ConfigureAwait(false);
                    return null;
                }

                failure = null;
            }
            catch (HttpRequestException e)
            {
                failure = e.Message;
            }
            catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
            {
                // It hangs; asking once more would double the client's wait.
                return Unreachable(context, absent, owner, "it did not answer in time");
            }

            if (attempt == _pauses.Length)
            {
                return failure is null ? NotReady(context, absent) : Unreachable(context, absent, owner, failure);
            }

            await Task.Delay(_pauses[attempt], context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static string Target(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] raw
            ? raw
            : request.Path.ToUriComponent() + request.QueryString.ToUriComponent();

    private static TimeSpan Patience(HttpRequest request) => PeerClient.AnswerTimeout + (request.Query.ContainsKey("wait")
        ? OrderQueries.Patience(request.Query["timeout"]) ?? TimeSpan.Zero
        : TimeSpan.Zero);

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext context)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = body.Length;
        if (answer.Headers.TryGetValues("Retry-After", out var retryAfter))
        {
            context.Response.Headers.RetryAfter = retryAfter.ToArray();
        }

        QueryMetrics.TookRoute(context, QueryMetrics.Remote);
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static IResult NotReady(HttpContext context, PartitionNotHereException absent) =>
        Problem.Unavailable(context, "store-restoring", $"Partition {absent.Partition} of '{absent.Store}' is not ready yet");

    private static IResult Elsewhere(PartitionNotHereException absent, string owner) => Problem.Of(
        StatusCodes.Status421MisdirectedRequest, "other-instance", $"Partition {absent.Partition} of '{absent.Store}' is held by {owner}",
        Where(absent, owner));

    private static IResult Unreachable(HttpContext context, PartitionNotHereException absent, string owner, string why)
    {
        QueryMetrics.TookRoute(context, QueryMetrics.Remote);
        context.Response.Headers.RetryAfter = "1";
        return Problem.Of(
            StatusCodes.Status504GatewayTimeout, "owner-unreachable",
            $"Partition {absent.Partition} of '{absent.Store}' is held by {owner}: {why}", Where(absent, owner));
    }

    private static Dictionary<string, object?> Where(PartitionNotHereException absent, string owner) =>
        new() { ["partition"] = absent.Partition, ["owner"] = owner };
}
