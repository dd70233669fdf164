using Streaming.Schemas.Analytics;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Analytics;

/// <summary>The customers' figures in a topology.</summary>
public sealed class CustomerStatsProcessor : IProcessor<string, CustomerOrderFacts>
{
    /// <summary>Store of what each order adds, by customer id and order id.</summary>
    public const string Orders = "customer-orders";

    /// <summary>Store of customers' figures, by customer id.</summary>
    public const string Stats = "customer-stats";

    private CustomerStatsHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, CustomerOrderFacts> context) => _handler = new CustomerStatsHandler(
        context.KeyValueStore<CustomerOrderFacts>(Orders), context.KeyValueStore<CustomerStats>(Stats));

    /// <inheritdoc/>
    public void Process(Record<string, CustomerOrderFacts> record) => _handler.Handle(record.Value);

    /// <inheritdoc/>
    public void Close()
    {
    }
}
