namespace Streaming.SchemaRegistry.Core;

/// <summary>Up to where a log was written when an answer was made.</summary>
internal readonly record struct LogPosition(long Epoch, long Sequence);

/// <summary>Where a registry keeps its records.</summary>
internal interface IRegistryLog : IDisposable
{
    /// <summary>The position after the last record appended.</summary>
    LogPosition End { get; }

    /// <summary>All records on the medium, oldest first.</summary>
    IEnumerable<RegistryRecord> ReadAll();

    /// <summary>
    /// Adds records that count together or not at all, made on the state of the given epoch. They are durable once
    /// awaited.
    /// </summary>
    /// <exception cref="IOException">The epoch is over: the state holds what was lost.</exception>
    void Append(IReadOnlyList<RegistryRecord> records, long epoch);

    /// <summary>Completes when everything before the position is durable.</summary>
    /// <exception cref="IOException">It could not be written, and never will be.</exception>
    ValueTask WhenDurableAsync(LogPosition position);
}

/// <summary>A registry that ends with its process needs no log.</summary>
internal sealed class NoLog : IRegistryLog
{
    public LogPosition End => default;

    public IEnumerable<RegistryRecord> ReadAll() => [];

    public void Append(IReadOnlyList<RegistryRecord> records, long epoch)
    {
    }

    public ValueTask WhenDurableAsync(LogPosition position) => default;

    public void Dispose()
    {
    }
}
