using Streaming.Schemas;

namespace Streaming.Processors.Commands;

/// <summary>Makes the envelopes of the facts that one command brings about: ids by ordinal, versions without gap.</summary>
public sealed class Facts(Envelope command, string aggregateType, string producer, long version)
{
    private int _ordinal;

    /// <summary>The aggregate's version after the facts so far.</summary>
    public long Version { get; private set; } = version;

    /// <summary>The envelope of the next fact.</summary>
    public Envelope Next() => new()
    {
        EventId = DeterministicId.From(command.EventId, ++_ordinal),
        AggregateId = command.AggregateId,
        AggregateType = aggregateType,
        Version = ++Version,
        OccurredAt = command.OccurredAt,
        CorrelationId = command.CorrelationId,
        CausationId = command.EventId,
        UserId = command.UserId,
        Producer = producer,
    };
}
