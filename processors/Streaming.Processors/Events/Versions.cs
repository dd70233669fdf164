using Streaming.Schemas;

namespace Streaming.Processors.Events;

/// <summary>How a reader of a whole event topic tells duplicates and gaps by the aggregate's version.</summary>
public static class Versions
{
    /// <summary>True if the event is the next one; false if it was seen before.</summary>
    /// <param name="last">Version of the last event seen, 0 for none.</param>
    /// <param name="envelope">Envelope of the event.</param>
    /// <exception cref="VersionGapException">Events are missing before it.</exception>
    public static bool IsNew(long last, Envelope envelope)
    {
        var version = envelope.EventVersion;
        if (version > last + 1)
            throw new VersionGapException(envelope, last);
        return version > last;
    }
}

/// <summary>Events of an aggregate are missing: the record is a dead letter.</summary>
public sealed class VersionGapException(Envelope envelope, long last) : Exception(
    $"{envelope.AggregateType} {envelope.AggregateId}: event {envelope.EventId} has version {envelope.Version}, but the last one seen is {last}.");
