using Streaming.Streams.Tasks;

namespace Streamiz.Kafka.Net.Processors;

/// <summary>The clock that a punctuator follows.</summary>
public enum PunctuationType
{
    /// <summary>The wall clock.</summary>
    PROCESSING_TIME,

    /// <summary>The largest record timestamp that the task has seen.</summary>
    STREAM_TIME,
}

/// <summary>A scheduled punctuator.</summary>
public sealed class TaskScheduled
{
    private readonly Punctuator _punctuator;

    internal TaskScheduled(Punctuator punctuator) => _punctuator = punctuator;

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => _punctuator.IsCancelled;

    /// <summary>Whether it will run no more.</summary>
    public bool IsCompleted => _punctuator.IsCancelled;

    /// <summary>It runs no more.</summary>
    public void Cancel() => _punctuator.IsCancelled = true;
}
