using System.Globalization;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class CrashesOnTheEmbeddedBroker(EmbeddedTarget target) : CrashTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class CrashesOnApacheKafka(KafkaTarget target) : CrashTests(target);

/// <summary>kill -9 at bad moments, and everything delivered twice: the same answers.</summary>
public abstract class CrashTests(Target target)
{
    [SkippableFact]
    public async Task Kill_9_in_the_middle_of_the_import_and_of_the_topologies_leaves_the_same_totals()
    {
        IReadOnlyList<OlistData> imported = [.. new[] { OlistData.Real, OlistData.Made }.OfType<OlistData>()];
        var all = imported.Sum(data => data.Orders.Values.Count(order => order.Paid));
        await using var deployment = await target.FreshAsync();
        var pipeline = await deployment.StartAsync();

        // The pipeline dies while orders come in: the importer may fail or be left without a broker, and is run again.
        using (var import = Tool.Start(Repository.Launcher, ["import", "olist", OlistData.Made.Folder, .. pipeline.Connection, "--rate", "100"]))
        {
            await Eventually.TrueAsync("some sales", async () => (await pipeline.SalesByDayAsync()).Count > 0);
            await pipeline.KillAsync();
            import.Kill(entireProcessTree: true);
            await Tool.FinishAsync(import);
        }
        pipeline = await deployment.StartAsync("--applications", "orders");

        // All of it lies in the log before the topologies begin; they die again and again on their way through.
        Assert.Equal(2, (await pipeline.ImportAsync(OlistData.Made)).ExitCode);
        if (OlistData.Real is { } real)
        {
            (await pipeline.ImportAsync(real)).MustSucceed();
        }

        for (var round = 1; round <= 3; round++)
        {
            await pipeline.KillAsync();
            pipeline = await deployment.StartAsync();
            var processed = await Eventually.PassesAsync(() => ProcessedAsync(pipeline));
            await Eventually.TrueAsync("progress", async () => await ProcessedAsync(pipeline) is var now && (now > processed || now == all));
        }

        await pipeline.SalesBecomeAsync(imported);
        await VersionsAreWholeAsync(pipeline, imported.SelectMany(data => data.Orders.Values.Take(1000)));

        static async Task<long> ProcessedAsync(Pipeline pipeline) => (await pipeline.SalesByDayAsync()).Sum(day => day.Orders);
    }

    [SkippableFact]
    public async Task Kill_9_while_stock_is_reserved_loses_and_doubles_none_of_it()
    {
        await using var deployment = await target.FreshAsync();
        var pipeline = await deployment.StartAsync();
        string[] options = ["--seed", "7", "--orders", "400", "--external", "0.2", "--start", "2026-01-01"];
        (await pipeline.GenerateAsync(options)).MustSucceed();
        for (var round = 1; round <= 2; round++)
        {
            await pipeline.KillAsync();
            pipeline = await deployment.StartAsync();
        }
        // The same seed again: the same commands, each answered already.
        (await pipeline.GenerateAsync(options)).MustSucceed();

        var (reserved, _) = await StockBalanceAsync(pipeline);
        Assert.True(reserved > 300, $"only {reserved} orders were reserved");
    }

    [SkippableFact]
    public async Task Every_input_doubled_gives_the_same_answers()
    {
        await using var deployment = await target.FreshAsync();
        var pipeline = await deployment.StartAsync();
        Assert.Equal(2, (await pipeline.ImportAsync(OlistData.Made)).ExitCode);
        (await pipeline.GenerateAsync("--seed", "11", "--orders", "200", "--start", "2026-01-01")).MustSucceed();
        var (_, stock) = await StockBalanceAsync(pipeline);
        var orders = pipeline.OrderIds();
        var before = await AnswersAsync();

        using (var log = new KafkaLog(pipeline.BootstrapServers))
        {
            foreach (var topic in (string[])["orders.commands", "inventory.commands", "orders.events", "inventory.events"])
            {
                var records = log.Read(topic);
                Assert.NotEmpty(records);
                log.Append(records);
            }
        }
        await pipeline.SettlesAsync();

        Assert.Equal(before, await AnswersAsync());
        Assert.Equal(stock, (await StockBalanceAsync(pipeline)).Stock);

        async Task<IReadOnlyList<string>> AnswersAsync()
        {
            var answers = await pipeline.AskAllAsync(orders.SelectMany(id => new[] { $"/orders/{id}", $"/orders/{id}/history" }));
            return [.. await pipeline.AnswersAsync([.. OlistData.Made.Orders.Values]), .. answers.Select(answer => answer.MustBe(200).Text)];
        }
    }

    /// <summary>Every order is settled, and what the stock holds as reserved is what the reserved orders ask for.</summary>
    private static async Task<(int Reserved, IReadOnlyList<string> Stock)> StockBalanceAsync(Pipeline pipeline)
    {
        await pipeline.SettlesAsync();
        var ids = pipeline.OrderIds();
        var orders = await pipeline.AskAllAsync(ids.Select(id => $"/orders/{id}"));
        var histories = await pipeline.AskAllAsync(ids.Select(id => $"/orders/{id}/history"));
        var reserved = new Dictionary<string, long>();
        var count = 0;
        foreach (var (order, history) in orders.Zip(histories))
        {
            var facts = history.MustBe(200)["events"].Items().ToList();
            Assert.Equal(order.MustBe(200)["version"].Long(), facts[^1]["version"]!.Long());
            if (facts[0]["data"]!["fulfilment"]!.Text() != "INTERNAL")
            {
                continue;
            }

            Assert.Contains(order["status"].Text(), (string[])["Reserved", "Cancelled", "Draft"]);
            if (order["status"].Text() == "Reserved")
            {
                count++;
                foreach (var item in order["items"].Items())
                {
                    reserved[item["sku"]!.Text()] = reserved.GetValueOrDefault(item["sku"]!.Text()) + item["quantity"]!.Long();
                }
            }
        }

        var stock = new List<string>();
        foreach (var sku in Enumerable.Range(101, 10).Select(number => string.Create(CultureInfo.InvariantCulture, $"PROD-{number}")))
        {
            var answer = (await pipeline.Http.AskAsync($"/inventory/{sku}")).MustBe(200);
            Assert.Equal(reserved.GetValueOrDefault(sku), answer["reserved"].Long());
            Assert.Equal(answer["onHand"].Long() - answer["reserved"].Long(), answer["available"].Long());
            Assert.InRange(answer["reserved"].Long(), 0, answer["onHand"].Long());
            stock.Add(answer.Text);
        }
        return (count, stock);
    }

    private static async Task VersionsAreWholeAsync(Pipeline pipeline, IEnumerable<OlistOrder> orders)
    {
        var expected = orders.ToList();
        var answers = await pipeline.AskAllAsync(expected.Select(order => $"/orders/{order.OrderId}/history"));
        Assert.Equal(
            expected.Select(order => $"{order.OrderId} {string.Join(',', order.Facts.Select((fact, i) => $"{i + 1}{fact.Type}"))}"),
            answers.Select(answer => $"{answer.MustBe(200)["orderId"].Text()} {string.Join(',', answer["events"].Items().Select(fact => $"{fact["version"]}{fact["type"]}"))}"));
    }
}
