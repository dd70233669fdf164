using Streamiz.Kafka.Net;

namespace Streaming.Streams.Errors;

/// <summary>
/// Records that cannot be read or processed go, with the source's bytes and what went wrong in headers, to a topic of
/// the application, in the transaction of the records around them.
/// </summary>
public sealed record DeadLetterOptions
{
    /// <summary>The topic; null: the application's id with <c>.dlq</c> behind it.</summary>
    public string? Topic { get; init; }

    /// <summary>
    /// Source topics whose keys are parked: after a dead letter, later records of the key follow it, so that none is
    /// applied out of order, until all of them have been redriven or skipped.
    /// </summary>
    public IReadOnlyCollection<string> ParkedTopics { get; init; } = [];
}

/// <summary>Header names of dead letters.</summary>
public static class DeadLetterHeaders
{
    /// <summary>Class of the exception (KIP-1034).</summary>
    public const string Exception = "__streams.errors.exception";

    /// <summary>Message of the exception (KIP-1034).</summary>
    public const string Message = "__streams.errors.message";

    /// <summary>Stack trace of the exception (KIP-1034).</summary>
    public const string StackTrace = "__streams.errors.stacktrace";

    /// <summary>Topic of the source record (KIP-1034).</summary>
    public const string Topic = "__streams.errors.topic";

    /// <summary>Partition of the source record (KIP-1034), in decimal.</summary>
    public const string Partition = "__streams.errors.partition";

    /// <summary>Offset of the source record (KIP-1034), in decimal.</summary>
    public const string Offset = "__streams.errors.offset";

    /// <summary>How often the record was tried, in decimal.</summary>
    public const string Attempts = "__streaming.errors.attempts";

    /// <summary>Milliseconds since 1970 of the first failure, in decimal.</summary>
    public const string FirstFailure = "__streaming.errors.first";

    /// <summary>Milliseconds since 1970 of the last failure, in decimal.</summary>
    public const string LastFailure = "__streaming.errors.last";

    /// <summary>
    /// The number of the letter in the line of its key, in decimal, where keys are parked. Letters of a key are redriven in
    /// the order of their numbers: one that comes before its turn goes back to the dead letters, and one whose number is
    /// settled is ignored.
    /// </summary>
    public const string Number = "__streaming.parked.number";

    /// <summary>
    /// Put on a dead letter that is sent back to its source topic: the id of the application that it is for. Other
    /// applications with dead letters that read the topic ignore the record.
    /// </summary>
    public const string Redriven = "__streaming.redriven";

    /// <summary>Beside <see cref="Redriven"/>: the letter is given up. It is settled and not processed.</summary>
    public const string Skipped = "__streaming.skipped";

    /// <summary>Beside <see cref="Redriven"/>: the letter is processed even if earlier ones of its key are not settled.</summary>
    public const string OutOfTurn = "__streaming.out-of-turn";

    /// <summary>
    /// Beside <see cref="Redriven"/>: the earlier letters of its key no longer exist (the topic kept them no longer), and
    /// count as skipped.
    /// </summary>
    public const string EarlierLost = "__streaming.earlier-lost";

    /// <summary>The value of <see cref="Exception"/> on a record that was parked and not tried.</summary>
    public const string ParkedException = "Streaming.Streams.Errors.KeyParked";
}

/// <summary>Turns dead letters on.</summary>
public static class DeadLetterConfig
{
    internal const string Key = "streaming.dead.letters";

    /// <summary>
    /// Records that cannot be read or processed become dead letters, unless a handler of the configuration is set for
    /// the case: then the handler decides.
    /// </summary>
    public static IStreamConfig UseDeadLetters(this IStreamConfig config, DeadLetterOptions? options = null)
    {
        config.AddConfig(Key, options ?? new DeadLetterOptions());
        return config;
    }

    /// <summary>The options, null if dead letters are off.</summary>
    public static DeadLetterOptions? DeadLetters(this IStreamConfig config) => config.Get(Key) as DeadLetterOptions;

    /// <summary>The dead letters' topic, null if dead letters are off.</summary>
    public static string? DeadLetterTopic(this IStreamConfig config) =>
        config.DeadLetters() is { } options ? options.Topic ?? $"{config.ApplicationId}.dlq" : null;
}
