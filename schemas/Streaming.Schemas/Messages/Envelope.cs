namespace Streaming.Schemas;

public sealed partial record Envelope
{
    /// <summary>The aggregate's version after this event.</summary>
    /// <exception cref="InvalidDataException">The event carries none.</exception>
    public long EventVersion => Version
        ?? throw new InvalidDataException($"The event {EventId} of {AggregateType} {AggregateId} carries no version.");
}
