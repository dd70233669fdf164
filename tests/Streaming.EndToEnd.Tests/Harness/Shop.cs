using System.Text.Json.Nodes;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>What a shop's front end and its warehouse do over HTTP.</summary>
internal static class Shop
{
    /// <summary>The commands' outcome is awaited, within a bound that a slow machine keeps.</summary>
    public static readonly (string, string) Wait = ("Prefer", "wait=30");

    /// <summary>A sku of the test's own, so that tests on a shared pipeline do not meet.</summary>
    public static string NewSku() => $"SKU-{Guid.NewGuid():n}"[..16];

    public static JsonObject Order(params (string Sku, int Quantity, long PriceMinor)[] items) => new()
    {
        ["customerId"] = "customer-1",
        ["currency"] = "EUR",
        ["items"] = new JsonArray([.. items.Select(item => Item(item.Sku, item.Quantity, item.PriceMinor))]),
    };

    public static JsonObject Item(string sku, int quantity, long priceMinor) =>
        new() { ["sku"] = sku, ["quantity"] = quantity, ["unitPriceMinor"] = priceMinor };

    public static JsonObject Draft(this JsonObject order)
    {
        order["submit"] = false;
        return order;
    }

    public static async Task ReceiveAsync(this HttpClient http, string sku, int quantity) =>
        (await http.PostAsync($"/inventory/{sku}/receipts", new JsonObject { ["quantity"] = quantity }, Wait)).MustBe(200);

    /// <summary>Posts an order; its id.</summary>
    public static async Task<string> OrderAsync(this HttpClient http, JsonObject order) =>
        (await http.PostAsync("/orders", order)).MustBe(202)["orderId"].Text();

    /// <summary>The order once it has come to rest.</summary>
    public static async Task<Answer> SettledAsync(this HttpClient http, string orderId)
    {
        var order = await Eventually.PassesAsync(async () =>
            (await http.AskAsync($"/orders/{orderId}?wait=Reserved&timeout=30s")).MustBe(200));
        Assert.Contains(order["status"].Text(), (string[])["Reserved", "Cancelled"]);
        return order;
    }

    public static async Task<Answer> BecomesAsync(this HttpClient http, string orderId, string status) =>
        await Eventually.PassesAsync(async () =>
        {
            var order = (await http.AskAsync($"/orders/{orderId}")).MustBe(200);
            Assert.Equal(status, order["status"].Text());
            return order;
        });

    public static async Task<IReadOnlyList<string>> FactsAsync(this HttpClient http, string orderId) =>
        [.. (await http.AskAsync($"/orders/{orderId}/history")).MustBe(200)["events"].Items().Select(fact => fact["type"]!.Text())];

    public static Task StockBecomesAsync(this HttpClient http, string sku, long onHand, long reserved) =>
        Eventually.PassesAsync(async () =>
        {
            var stock = (await http.AskAsync($"/inventory/{sku}")).MustBe(200);
            Assert.Equal((sku, onHand, reserved, onHand - reserved),
                (stock["sku"].Text(), stock["onHand"].Long(), stock["reserved"].Long(), stock["available"].Long()));
        });

    public static Answer MustBeProblem(this Answer answer, int status)
    {
        answer.MustBe(status);
        Assert.Equal("application/problem+json", answer.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, answer["status"].Long());
        Assert.NotEqual("", answer["title"].Text());
        return answer;
    }
}
