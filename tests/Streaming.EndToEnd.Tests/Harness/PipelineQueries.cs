using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Oracle;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>What tests ask of a running pipeline again and again.</summary>
internal static class PipelineQueries
{
    public static Task<ToolResult> ImportAsync(this Pipeline pipeline, OlistData data, params string[] options) =>
        Tool.StreamingAsync(["import", "olist", data.Folder, .. pipeline.Connection, .. options]);

    public static Task<ToolResult> GenerateAsync(this Pipeline pipeline, params string[] options) =>
        Tool.StreamingAsync(["generate", .. pipeline.Connection, .. options]);

    public static async Task<IReadOnlyList<SalesDay>> SalesByDayAsync(this Pipeline pipeline, string query = "")
    {
        var answer = (await pipeline.Http.AskAsync($"/sales/daily{query}")).MustBe(200);
        Assert.Empty(answer.Partitions().Missing);
        return [.. answer["days"].Items().Select(ReadDay)];
    }

    public static SalesDay ReadDay(JsonNode day)
    {
        var read = new SalesDay(day["day"]!.Text(), day["currency"]!.Text(), day["orders"]!.Long(), day["units"]!.Long(),
            day["grossMinor"]!.Long(), day["refundedMinor"]!.Long());
        Assert.Equal(read.NetMinor, day["netMinor"]!.Long());
        return read;
    }

    /// <summary>Waits until the sales are the oracle's, to the cent, and stay so once everything is processed.</summary>
    public static async Task SalesBecomeAsync(this Pipeline pipeline, IEnumerable<OlistData> data)
    {
        var expected = data.SelectMany(imported => imported.SalesByDay()).OrderBy(day => day.Day, StringComparer.Ordinal).ToList();
        await Eventually.PassesAsync(async () => Assert.Equal(expected, await pipeline.SalesByDayAsync()));
        await pipeline.SettlesAsync();
        Assert.Equal(expected, await pipeline.SalesByDayAsync());
    }

    /// <summary>Waits until every group has consumed all there is, and no more comes of it.</summary>
    public static async Task SettlesAsync(this Pipeline pipeline)
    {
        using var log = new KafkaLog(pipeline.BootstrapServers);
        await log.SettlesAsync();
    }

    /// <summary>Asks many paths at once; the answers in their order.</summary>
    public static async Task<Answer[]> AskAllAsync(this Pipeline pipeline, IEnumerable<string> paths)
    {
        using var gate = new SemaphoreSlim(16);
        return await Task.WhenAll(paths.Select(async path =>
        {
            await gate.WaitAsync();
            try
            {
                return await pipeline.Http.AskAsync(path);
            }
            finally
            {
                gate.Release();
            }
        }));
    }

    /// <summary>Everything that the pipeline answers about some orders: views, histories, customers, sales.</summary>
    public static async Task<IReadOnlyList<string>> AnswersAsync(this Pipeline pipeline, IReadOnlyCollection<OlistOrder> orders)
    {
        var paths = orders.SelectMany(order => new[] { $"/orders/{order.OrderId}", $"/orders/{order.OrderId}/history" })
            .Concat(orders.Select(order => order.CustomerId).Distinct()
                .SelectMany(customer => new[] { $"/customers/{customer}/orders", $"/customers/{customer}/stats" }))
            .Concat(orders.SelectMany(order => order.Lines).Select(line => line.Sku).Distinct()
                .Select(sku => $"/products/{Uri.EscapeDataString(sku)}/sales"))
            .Concat(["/sales/daily", "/products/top", "/analytics/funnel"])
            .ToList();
        var answers = await pipeline.AskAllAsync(paths);
        return [.. paths.Zip(answers, (path, answer) => $"{path}: {answer.MustBe(200).Text}")];
    }

    /// <summary>The orders of which the event log holds facts.</summary>
    public static IReadOnlyList<string> OrderIds(this Pipeline pipeline)
    {
        using var log = new KafkaLog(pipeline.BootstrapServers);
        return [.. log.Read("orders.events").Select(record => record.KeyText).Distinct().Order(StringComparer.Ordinal)];
    }
}
