using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.OrderViews;

/// <summary>The customers' lists of orders in a topology.</summary>
public sealed class CustomerOrdersProcessor : IProcessor<string, CustomerOrder>
{
    /// <summary>Store of the lists, by customer id and order id.</summary>
    public const string Entries = "orders-by-customer";

    private CustomerOrdersHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, CustomerOrder> context) =>
        _handler = new CustomerOrdersHandler(context.KeyValueStore<CustomerOrder>(Entries));

    /// <inheritdoc/>
    public void Process(Record<string, CustomerOrder> record) => _handler.Handle(record.Value);

    /// <inheritdoc/>
    public void Close()
    {
    }
}
