namespace Streaming.Schemas;

/// <summary>Anything that travels on a command, event or outcome topic.</summary>
public interface IMessage
{
    /// <summary>Identity, time and cause.</summary>
    Envelope Envelope { get; }
}

/// <summary>A wish: imperative, may be refused, answered by exactly one <see cref="IOutcome"/>.</summary>
public interface ICommand : IMessage
{
    /// <summary>SHA-256 of the request body in lowercase hex, where a request brought it.</summary>
    string? BodyHash { get; }
}

/// <summary>A fact: past tense, never refused, numbered within its aggregate.</summary>
public interface IEvent : IMessage;

/// <summary>The answer to a command.</summary>
public interface IOutcome : IMessage
{
    /// <summary>The command that is answered.</summary>
    Guid CommandId { get; }
}

/// <summary>
/// A message of a type that this build does not know, from a newer producer: of it only the envelope was read.
/// Readers of events skip it (and move their last version), aggregates answer it with UNKNOWN_COMMAND.
/// </summary>
/// <param name="FullName">Full name of the writer's record.</param>
/// <param name="Envelope">Its envelope.</param>
public sealed record UnknownMessage(string FullName, Envelope Envelope) : IMessage;
