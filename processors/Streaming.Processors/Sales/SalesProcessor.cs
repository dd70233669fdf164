using Streaming.Schemas;
using Streaming.Schemas.Sales;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Sales;

/// <summary>The first stage of the sales in a topology.</summary>
public sealed class SalesProcessor : ITransformer<string, IMessage, string, SalesPartial>
{
    /// <summary>Store of what sales remembers of each order.</summary>
    public const string Orders = "sales-orders";

    /// <summary>Store of this partition's share of each cell.</summary>
    public const string Partials = "sales-partials";

    /// <summary>Store of the cells that have changed since the last flush.</summary>
    public const string Pending = "sales-pending";

    /// <summary>How long changes are gathered.</summary>
    public static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(50);

    private ProcessorContext<string, SalesPartial> _context = null!;
    private SalesHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, SalesPartial> context)
    {
        _context = context;
        _handler = new SalesHandler(
            context.Id.Partition,
            context.KeyValueStore<SalesOrder>(Orders),
            context.KeyValueStore<SalesPartial>(Partials),
            context.KeyValueStore<string>(Pending));
        // By the clock, so that the last change is sent on as well; when it is does not change what the totals come to.
        context.Schedule(FlushInterval, PunctuationType.PROCESSING_TIME, _ => _handler.Flush(_context.Forward));
    }

    /// <inheritdoc/>
    public Record<string, SalesPartial>? Process(Record<string, IMessage> record)
    {
        _handler.Handle(record.Key, record.Message());
        return null;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }
}
