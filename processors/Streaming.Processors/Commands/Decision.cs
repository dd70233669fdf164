using Streaming.Schemas;

namespace Streaming.Processors.Commands;

/// <summary>What a decider answers: facts, or a refusal; a refusal that others must know of brings a fact as well.</summary>
public sealed record Decision
{
    /// <summary>The facts, in order.</summary>
    public IReadOnlyList<IEvent> Events { get; private init; } = [];

    /// <summary>The aggregate's version after them.</summary>
    public long Version { get; private init; }

    /// <summary>Why the command was refused; null: it was carried out.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>Carried out by these facts.</summary>
    public static Decision Accept(params IReadOnlyList<IEvent> events) =>
        new() { Events = events, Version = events[^1].Envelope.EventVersion };

    /// <summary>Carried out before, by the fact of this version: nothing new happens.</summary>
    public static Decision Repeat(long version) => new() { Version = version };

    /// <summary>Refused; nothing changes.</summary>
    public static Decision Refuse(string code, string message, params IReadOnlyList<IEvent> events) =>
        new() { Refusal = new Refusal(code, message), Events = events };

    /// <summary>Refused, as the aggregate is not at the version that the command expects.</summary>
    public static Decision RefuseVersion(long expected, long actual) => new()
    {
        Refusal = new Refusal(RefusalCodes.VersionMismatch, $"Expected version {expected}, but it is {actual}.")
        {
            ExpectedVersion = expected,
            ActualVersion = actual,
        },
    };
}

/// <summary>Why a command is refused.</summary>
/// <param name="Code">For programs; one of <see cref="RefusalCodes"/>.</param>
/// <param name="Message">For people.</param>
public sealed record Refusal(string Code, string Message)
{
    /// <summary>The version that the command expected, where that is the reason.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>The version that the aggregate has, where that is the reason.</summary>
    public long? ActualVersion { get; init; }
}

/// <summary>The codes of refusals.</summary>
public static class RefusalCodes
{
    /// <summary>The aggregate does not know this kind of command.</summary>
    public const string UnknownCommand = "UNKNOWN_COMMAND";

    /// <summary>The command id was used before, with another body.</summary>
    public const string IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED";

    /// <summary>The aggregate is not at the expected version.</summary>
    public const string VersionMismatch = "VERSION_MISMATCH";

    /// <summary>The aggregate's state does not allow it.</summary>
    public const string IllegalTransition = "ILLEGAL_TRANSITION";

    /// <summary>A field is out of its range.</summary>
    public const string InvalidCommand = "INVALID_COMMAND";

    /// <summary>No such order, or one that an upstream system owns.</summary>
    public const string UnknownOrder = "UNKNOWN_ORDER";

    /// <summary>The order exists already.</summary>
    public const string OrderExists = "ORDER_EXISTS";

    /// <summary>The order has no such line.</summary>
    public const string UnknownLine = "UNKNOWN_LINE";

    /// <summary>An order without items cannot be submitted.</summary>
    public const string NoItems = "NO_ITEMS";

    /// <summary>No goods of this sku have ever come in.</summary>
    public const string UnknownSku = "UNKNOWN_SKU";

    /// <summary>Fewer pieces are available than asked for.</summary>
    public const string InsufficientStock = "INSUFFICIENT_STOCK";

    /// <summary>The reservation was released or committed before it was asked for.</summary>
    public const string ReservationBlocked = "RESERVATION_BLOCKED";
}
