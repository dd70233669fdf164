using System.Globalization;
using Streaming.Processors.Orders;
using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Host.Import;

/// <summary>Numbers an order's facts 1, 2, 3 … and gives each the id that follows from (source, order, number).</summary>
internal sealed class FactSequence(string source, string orderId, string producer)
{
    private readonly List<IOrderEvent> _events = [];
    private readonly string _correlationId = DeterministicId.From(source, orderId, "correlation").ToString();

    public IReadOnlyList<IOrderEvent> Events => _events;

    public void Add(DateTimeOffset occurredAt, Func<Envelope, IOrderEvent> make)
    {
        var version = _events.Count + 1;
        _events.Add(make(new Envelope
        {
            EventId = Id(version),
            AggregateId = orderId,
            AggregateType = Order.Type,
            Version = version,
            OccurredAt = occurredAt,
            CorrelationId = _correlationId,
            CausationId = version == 1 ? null : Id(version - 1),
            Producer = $"{producer}/{HostVersion.Text}",
        }));
    }

    private Guid Id(int version) =>
        DeterministicId.From(source, orderId, version.ToString(CultureInfo.InvariantCulture));
}
