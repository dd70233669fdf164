using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;
using static Streaming.EndToEnd.Tests.Harness.Shop;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class OrderIntakeOnTheEmbeddedBroker(EmbeddedTarget target) : OrderIntakeTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class OrderIntakeOnApacheKafka(KafkaTarget target) : OrderIntakeTests(target);

/// <summary>Orders over HTTP, from the request to the reserved stock.</summary>
public abstract class OrderIntakeTests(Target target)
{
    [SkippableFact]
    public async Task An_order_in_stock_is_reserved()
    {
        var http = await HttpAsync();
        var (book, lamp) = (NewSku(), NewSku());
        await http.ReceiveAsync(book, 10);
        await http.ReceiveAsync(lamp, 3);

        var body = Order((book, 4, 1250), (lamp, 3, 999));
        body["shippingMinor"] = 490;
        var accepted = (await http.PostAsync("/orders", body)).MustBe(202);
        var order = await http.SettledAsync(accepted["orderId"].Text());

        Assert.Equal("Reserved", order["status"].Text());
        Assert.Equal(5, order["version"].Long());
        Assert.Equal((7997L, 490L, 8487L), (order["itemsMinor"].Long(), order["shippingMinor"].Long(), order["totalMinor"].Long()));
        Assert.Equal((0L, 0L), (order["paidMinor"].Long(), order["refundedMinor"].Long()));
        Assert.Equal($"[1 {book} 4 1250, 2 {lamp} 3 999]",
            $"[{string.Join(", ", order["items"].Items().Select(i => $"{i["line"]} {i["sku"]} {i["quantity"]} {i["unitPriceMinor"]}"))}]");
        Assert.Equal(["OrderCreated", "OrderItemAdded", "OrderItemAdded", "OrderSubmitted", "OrderReserved"],
            await http.FactsAsync(order["orderId"].Text()));
        await http.StockBecomesAsync(book, 10, 4);
        await http.StockBecomesAsync(lamp, 3, 3);

        Assert.NotNull(accepted.Location);
        await Eventually.PassesAsync(async () => (await http.AskAsync(accepted.Location!)).MustBe(200));
    }

    [SkippableFact]
    public async Task An_order_of_which_one_line_is_scarceis_cancelled_and_gives_back_the_others()
    {
        var http = await HttpAsync();
        var (plenty, scarce) = (NewSku(), NewSku());
        await http.ReceiveAsync(plenty, 10);
        await http.ReceiveAsync(scarce, 2);

        var order = await http.SettledAsync(await http.OrderAsync(Order((plenty, 5, 100), (scarce, 3, 100))));

        Assert.Equal(("Cancelled", "INVENTORY_ISSUE"), (order["status"].Text(), order["cancelReason"].Text()));
        await http.StockBecomesAsync(plenty, 10, 0);
        await http.StockBecomesAsync(scarce, 2, 0);
    }

    [SkippableFact]
    public async Task An_order_of_an_unknown_product_is_cancelled_not_dropped()
    {
        var http = await HttpAsync();

        var order = await http.SettledAsync(await http.OrderAsync(Order((NewSku(), 1, 100))));

        Assert.Equal(("Cancelled", "INVENTORY_ISSUE"), (order["status"].Text(), order["cancelReason"].Text()));
    }

