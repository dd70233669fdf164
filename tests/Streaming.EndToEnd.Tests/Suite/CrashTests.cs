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
    /// <summary>The real orders where they are, else the made-up ones.</summary>
    private static readonly OlistData _data = OlistData.Real ?? OlistData.Made;

    [SkippableFact]
    public async Task Kill_9_in_the_middle_of_the_import_and_of_the_topologies_leaves_the_same_totals()
    {
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
        pipeline = await deployment.StartAsync();
        Assert.NotEqual(OlistData.Made.SalesByDay(), await pipeline.SalesByDayAsync());
        Assert.Equal(2, (await pipeline.ImportAsync(OlistData.Made)).ExitCode);
        if (OlistData.Real is { } real)
        {
            (await pipeline.ImportAsync(real)).MustSucceed();
        }

        // Then again and again with all of it in the log and the topologies somewhere on their way through.
        for (var round = 1; round <= 3; round++)
        {
            await pipeline.KillAsync();
            pipeline = await deployment.StartAsync();
            var processed = await ProcessedAsync(pipeline);
            await Eventually.TrueAsync("progress", async () => await ProcessedAsync(pipeline) > processed || await IsDoneAsync(pipeline));
        }
        await pipeline.SalesBecomeAsync(OlistData.Real is null ? [OlistData.Made] : [OlistData.Real, OlistData.Made]);
        await VersionsAreWholeAsync(pipeline, OlistData.Made.Orders.Values.Concat(_data.Orders.Values.Take(500)));

        static async Task<long> ProcessedAsync(Pipeline pipeline) => (await pipeline.SalesByDayAsync()).Sum(day => day.Orders);

        static async Task<bool> IsDoneAsync(Pipeline pipeline) =>
            await ProcessedAsync(pipeline) == OlistData.Made.Orders.Values.Count(order => order.Paid)
                + (OlistData.Real?.Orders.Values.Count(order => order.Paid) ?? 0);
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
        var orders = await pipeline.AskAllAsync(pipeline.OrderIds().Select(id => $"/orders/{id}"));
        var reserved = new Dictionary<string, long>();
        var count = 0;
        foreach (var order in orders)
        {
            var status = order.MustBe(200)["status"].Text();
            var last = (await pipeline.Http.AskAsync($"/orders/{order["orderId"].Text()}/history"))["events"].Items().Last();
            Assert.Equal(order["version"].Long(), last["version"]!.Long());
            if (status != "Reserved")
            {
                Assert.Contains(status, (string[])["Draft", "Submitted", "Paid", "Shipped", "Delivered", "Cancelled"]);
                continue;
            }
            count++;
            foreach (var item in order["items"].Items())
            {
                reserved[item["sku"]!.Text()] = reserved.GetValueOrDefault(item["sku"]!.Text()) + item["quantity"]!.Long();
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
