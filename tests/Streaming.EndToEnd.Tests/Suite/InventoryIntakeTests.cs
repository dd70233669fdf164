using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Harness;
using static Streaming.EndToEnd.Tests.Harness.Shop;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class InventoryIntakeOnTheEmbeddedBroker(EmbeddedTarget target) : InventoryIntakeTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class InventoryIntakeOnApacheKafka(KafkaTarget target) : InventoryIntakeTests(target);

/// <summary>The warehouse's side.</summary>
public abstract class InventoryIntakeTests(Target target)
{
    [SkippableFact]
    public async Task Receipts_and_adjustments_add_up()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        (await http.AskAsync($"/inventory/{sku}")).MustBeProblem(404);

        await http.ReceiveAsync(sku, 10);
        await http.ReceiveAsync(sku, 5);
        (await http.PostAsync($"/inventory/{sku}/adjustments", Adjustment(-3), Wait)).MustBe(200);
        (await http.PostAsync($"/inventory/{sku}/adjustments", Adjustment(1), Wait)).MustBe(200);

        await http.StockBecomesAsync(sku, 13, 0);
    }

    [SkippableFact]
    public async Task Stock_never_falls_below_what_is_reserved()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        await http.ReceiveAsync(sku, 10);
        await http.SettledAsync(await http.OrderAsync(Order((sku, 6, 100))));

        var refused = (await http.PostAsync($"/inventory/{sku}/adjustments", Adjustment(-5), Wait)).MustBeProblem(409);

        Assert.NotEqual("", refused["code"].Text());
        await http.StockBecomesAsync(sku, 10, 6);
    }

    [SkippableFact]
    public async Task The_same_receipt_counts_once()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());

        var first = (await http.PostAsync($"/inventory/{sku}/receipts", new JsonObject { ["quantity"] = 4 }, key)).MustBe(202);
        var second = (await http.PostAsync($"/inventory/{sku}/receipts", new JsonObject { ["quantity"] = 4 }, key)).MustBe(202);
        Assert.Equal(first["commandId"].Text(), second["commandId"].Text());
        var other = (await http.PostAsync($"/inventory/{sku}/receipts", new JsonObject { ["quantity"] = 5 }, key, Wait)).MustBeProblem(422);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", other["code"].Text());

        await http.StockBecomesAsync(sku, 4, 0);
    }

    [SkippableFact]
    public async Task A_receipt_can_be_asked_after()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        var receipt = (await http.PostAsync($"/inventory/{sku}/receipts", new JsonObject { ["quantity"] = 4 })).MustBe(202);

        await Eventually.PassesAsync(async () =>
        {
            var outcome = (await http.AskAsync($"/inventory/{sku}/commands/{receipt["commandId"].Text()}")).MustBe(200);
            Assert.Equal(("accepted", 1L), (outcome["status"].Text(), outcome["version"].Long()));
        });
    }

    [SkippableFact]
    public async Task Bad_quantities_are_refused()
    {
        var http = await HttpAsync();
        foreach (var quantity in (JsonNode?[])[0, -1, 1.5, "4", null])
        {
            var refused = (await http.PostAsync($"/inventory/{NewSku()}/receipts", new JsonObject { ["quantity"] = quantity?.DeepClone() })).MustBeProblem(400);
            Assert.NotNull(refused["errors"]["quantity"]);
        }
        (await http.PostAsync($"/inventory/{NewSku()}/adjustments", Adjustment(0))).MustBeProblem(400);
    }

    private static JsonObject Adjustment(int quantity) => new() { ["quantity"] = quantity, ["reason"] = "stocktaking" };

    private async Task<HttpClient> HttpAsync() => (await target.SharedAsync()).Pipeline.Http;
}
