using Streaming.Schemas.Sales;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Processors;
using Streamiz.Kafka.Net.Processors.Public;

namespace Streaming.Processors.Sales;

/// <summary>The second stage of the sales in a topology.</summary>
public sealed class SalesTotalsProcessor : IProcessor<string, SalesPartial>
{
    /// <summary>Store of totals by day and currency.</summary>
    public const string Days = "sales-by-day";

    /// <summary>Store of totals by minute and currency: the seven days behind its newest minute.</summary>
    public const string Minutes = "sales-by-minute";

    /// <summary>Store of totals by product, day and currency.</summary>
    public const string Products = "product-sales-by-day";

    /// <summary>Store of all that was sold of each product, by product and by rank.</summary>
    public const string Ranks = "top-products";

    private SalesTotalsHandler _handler = null!;

    /// <inheritdoc/>
    public void Init(ProcessorContext<string, SalesPartial> context) => _handler = new SalesTotalsHandler(
        context.KeyValueStore<SalesTotal>(Days),
        context.KeyValueStore<SalesTotal>(Minutes),
        context.KeyValueStore<SalesTotal>(Products),
        context.KeyValueStore<ProductRank>(Ranks));

    /// <inheritdoc/>
    public void Process(Record<string, SalesPartial> record) => _handler.Handle(record.Value);

    /// <inheritdoc/>
    public void Close()
    {
    }
}
