using System.CommandLine;
using System.Globalization;
using Confluent.SchemaRegistry;
using Streaming.Host.Import;
using Streaming.Producers;

namespace Streaming.Host.Cli;

/// <summary><c>streaming import olist DIR</c>: real orders as events of an upstream system.</summary>
internal static class ImportCommand
{
    /// <summary>Some orders were left out; the rest was sent.</summary>
    private const int SomeRejected = 2;

    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "Folder of orders.csv, order_items.csv, order_payments.csv, customers.csv" };
        var limit = new Option<int?>("--limit") { Description = "Send only the first N orders" };
        var rate = new Option<double?>("--rate") { Description = "Orders a second at most" };
        limit.Validators.Add(r => Positive(r.GetValueOrDefault<int?>(), r));
        rate.Validators.Add(r => Positive(r.GetValueOrDefault<double?>(), r));
        var connection = new ConnectionOptions();
        var olist = new Command("olist", "Imports the Olist data set. A second import changes no answer. Exit code 2: some orders were rejected")
        {
            directory, limit, rate,
        };
        connection.AddTo(olist);
        olist.SetAction((result, cancellation) => RunAsync(
            result.GetValue(directory)!, result.GetValue(limit), result.GetValue(rate), connection.Read(result), cancellation));
        return new Command("import", "Sends orders from files") { olist };
    }

    private static async Task<int> RunAsync(
        string directory, int? limit, double? rate, Connection connection, CancellationToken cancellation)
    {
        var data = OlistReader.Read(directory);
        foreach (var fault in data.Faults)
        {
            await Console.Error.WriteLineAsync(fault.ToString()).ConfigureAwait(false);
        }

        using var registry = new CachedSchemaRegistryClient(connection.Registry());
        using var producer = new OrderEventProducer(new ProducerOptions
        {
            Client = connection.Client("streaming-import"),
            SchemaRegistry = registry,
        });
        using var progress = new ProgressLine(limit is { } n ? Math.Min(n, data.Orders.Count) : data.Orders.Count);
        ImportSummary summary;
        try
        {
            summary = await new OlistImport(producer, TimeProvider.System)
                .RunAsync(data, limit, rate, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DeliveryException or SchemaRegistryException or HttpRequestException)
        {
            throw new ImportException(e.Message);
        }

        progress.Dispose();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"orders: {summary.OrdersRead} read, {summary.OrdersSent} sent, {summary.OrdersRejected} rejected"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"events: {summary.EventsRead} read, {summary.EventsSent} sent, {summary.EventsRead - summary.EventsSent} rejected"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"rows:   {summary.RowsSkipped} skipped (of orders that orders.csv does not list)"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"took {summary.Elapsed.TotalSeconds:F1} s, {summary.EventsSent / summary.Elapsed.TotalSeconds:F0} events/s"));
        return summary.OrdersRejected > 0 ? SomeRejected : 0;
    }

    private static void Positive<T>(T? value, System.CommandLine.Parsing.OptionResult result)
        where T : struct, IComparable<T>
    {
        if (value is { } v && v.CompareTo(default) <= 0)
        {
            result.AddError($"{result.Option.Name} must be greater than 0");
        }
    }
}
