using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Errors;

/// <summary>
/// The brokers did not answer a task's calls for longer than <c>task.timeout.ms</c> (KIP-572). The handler of uncaught
/// exceptions gets it; who answers it with a new worker goes on waiting for as long again.
/// </summary>
public sealed class TaskTimeoutException : StreamsException
{
    internal TaskTimeoutException(string task, string call, TimeSpan waited, Exception? reason)
        : base($"{task}: {call} without success for {waited.TotalSeconds:0.#} s, more than task.timeout.ms{(reason is null ? "" : ": " + reason.Message)}", reason!) =>
        (Task, Call, Waited) = (task, call, waited);

    /// <summary>The tasks, and their worker, or the part of the engine that waited.</summary>
    public string Task { get; }

    /// <summary>What was asked of the brokers last.</summary>
    public string Call { get; }

    /// <summary>Time since the first call in a row that got no answer.</summary>
    public TimeSpan Waited { get; }
}
