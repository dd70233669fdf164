using Streaming.Host.Import;
using Streaming.Producers;
using Streaming.Processors.Inventory;
using Streaming.Processors.Orders;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;

namespace Streaming.Host.Generate;

internal sealed record GenerateSummary(int Internal, int External, long Events, int Receipts);

/// <summary>
/// Plays a shop's day: first the stock, then every order in its turn, an internal one as a command to the pipeline, an
/// external one as the events of an upstream system.
/// </summary>
internal sealed class OrderGenerator(long seed, CommandProducer commands, OrderEventProducer events, TimeProvider time)
{
    private const string Producer = "generate";

    private readonly string _source = $"generate-{seed}";

    public async Task<GenerateSummary> RunAsync(
        IReadOnlyList<GeneratedOrder> orders, IReadOnlyDictionary<string, int> stock, double? rate,
        IProgress<(int Orders, long Events)> progress, CancellationToken cancellation)
    {
        using var window = new SendWindow();
        var first = orders.Count > 0 ? orders[0].Created : DateTimeOffset.UnixEpoch;
        foreach (var (sku, quantity) in stock)
        {
            var receipt = Receipt(sku, quantity, first);
            await window.SendAsync(() => commands.SendAsync(receipt), cancellation).ConfigureAwait(false);
        }

        var pace = new Pace(rate, time);
        var written = 0L;
        for (var i = 0; i < orders.Count; i++)
        {
            await pace.WaitAsync(cancellation).ConfigureAwait(false);
            if (orders[i].External)
            {
                foreach (var fact in GeneratedFacts.Of(orders[i], _source, Producer))
                {
                    await window.SendAsync(() => events.SendAsync(fact), cancellation).ConfigureAwait(false);
                    written++;
                }
            }
            else
            {
                var create = Create(orders[i]);
                await window.SendAsync(() => commands.SendAsync(create), cancellation).ConfigureAwait(false);
            }

            progress.Report((i + 1, window.Acknowledged));
        }

        await window.DrainAsync(cancellation).ConfigureAwait(false);
        var external = orders.Count(o => o.External);
        return new GenerateSummary(orders.Count - external, external, written, stock.Count);
    }

    private ReceiveStock Receipt(string sku, int quantity, DateTimeOffset at) => new()
    {
        Envelope = Envelope(DeterministicId.From(_source, "receipt", sku), sku, Stock.Type, at),
        Quantity = quantity,
    };

    private CreateOrder Create(GeneratedOrder order)
    {
        var orderId = GeneratedFacts.OrderId(_source, order);
        return new CreateOrder
        {
            Envelope = Envelope(DeterministicId.From(_source, "create", orderId), orderId, Order.Type, order.Created),
            CustomerId = order.CustomerId,
            Currency = order.Currency,
            SalesChannel = order.SalesChannel,
            ShippingMinor = order.ShippingMinor,
            Items = [.. order.Items.Select(i => new NewOrderLine { Sku = i.Sku, Quantity = i.Quantity, UnitPriceMinor = i.UnitPriceMinor })],
            Submit = true,
        };
    }

    private Envelope Envelope(Guid commandId, string aggregateId, string aggregateType, DateTimeOffset at) => new()
    {
        EventId = commandId,
        AggregateId = aggregateId,
        AggregateType = aggregateType,
        OccurredAt = at,
        CorrelationId = DeterministicId.From(_source, aggregateId, "correlation").ToString(),
        Producer = $"{Producer}/{HostVersion.Text}",
    };
}