    [SkippableFact]
    public async Task Competing_orders_never_reserve_more_than_there_is()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        await http.ReceiveAsync(sku, 10);

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.OrderAsync(Order((sku, 3, 100)))));
        var statuses = new List<string>();
        foreach (var id in ids)
        {
            statuses.Add((await http.SettledAsync(id))["status"].Text());
        }

        Assert.Equal(3, statuses.Count(status => status == "Reserved"));
        await http.StockBecomesAsync(sku, 10, 9);
    }

    [SkippableFact]
    public async Task A_customer_may_cancel_a_reserved_order_and_its_stock_is_free_again()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        await http.ReceiveAsync(sku, 5);
        var id = await http.OrderAsync(Order((sku, 5, 100)));
        await http.SettledAsync(id);

        (await http.PostAsync($"/orders/{id}/cancel", new JsonObject { ["reason"] = "changed my mind" }, Wait)).MustBe(200);

        var order = await http.BecomesAsync(id, "Cancelled");
        Assert.Equal("CUSTOMER", order["cancelReason"].Text());
        Assert.Equal(["OrderCreated", "OrderItemAdded", "OrderSubmitted", "OrderReserved", "OrderCancellationRequested", "OrderCancelled"],
            await http.FactsAsync(id));
        await http.StockBecomesAsync(sku, 5, 0);
    }

    [SkippableFact]
    public async Task A_cancellation_right_behind_the_order_leaves_no_stock_reserved()
    {
        var http = await HttpAsync();
        var sku = NewSku();
        await http.ReceiveAsync(sku, 5);

        var id = await http.OrderAsync(Order((sku, 5, 100)));
        (await http.PostAsync($"/orders/{id}/cancel", new JsonObject(), Wait)).MustBe(200);

        Assert.Equal("CUSTOMER", (await http.BecomesAsync(id, "Cancelled"))["cancelReason"].Text());
        await http.StockBecomesAsync(sku, 5, 0);
    }

    [SkippableFact]
    public async Task A_draft_takes_and_loses_items_until_it_is_submitted()
    {
        var http = await HttpAsync();
        var (kept, removed, added) = (NewSku(), NewSku(), NewSku());
        await http.ReceiveAsync(kept, 1);
        await http.ReceiveAsync(added, 2);
        var id = await http.OrderAsync(Order((kept, 1, 500), (removed, 9, 1)).Draft());
        Assert.Equal("Draft", (await http.BecomesAsync(id, "Draft"))["status"].Text());

        (await http.PostAsync($"/orders/{id}/items", Item(added, 2, 250), Wait)).MustBe(200);
        (await http.RemoveAsync($"/orders/{id}/items/2", Wait)).MustBe(200);
        (await http.PostAsync($"/orders/{id}/submit", null, Wait)).MustBe(200);
        var order = await http.SettledAsync(id);

        Assert.Equal(("Reserved", 1000L), (order["status"].Text(), order["itemsMinor"].Long()));
        Assert.Equal([kept, added], order["items"].Items().Select(item => item["sku"]!.Text()));
        (await http.PostAsync($"/orders/{id}/items", Item(added, 1, 1), Wait)).MustBeProblem(409);
    }

    [SkippableFact]
    public async Task A_draft_is_cancelled_at_once()
    {
        var http = await HttpAsync();
        var id = await http.OrderAsync(Order((NewSku(), 1, 1)).Draft());

        (await http.PostAsync($"/orders/{id}/cancel", null, Wait)).MustBe(200);

        Assert.Equal("CUSTOMER", (await http.BecomesAsync(id, "Cancelled"))["cancelReason"].Text());
        Assert.Equal(["OrderCreated", "OrderItemAdded", "OrderCancelled"], await http.FactsAsync(id));
    }

    [SkippableFact]
    public async Task An_empty_draft_cannot_be_submitted()
    {
        var http = await HttpAsync();
        var id = await http.OrderAsync(Order().Draft());

        var refused = (await http.PostAsync($"/orders/{id}/submit", null, Wait)).MustBeProblem(409);

        Assert.NotEqual("", refused["code"].Text());
        Assert.Equal("Draft", (await http.BecomesAsync(id, "Draft"))["status"].Text());
    }

    [SkippableFact]
    public async Task The_same_key_and_body_again_are_the_same_order()
    {
        var http = await HttpAsync();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var sku = NewSku();
        await http.ReceiveAsync(sku, 10);

        var first = (await http.PostAsync("/orders", Order((sku, 2, 100)), key)).MustBe(202);
        await http.SettledAsync(first["orderId"].Text());
        var second = (await http.PostAsync("/orders", Order((sku, 2, 100)), key)).MustBe(202);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Location, second.Location);
        var outcome = (await http.PostAsync("/orders", Order((sku, 2, 100)), key, Wait)).MustBe(200);
        Assert.Equal(first["commandId"].Text(), outcome["commandId"].Text());
        Assert.Equal(4, (await http.FactsAsync(first["orderId"].Text())).Count);
        await http.StockBecomesAsync(sku, 10, 2);
    }

    [SkippableFact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        var http = await HttpAsync();
        var key = ("Idempotency-Key", Guid.NewGuid().ToString());
        var first = (await http.PostAsync("/orders", Order((NewSku(), 1, 100)).Draft(), key)).MustBe(202);

        var refused = (await http.PostAsync("/orders", Order((NewSku(), 2, 100)).Draft(), key, Wait)).MustBeProblem(422);

        Assert.Equal("IDEMPOTENCY_KEY_REUSED", refused["code"].Text());
        await http.BecomesAsync(first["orderId"].Text(), "Draft");
        Assert.Equal(2, (await http.FactsAsync(first["orderId"].Text())).Count);
    }

    [SkippableFact]
    public async Task If_Match_holds_a_command_to_the_version_that_its_sender_saw()
    {
        var http = await HttpAsync();
        var id = await http.OrderAsync(Order((NewSku(), 1, 100)).Draft());
        await http.BecomesAsync(id, "Draft");

        var stale = (await http.PostAsync($"/orders/{id}/items", Item(NewSku(), 1, 1), ("If-Match", "\"1\""), Wait)).MustBeProblem(412);
        Assert.Equal((1L, 2L), (stale["expectedVersion"].Long(), stale["actualVersion"].Long()));

        var current = (await http.PostAsync($"/orders/{id}/items", Item(NewSku(), 1, 1), ("If-Match", "\"2\""), Wait)).MustBe(200);
        Assert.Equal(3, current["version"].Long());
        (await http.PostAsync($"/orders/{id}/items", Item(NewSku(), 1, 1), ("If-Match", "two"))).MustBeProblem(400);
    }

    [SkippableFact]
    public async Task A_command_can_be_asked_after()
    {
        var http = await HttpAsync();
        var accepted = (await http.PostAsync("/orders", Order((NewSku(), 1, 100)).Draft())).MustBe(202);
        var path = $"/orders/{accepted["orderId"].Text()}/commands/";

        var outcome = await OutcomeAsync(path + accepted["commandId"].Text());
        Assert.Equal(("accepted", 2L), (outcome["status"].Text(), outcome["version"].Long()));

        var late = (await http.RemoveAsync($"/orders/{accepted["orderId"].Text()}/items/7")).MustBe(202);
        outcome = await OutcomeAsync(path + late["commandId"].Text());
        Assert.Equal("rejected", outcome["status"].Text());
        Assert.NotEqual("", outcome["code"].Text());
        Assert.NotEqual("", outcome["message"].Text());

        async Task<Answer> OutcomeAsync(string command) => await Eventually.PassesAsync(async () =>
        {
            var answer = (await http.AskAsync(command)).MustBe(200);
            Assert.NotEqual("pending", answer["status"].Text());
            return answer;
        });
    }

    [SkippableFact]
    public async Task Commands_for_orders_that_the_pipeline_does_not_own_are_refused()
    {
        var http = await HttpAsync();
        var imported = OlistData.Made.Orders.Keys.First();

        foreach (var id in (string[])[Guid.NewGuid().ToString(), imported])
        {
            var refused = (await http.PostAsync($"/orders/{id}/cancel", null, Wait)).MustBeProblem(409);
            Assert.Equal("UNKNOWN_ORDER", refused["code"].Text());
        }
    }

    [SkippableFact]
    public async Task A_bad_request_is_told_every_field_that_is_wrong()
    {
        var http = await HttpAsync();

        var refused = (await http.PostAsync("/orders", new JsonObject
        {
            ["currency"] = "euro",
            ["shippingMinor"] = -1,
            ["submit"] = "yes",
            ["items"] = new JsonArray(Item("", 0, 100), Item("A", 1, -5), new JsonObject { ["sku"] = "B", ["quantity"] = 1.5 }),
        })).MustBeProblem(400);

        var fields = refused["errors"].AsObject().Select(error => error.Key).ToHashSet();
        Assert.Superset(
            (HashSet<string>)["customerId", "currency", "shippingMinor", "submit", "items[0].sku", "items[0].quantity",
                "items[1].unitPriceMinor", "items[2].quantity", "items[2].unitPriceMinor"], fields);
        (await http.PostAsync("/orders", Order())).MustBeProblem(400);
        (await http.PostTextAsync("/orders", """{"customerId": "c", """)).MustBeProblem(400);
        (await http.PostTextAsync("/orders", "[]")).MustBeProblem(400);
        (await http.PostTextAsync("/orders", "")).MustBeProblem(400);
    }

    [SkippableFact]
    public async Task A_body_is_read_as_JSON_whatever_its_content_type_says()
    {
        var http = await HttpAsync();
        foreach (var type in (string?[])["application/x-www-form-urlencoded", "text/plain", null])
        {
            using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(Order((NewSku(), 1, 1)).Draft().ToJsonString()));
            content.Headers.ContentType = type is null ? null : new(type);
            using var response = await http.PostAsync(new Uri("/orders", UriKind.Relative), content);
            Assert.Equal(202, (int)response.StatusCode);
        }
    }

    [SkippableFact]
    public async Task Orders_have_limits_of_lines_and_bytes()
    {
        var http = await HttpAsync();
        var many = Order([.. Enumerable.Range(0, 5000).Select(_ => ("SKU", 1, 1L))]);
        Assert.Contains((int)(await http.PostAsync("/orders", many)).Status, (int[])[400, 413]);

        var large = Order(("SKU", 1, 1));
        large["salesChannel"] = new string('x', 300_000);
        Assert.Contains((int)(await http.PostAsync("/orders", large)).Status, (int[])[400, 413]);
    }

    [SkippableFact]
    public async Task Correlation_and_trace_come_back()
    {
        var http = await HttpAsync();
        var correlation = Guid.NewGuid().ToString();
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

        var given = await http.PostAsync("/orders", Order((NewSku(), 1, 1)).Draft(),
            ("X-Correlation-Id", correlation), ("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"));
        Assert.Equal(correlation, Assert.Single(given.MustBe(202).Response.Headers.GetValues("X-Correlation-Id")));
        Assert.Contains(Trace, Assert.Single(given.Response.Headers.GetValues("traceparent")), StringComparison.Ordinal);

        var made = await http.PostAsync("/orders", Order((NewSku(), 1, 1)).Draft());
        Assert.NotEqual("", Assert.Single(made.MustBe(202).Response.Headers.GetValues("X-Correlation-Id")));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$", Assert.Single(made.Response.Headers.GetValues("traceparent")));
    }

    private async Task<HttpClient> HttpAsync() => (await target.SharedAsync()).Pipeline.Http;
}
