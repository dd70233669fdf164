using Streaming.Schemas;

namespace Streaming.Producers;

/// <summary>The last version and the event ids of each order written in a producer's lifetime.</summary>
internal sealed class OrderVersions
{
    private readonly Dictionary<string, Written> _orders = [];

    /// <summary>An order not written before may begin at any version: an earlier producer may have written the others.</summary>
    public void Check(Envelope envelope)
    {
        if (envelope.Version is not >= 1)
        {
            throw new OrderVersionException(envelope, OrderVersionFault.Missing, "an event's version counts from 1");
        }

        if (envelope.EventId == Guid.Empty)
        {
            throw new OrderVersionException(envelope, OrderVersionFault.Missing, "it has no event id");
        }

        if (!_orders.TryGetValue(envelope.AggregateId, out var written))
        {
            return;
        }

        if (written.EventIds.Contains(envelope.EventId))
        {
            throw new OrderVersionException(envelope, OrderVersionFault.Reuse, "this event id was written before");
        }

        if (envelope.Version == written.Last)
        {
            throw new OrderVersionException(envelope, OrderVersionFault.Reuse, "another event has this version");
        }

        if (envelope.Version < written.Last)
        {
            throw new OrderVersionException(envelope, OrderVersionFault.StepBack, $"version {written.Last} was written before");
        }

        if (envelope.Version > written.Last + 1)
        {
            throw new OrderVersionException(envelope, OrderVersionFault.Gap, $"version {written.Last + 1} comes next");
        }
    }

    public void Record(Envelope envelope)
    {
        if (!_orders.TryGetValue(envelope.AggregateId, out var written))
        {
            _orders[envelope.AggregateId] = written = new Written();
        }

        written.Last = envelope.Version!.Value;
        written.EventIds.Add(envelope.EventId);
    }

    private sealed class Written
    {
        public long Last { get; set; }

        // An order has about ten events: a list is smaller than a set, and as fast.
        public List<Guid> EventIds { get; } = [];
    }
}
