using System.Globalization;
using System.Text.RegularExpressions;
using Streaming.EndToEnd.Tests.Harness;

namespace Streaming.EndToEnd.Tests.Suite;

/// <summary>Made-up live orders.</summary>
public sealed class GenerateTests
{
    private static readonly string[] _written = ["orders.commands", "orders.events", "inventory.commands"];

    [Fact]
    public async Task The_same_seed_and_start_give_the_same_bytes()
    {
        await using var deployment = new EmbeddedDeployment();
        // An application that writes none of these topics: what lies there is the generator's alone.
        var pipeline = await deployment.StartAsync("--applications", "analytics");
        string[] options = ["--seed", "42", "--orders", "300", "--start", "2026-01-01"];

        (await pipeline.GenerateAsync(options)).MustSucceed();
        var first = Read();
        (await pipeline.GenerateAsync(options)).MustSucceed();
        var both = Read();

        Assert.Equal(first.Concat(first).Order(StringComparer.Ordinal), both.Order(StringComparer.Ordinal));
        Assert.True(first.Count > 1000, $"only {first.Count} records");

        (await pipeline.GenerateAsync("--seed", "43", "--orders", "300", "--start", "2026-01-01")).MustSucceed();
        var others = Read().Except(both).Count();
        Assert.True(others > first.Count * 0.9, $"another seed gave only {others} other records");

        List<string> Read()
        {
            using var log = new KafkaLog(pipeline.BootstrapServers);
            return [.. _written.SelectMany(log.Read).Select(record =>
                $"{record.Partition} {record.KeyText} {Convert.ToHexString(record.Value ?? [])}")];
        }
    }

    [Fact]
    public async Task Sales_move_and_about_one_order_in_twenty_finds_too_little_stock()
    {
        await using var deployment = new EmbeddedDeployment();
        var pipeline = await deployment.StartAsync();

        var generated = (await pipeline.GenerateAsync("--orders", "1000")).MustSucceed();
        var summary = Regex.Match(generated.Output, @"seed \d+: (\d+) orders as commands, (\d+) as \d+ events");
        Assert.True(summary.Success, generated.Output);
        var external = long.Parse(summary.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        await pipeline.SettlesAsync();

        var sales = (await pipeline.Http.AskAsync("/sales/daily")).MustBe(200);
        Assert.InRange(sales["days"].Items().Sum(day => day["orders"]!.Long()), external * 3 / 4, external);
        var orders = await pipeline.AskAllAsync(pipeline.OrderIds().Select(id => $"/orders/{id}"));
        Assert.Equal(1000, orders.Length);
        var owned = orders.Where(order => order["status"].Text() == "Reserved"
            || order.Body!["cancelReason"]?.Text() == "INVENTORY_ISSUE").ToList();
        var refused = owned.Count(order => order["status"].Text() == "Cancelled");
        Assert.InRange((double)refused / owned.Count, 0.01, 0.15);
        foreach (var (sku, atLeast) in (( string, long)[])[("PROD-101", 50), ("PROD-102", 100), ("PROD-103", 150), ("PROD-104", 30), ("PROD-105", 25)])
        {
            Assert.True((await pipeline.Http.AskAsync($"/inventory/{sku}")).MustBe(200)["onHand"].Long() >= atLeast, sku);
        }
    }
}
