namespace Streaming.Streams.Tasks;

/// <summary>One consumed record, by reference to memory that is valid only during <see cref="StreamTask.Process"/>.</summary>
internal readonly ref struct TaskRecord
{
    /// <summary>Index in <see cref="SubTopologyPlan.Sources"/>.</summary>
    public required int SourceIndex { get; init; }

    public required long Offset { get; init; }

    /// <summary>The record's own timestamp in milliseconds since 1970; -1 when it has none.</summary>
    public required long Timestamp { get; init; }

    public required ReadOnlySpan<byte> Key { get; init; }

    public bool KeyIsNull { get; init; }

    public required ReadOnlySpan<byte> Value { get; init; }

    public bool ValueIsNull { get; init; }

    public RecordHeaders Headers { get; init; }
}
