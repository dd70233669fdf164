using System.Net;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;
using static Streaming.EndToEnd.Tests.Harness.Shop;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class RestartsOnTheEmbeddedBroker(EmbeddedTarget target) : RestartTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class RestartsOnApacheKafka(KafkaTarget target) : RestartTests(target);

/// <summary>Ctrl-C and on.</summary>
public abstract class RestartTests(Target target)
{
    [SkippableFact]
    public async Task Ctrl_C_stops_cleanly_and_a_restart_goes_on_where_it_was()
    {
        await using var deployment = await target.FreshAsync();
        var pipeline = await deployment.StartAsync();
        Assert.Equal(2, (await pipeline.ImportAsync(OlistData.Made)).ExitCode);
        var sku = NewSku();
        await pipeline.Http.ReceiveAsync(sku, 10);
        var known = await pipeline.Http.OrderAsync(Order((sku, 1, 100)).Draft());
        await pipeline.Http.BecomesAsync(known, "Draft");
        // Under way somewhere when the pipeline stops.
        var id = await pipeline.Http.OrderAsync(Order((sku, 4, 100)));

        Assert.Equal(0, await pipeline.InterruptAsync());
        Assert.DoesNotContain("Unhandled exception", pipeline.Output, StringComparison.Ordinal);

        pipeline = await deployment.StartWithoutWaitingAsync();
        await ComesBackWithoutAFalseAnswerAsync(pipeline.Http, known);
        Assert.Equal("Reserved", (await pipeline.Http.SettledAsync(id))["status"].Text());
        await pipeline.SalesBecomeAsync([OlistData.Made]);
        await pipeline.Http.StockBecomesAsync(sku, 10, 4);

        // Stopped and started once more with nothing to do.
        var before = await pipeline.AnswersAsync([.. OlistData.Made.Orders.Values]);
        Assert.Equal(0, await pipeline.InterruptAsync());
        pipeline = await deployment.StartAsync();
        Assert.Equal(before, await pipeline.AnswersAsync([.. OlistData.Made.Orders.Values]));
        Assert.Equal(["OrderCreated", "OrderItemAdded", "OrderSubmitted", "OrderReserved"], await pipeline.Http.FactsAsync(id));
        await pipeline.Http.StockBecomesAsync(sku, 10, 4);
    }

    /// <summary>While the stores restore a known order is 503 with Retry-After, never 404.</summary>
    private static Task ComesBackWithoutAFalseAnswerAsync(HttpClient http, string orderId) => Eventually.PassesAsync(async () =>
    {
        var answer = await http.AskAsync($"/orders/{orderId}/history");
        if (answer.Status is HttpStatusCode.ServiceUnavailable)
        {
            Assert.NotNull(answer.Response.Headers.RetryAfter);
        }
        else if (answer.Status is not HttpStatusCode.OK)
        {
            throw new InvalidOperationException($"a false answer: {answer}");
        }

        answer.MustBe(200);
    });
}
