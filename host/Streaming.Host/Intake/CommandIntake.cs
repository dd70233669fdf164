using System.Diagnostics;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Host.Http;
using Streaming.Host.Queries;
using Streaming.Processors.Commands;
using Streaming.Producers;
using Streaming.Schemas;

namespace Streaming.Host.Intake;

/// <summary>
/// A request's way to a command and back: who it is (idempotency), the command on its topic, and the outcome if the
/// client waits for it.
/// </summary>
internal sealed class CommandIntake(CommandProducer producer, CommandOutcomes outcomes)
{
    /// <summary>How long a request waits for the broker's acknowledgement before it is told to come back.</summary>
    public static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(5);

    private readonly RecentCommands _recent = new();

    /// <summary>Reads the body by <paramref name="read"/>; 400 with all faulty fields if it does not hold.</summary>
    public async Task<IResult> AcceptAsync<TRequest>(
        HttpContext context, Aggregate aggregate, Func<RequestReader, TRequest> read,
        Func<TRequest, Envelope, string, ICommand> command)
    {
        var body = await context.Request.ReadBodyAsync().ConfigureAwait(false);
        // A verb that says all by its path (submit, cancel) may come without a body.
        var reader = RequestReader.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
        var request = read(reader);
        if (reader.HasErrors)
        {
            return Problem.Invalid(reader.Errors);
        }

        var identity = RequestIdentity.Of(context.Request, body);
        context.Response.Headers["X-Correlation-Id"] = identity.CorrelationId;
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } traceparent })
        {
            context.Response.Headers.TraceParent = traceparent;
        }

        var target = aggregate with { Id = aggregate.Id ?? identity.NewOrderId() };
        return await SendAsync(context, target, identity, command(request, EnvelopeOf(context, target, identity), identity.BodyHash))
            .ConfigureAwait(false);
    }

    private async Task<IResult> SendAsync(HttpContext context, Aggregate aggregate, RequestIdentity identity, ICommand command)
    {
        // Without a key the id is new, so nothing can be known of it.
        var known = identity.IdempotencyKey is null
            ? null
            : _recent.HashOf(identity.CommandId)
                ?? await outcomes.BodyHashOfAsync(aggregate, identity.CommandId, context.RequestAborted).ConfigureAwait(false);
        if (known is not null && known != identity.BodyHash)
        {
            return Problem.Of(
                StatusCodes.Status422UnprocessableEntity, RefusalCodes.IdempotencyKeyReused,
                "This Idempotency-Key was used with another body", new Dictionary<string, object?>
                {
                    ["code"] = RefusalCodes.IdempotencyKeyReused,
                    ["commandId"] = identity.CommandId,
                });
        }

        if (known is null)
        {
            try
            {
                await producer.SendAsync(command).WaitAsync(DeliveryTimeout * 2, context.RequestAborted).ConfigureAwait(false);
            }
            catch (Exception e) when (e is DeliveryException or TimeoutException or SchemaRegistryException or HttpRequestException or KafkaException)
            {
                return Problem.Unavailable(context, "broker-unavailable", $"The command could not be written: {e.Message}");
            }

            _recent.Add(identity.CommandId, identity.BodyHash);
        }

        return Preconditions.Wait(context.Request) is { } wait
            && await outcomes.WaitAsync(aggregate, identity.CommandId, wait, context.RequestAborted).ConfigureAwait(false) is { } outcome
            ? OutcomeResult.Of(aggregate, outcome)
            : OutcomeResult.Accepted(context, aggregate, identity.CommandId);
    }

    private static Envelope EnvelopeOf(HttpContext context, Aggregate aggregate, RequestIdentity identity) => new()
    {
        EventId = identity.CommandId,
        AggregateId = aggregate.Id!,
        AggregateType = aggregate.Type,
        Version = Preconditions.ExpectedVersion(context.Request),
        OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
        CorrelationId = identity.CorrelationId,
        Producer = $"streaming-http/{HostVersion.Text}",
    };
}
