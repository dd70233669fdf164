using Streaming.Producers;

namespace Streaming.Host.Import;

internal sealed record ImportSummary(
    int OrdersRead, int OrdersSent, int OrdersRejected, int RowsSkipped, long EventsRead, long EventsSent, TimeSpan Elapsed);

/// <summary>Sends the data set's orders, oldest first, each with all its facts.</summary>
internal sealed class OlistImport(OrderEventProducer producer, TimeProvider time)
{
    public async Task<ImportSummary> RunAsync(
        OlistData data, int? limit, double? rate, IProgress<(int Orders, long Events)> progress, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var orders = limit is { } n ? data.Orders.Take(n).ToList() : data.Orders;
        var pace = new Pace(rate, time);
        using var window = new SendWindow();
        var sent = 0;
        var events = 0L;
        foreach (var order in orders)
        {
            await pace.WaitAsync(cancellation).ConfigureAwait(false);
            foreach (var fact in OlistFacts.Of(order))
            {
                await window.SendAsync(() => producer.SendAsync(fact), cancellation).ConfigureAwait(false);
                events++;
            }

            sent++;
            progress.Report((sent, window.Acknowledged));
        }

        await window.DrainAsync(cancellation).ConfigureAwait(false);
        progress.Report((sent, window.Acknowledged));
        return new ImportSummary(
            data.OrdersRead, sent, data.OrdersRejected, data.RowsSkipped, events, window.Acknowledged,
            time.GetElapsedTime(started));
    }
}
