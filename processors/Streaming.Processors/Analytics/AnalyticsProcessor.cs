using Streaming.Schemas;
using Streaming.Schemas.Analytics;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Analytics;

/// <summary>The first stage of the analytics in a topology: facts by order in, what orders add to customers' figures out.</summary>
public sealed class AnalyticsProcessor : ITransformer<string, IMessage, string, CustomerOrderFacts>
{
    /// <summary>Store of what analytics remembers of each order, its last version first.</summary>
    public const string Orders = "analytics-orders";

    /// <summary>Store of this partition's share of each hour's funnel.</summary>
    public const string FunnelHours = "order-funnel-by-hour";

    private ProcessorContext<string, CustomerOrderFacts> _context = null!;
    private AnalyticsHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, CustomerOrderFacts> context)
    {
        _context = context;
        _handler = new AnalyticsHandler(
            context.KeyValueStore<AnalysedOrder>(Orders), context.KeyValueStore<FunnelHour>(FunnelHours));
    }

    /// <inheritdoc/>
    public Record<string, CustomerOrderFacts>? Process(Record<string, IMessage> record)
    {
        if (_handler.Handle(record.Key, record.Message()) is { } facts)
            _context.Forward(facts.CustomerId, facts);
        return null;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }
}
