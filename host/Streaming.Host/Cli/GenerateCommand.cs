using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Confluent.SchemaRegistry;
using Streaming.Host.Generate;
using Streaming.Producers;

namespace Streaming.Host.Cli;

/// <summary><c>streaming generate</c>: plausible orders, the same for the same seed.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var orders = new Option<int>("--orders") { Description = "How many orders", Required = true };
        var seed = new Option<long?>("--seed") { Description = "Decides ids, customers and items (default: random, printed)" };
        var rate = new Option<double?>("--rate") { Description = "Orders a second at most" };
        var start = new Option<DateTimeOffset?>("--start")
        {
            Description = "Time of the first order, e.g. 2026-01-01 (default: so that the last event is now)",
            CustomParser = result =>
            {
                if (DateTimeOffset.TryParse(
                    result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                {
                    return time;
                }

                result.AddError($"--start: '{result.Tokens[0].Value}' is not a time");
                return null;
            },
        };
        var external = new Option<double>("--external")
        {
            Description = "Share of orders that an upstream system owns, written with their whole life",
            DefaultValueFactory = _ => 0.5,
        };
        orders.Validators.Add(r => Check(r.GetValueOrDefault<int>() > 0, "--orders must be greater than 0", r));
        rate.Validators.Add(r => Check(r.GetValueOrDefault<double?>() is null or > 0, "--rate must be greater than 0", r));
        external.Validators.Add(r => Check(r.GetValueOrDefault<double>() is >= 0 and <= 1, "--external must be from 0 to 1", r));
        var connection = new ConnectionOptions();
        var command = new Command("generate", "Sends made-up orders over PROD-101 to PROD-110, with enough stock for most of them")
        {
            orders, seed, rate, start, external,
        };
        connection.AddTo(command);
        command.SetAction((result, cancellation) => RunAsync(
            result.GetValue(orders), result.GetValue(seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue), result.GetValue(rate),
            result.GetValue(start), result.GetValue(external), connection.Read(result), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        int orders, long seed, double? rate, DateTimeOffset? start, double external, Connection connection,
        CancellationToken cancellation)
    {
        var (plan, stock) = OrderPlan.Make(seed, orders, external, start, DateTimeOffset.UtcNow);
        using var registry = new CachedSchemaRegistryClient(connection.Registry());
        var options = new ProducerOptions { Client = connection.Client("streaming-generate"), SchemaRegistry = registry };
        using var commands = new CommandProducer(options);
        using var events = new OrderEventProducer(options);
        using var progress = new ProgressLine(orders);
        GenerateSummary summary;
        try
        {
            summary = await new OrderGenerator(seed, commands, events, TimeProvider.System)
                .RunAsync(plan, stock, rate, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DeliveryException or SchemaRegistryException or HttpRequestException)
        {
            throw new UsageException(e.Message);
        }

        progress.Dispose();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {summary.Internal} orders as commands, {summary.External} as {summary.Events} events, stock of {summary.Receipts} products received"));
        return 0;
    }

    private static void Check(bool holds, string message, System.CommandLine.Parsing.OptionResult result)
    {
        if (!holds)
        {
            result.AddError(message);
        }
    }
}
