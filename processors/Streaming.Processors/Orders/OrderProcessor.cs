using Streaming.Processors.Commands;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Orders;

/// <summary>The Order aggregate in a topology.</summary>
public sealed class OrderProcessor : CommandProcessor<IOrderCommand>
{
    /// <summary>Store of orders, by order id.</summary>
    public const string Orders = "orders";

    /// <summary>Store of command outcomes, by order id and command id.</summary>
    public const string Commands = "order-commands";

    /// <inheritdoc/>
    protected override string CommandStore => Commands;

    /// <inheritdoc/>
    protected override CommandHandler<IOrderCommand> CreateHandler(ProcessorContext<string, IMessage> context, CommandLog log) =>
        new OrderHandler(context.KeyValueStore<OrderState>(Orders), log);
}
