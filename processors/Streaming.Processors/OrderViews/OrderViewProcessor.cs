using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.OrderViews;

/// <summary>The read model of orders in a topology: facts in, each changed order out.</summary>
public sealed class OrderViewProcessor : ITransformer<string, IMessage, string, OrderState>
{
    /// <summary>Store of orders as they stand, by order id.</summary>
    public const string Orders = "order-view";

    /// <summary>Store of facts, by order id and version.</summary>
    public const string History = "order-history";

    private ProcessorContext<string, OrderState> _context = null!;
    private OrderViewHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, OrderState> context)
    {
        _context = context;
        _handler = new OrderViewHandler(context.KeyValueStore<OrderState>(Orders), context.KeyValueStore<IMessage>(History));
    }

    /// <inheritdoc/>
    public Record<string, OrderState>? Process(Record<string, IMessage> record)
    {
        if (_handler.Handle(record.Key, record.Message()) is { } order)
            _context.Forward(record.Key, order);
        return null;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }
}
