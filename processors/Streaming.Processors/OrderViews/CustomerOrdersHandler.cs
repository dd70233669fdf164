using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net.State;

namespace Streaming.Processors.OrderViews;

/// <summary>Keeps the list of each customer's orders. An entry comes as a whole; an older version of it changes nothing.</summary>
public sealed class CustomerOrdersHandler(IKeyValueStore<string, CustomerOrder> entries)
{
    /// <summary>The key of an entry.</summary>
    public static string Key(string customerId, string orderId) => CompositeKey.Join(customerId, orderId);

    /// <summary>Takes an entry.</summary>
    public void Handle(CustomerOrder entry)
    {
        var key = Key(entry.CustomerId, entry.OrderId);
        if (entries.Get(key) is not { } known || known.Version < entry.Version)
            entries.Put(key, entry);
    }
}
