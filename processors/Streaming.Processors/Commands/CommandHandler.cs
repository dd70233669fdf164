using Streaming.Schemas;
using Streaming.Schemas.Outcomes;

namespace Streaming.Processors.Commands;

/// <summary>
/// Takes the commands of one kind of aggregate: each has exactly one outcome, a repeat has the first one again,
/// and what the aggregate's decider answers is folded into its state in the same step.
/// </summary>
/// <typeparam name="TCommand">The commands that the aggregate knows.</typeparam>
public abstract class CommandHandler<TCommand>(string aggregateType, string producer, CommandLog log)
    where TCommand : class, ICommand
{
    /// <summary>All that follows from a command: its facts, then its outcome.</summary>
    /// <param name="key">Key of its record.</param>
    /// <param name="message">The command, known or not.</param>
    /// <param name="recordedAt">Timestamp of its record.</param>
    /// <exception cref="InvalidDataException">The record's key is not the command's aggregate.</exception>
    public IReadOnlyList<IMessage> Handle(string key, IMessage message, DateTimeOffset recordedAt)
    {
        var envelope = message.Envelope;
        if (key != envelope.AggregateId)
            throw new InvalidDataException(
                $"The command {envelope.EventId} is for '{envelope.AggregateId}', but its record's key is '{key}'.");

        var bodyHash = (message as ICommand)?.BodyHash;
        if (log.Find(envelope, recordedAt) is { } first)
            return [Again(first, envelope, bodyHash)];

        var decision = message is TCommand command
            ? Decide(command)
            : Decision.Refuse(RefusalCodes.UnknownCommand, $"{aggregateType} does not know {NameOf(message)}.");
        var outcome = new CommandOutcome
        {
            Envelope = Answer(envelope, DeterministicId.From(envelope.EventId, 0)),
            CommandId = envelope.EventId,
            BodyHash = bodyHash,
            RecordedAt = recordedAt,
            Accepted = decision.Refusal is null,
            Version = decision.Refusal is null ? decision.Version : null,
            Code = decision.Refusal?.Code,
            Message = decision.Refusal?.Message,
            ExpectedVersion = decision.Refusal?.ExpectedVersion,
            ActualVersion = decision.Refusal?.ActualVersion,
        };
        log.Remember(outcome);
        return [.. decision.Events, Tell(outcome)];
    }

    /// <summary>Decides on a command that was not met before, and folds the facts into the aggregate's state.</summary>
    protected abstract Decision Decide(TCommand command);

    /// <summary>The first outcome stands; a command id that comes back with another body is refused beside it.</summary>
    private IMessage Again(CommandOutcome first, Envelope command, string? bodyHash)
    {
        if (first.BodyHash is null || bodyHash is null || first.BodyHash == bodyHash)
            return Tell(first);
        return new CommandRejected
        {
            Envelope = Answer(command, DeterministicId.Create(command.EventId, bodyHash)),
            CommandId = command.EventId,
            Code = RefusalCodes.IdempotencyKeyReused,
            Message = "This id was used before, for a request with another body.",
        };
    }

    private static IMessage Tell(CommandOutcome outcome) => outcome.Accepted
        ? new CommandAccepted
        {
            Envelope = outcome.Envelope,
            CommandId = outcome.CommandId,
            Version = outcome.Version ?? 0,
        }
        : new CommandRejected
        {
            Envelope = outcome.Envelope,
            CommandId = outcome.CommandId,
            Code = outcome.Code ?? "",
            Message = outcome.Message ?? "",
            ExpectedVersion = outcome.ExpectedVersion,
            ActualVersion = outcome.ActualVersion,
        };

    private Envelope Answer(Envelope command, Guid id) => new()
    {
        EventId = id,
        AggregateId = command.AggregateId,
        AggregateType = aggregateType,
        OccurredAt = command.OccurredAt,
        CorrelationId = command.CorrelationId,
        CausationId = command.EventId,
        UserId = command.UserId,
        Producer = producer,
    };

    private static string NameOf(IMessage message) =>
        message is UnknownMessage unknown ? unknown.FullName : message.GetType().Name;
}
