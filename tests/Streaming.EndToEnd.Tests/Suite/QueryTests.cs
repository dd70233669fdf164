using System.Diagnostics;
using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;
using static Streaming.EndToEnd.Tests.Harness.Shop;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class QueriesOnTheEmbeddedBroker(EmbeddedTarget target) : QueryTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class QueriesOnApacheKafka(KafkaTarget target) : QueryTests(target);

/// <summary>What can be asked, and what an answer says that is not there.</summary>
public abstract class QueryTests(Target target)
{
    [SkippableFact]
    public async Task What_is_unknown_is_a_404_that_says_so()
    {
        var http = await HttpAsync();
        foreach (var path in (string[])["/orders/nobody-knows", "/orders/nobody-knows/history", "/customers/nobody-knows/stats",
            "/inventory/nobody-knows", "/stores/nobody-knows", "/stores/nobody-knows/keys/1", "/stores/order-view/keys/nobody-knows"])
        {
            var answer = (await http.AskAsync(path)).MustBeProblem(404);
            Assert.Contains("nobody-knows", answer.Text, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Waiting_for_a_state_returns_when_it_is_reached_or_passed()
    {
        var http = await HttpAsync();
        await (await target.SharedAsync()).Pipeline.SettlesAsync();
        var delivered = OlistData.Made.Orders.Values.First(order => order.Status == "Delivered");
        var cancelled = OlistData.Made.Orders.Values.First(order => order.Status == "Cancelled");

        foreach (var order in (OlistOrder[])[delivered, cancelled])
        {
            var watch = Stopwatch.StartNew();
            var answer = (await http.AskAsync($"/orders/{order.OrderId}?wait=Reserved&timeout=60s")).MustBe(200);
            Assert.Equal(order.Status, answer["status"].Text());
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"waited {watch.Elapsed} for what had come");
        }
    }

    [SkippableFact]
    public async Task Waiting_in_vain_ends_with_the_present_view_or_404()
    {
        var http = await HttpAsync();
        var id = await http.OrderAsync(Order((NewSku(), 1, 1)).Draft());
        await http.BecomesAsync(id, "Draft");

        var watch = Stopwatch.StartNew();
        Assert.Equal("Draft", (await http.AskAsync($"/orders/{id}?wait=Reserved&timeout=1s")).MustBe(200)["status"].Text());
        (await http.AskAsync($"/orders/{Guid.NewGuid()}?wait=Reserved&timeout=1s")).MustBeProblem(404);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(20));
        (await http.AskAsync($"/orders/{id}?wait=Sideways&timeout=1s")).MustBeProblem(400);
        (await http.AskAsync($"/orders/{id}?wait=Reserved&timeout=soon")).MustBeProblem(400);
    }

    [SkippableFact]
    public async Task Bad_ranges_are_refused()
    {
        var http = await HttpAsync();
        (await http.AskAsync("/sales/daily?from=yesterday")).MustBeProblem(400);
        (await http.AskAsync("/sales/daily?from=2019-02-30")).MustBeProblem(400);
        (await http.AskAsync("/sales/daily?from=2019-03-02&to=2019-03-01")).MustBeProblem(400);
        (await http.AskAsync("/stores/order-view/keys?limit=many")).MustBeProblem(400);
    }

    [SkippableFact]
    public async Task Every_list_and_total_says_which_partitions_it_holds()
    {
        var pipeline = (await target.SharedAsync()).Pipeline;
        await pipeline.SettlesAsync();
        var order = OlistData.Made.Orders.Values.First(made => made is { Paid: true, Lines.Count: > 0 });
        foreach (var path in (string[])["/sales/daily", "/sales/by-minute", "/products/top", "/analytics/funnel", "/stores/order-view/keys?limit=5",
            $"/customers/{order.CustomerId}/orders", $"/products/{Uri.EscapeDataString(order.Lines[0].Sku)}/sales"])
        {
            var (answered, missing) = (await pipeline.Http.AskAsync(path)).MustBe(200).Partitions();
            Assert.Empty(missing);
            Assert.NotEmpty(answered);
        }
    }

    [SkippableFact]
    public async Task A_products_sales_by_day_are_those_of_its_paid_lines()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SettlesAsync();
        var skus = OlistData.Made.Orders.Values.SelectMany(order => order.Lines).Select(line => line.Sku).Distinct().ToList();
        var answers = await shared.Pipeline.AskAllAsync(skus.Select(sku => $"/products/{Uri.EscapeDataString(sku)}/sales"));

        Assert.Equal(skus.Select(Expected), answers.Select((answer, i) => Actual(skus[i], answer.MustBe(200))));

        static string Expected(string sku) => sku + ": " + string.Join(", ", OlistData.Made.Orders.Values.Where(order => order.Paid)
            .SelectMany(order => order.Lines.Where(line => line.Sku == sku).Select(line => (order.At("PaymentReceived").Date, line.PriceMinor)))
            .GroupBy(sale => sale.Date).OrderBy(day => day.Key)
            .Select(day => $"{day.Key:yyyy-MM-dd} {day.Count()} {day.Sum(sale => sale.PriceMinor)}"));

        static string Actual(string sku, Answer answer) => sku + ": " + string.Join(", ", answer["days"].Items()
            .Select(day => $"{day["day"]} {day["units"]} {day["salesMinor"]}"));
    }

    [SkippableFact]
    public async Task A_customers_statistics_count_its_orders()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SettlesAsync();
        var customers = shared.Imported.SelectMany(data => data.Orders.Values).GroupBy(order => order.CustomerId)
            .OrderByDescending(orders => orders.Count()).Take(20).ToList();

        foreach (var customer in customers)
        {
            var stats = (await shared.Pipeline.Http.AskAsync($"/customers/{customer.Key}/stats")).MustBe(200);
            Assert.Equal((customer.Key, (long)customer.Count()), (stats["customerId"].Text(), stats["orders"].Long()));
        }
    }

    [SkippableFact]
    public async Task Stores_can_be_listed_looked_into_and_paged()
    {
        var http = await HttpAsync();
        await (await target.SharedAsync()).Pipeline.SettlesAsync();
        var stores = (await http.AskAsync("/stores")).MustBe(200);
        var names = stores["stores"].Items().Select(store => store["name"]!.Text()).ToList();
        foreach (var store in (string[])["orders", "stock", "sales-orders", "sales-by-day", "order-view", "orders-by-customer", "order-history", "customer-stats"])
        {
            Assert.Contains(store, names);
        }

        var order = OlistData.Made.Orders.Values.First();
        var entry = (await http.AskAsync($"/stores/order-view/keys/{order.OrderId}")).MustBe(200);
        Assert.Contains(order.CustomerId, entry.Text, StringComparison.Ordinal);

        var page = (await http.AskAsync("/stores/order-view/keys?limit=7")).MustBe(200);
        Assert.Equal(7, page["entries"].Items().Count());
    }

    [SkippableFact]
    public async Task The_interface_is_described()
    {
        var paths = (await (await HttpAsync()).AskAsync("/openapi/v1.json")).MustBe(200)["paths"].AsObject()
            .Select(path => path.Key).ToHashSet();

        Assert.Superset(
            (HashSet<string>)["/orders", "/orders/{id}", "/orders/{id}/history", "/orders/{id}/items", "/orders/{id}/items/{line}",
                "/orders/{id}/submit", "/orders/{id}/cancel", "/orders/{id}/commands/{commandId}", "/inventory/{sku}",
                "/inventory/{sku}/receipts", "/inventory/{sku}/adjustments", "/inventory/{sku}/commands/{commandId}",
                "/customers/{id}/orders", "/customers/{id}/stats", "/sales/daily", "/sales/by-minute", "/products/{sku}/sales",
                "/products/top", "/analytics/funnel", "/stores", "/stores/{name}/keys", "/stores/{name}/keys/{key}"], paths);
    }

    [SkippableFact]
    public async Task Health_is_good()
    {
        var http = await HttpAsync();
        (await http.AskAsync("/health/live")).MustBe(200);
        (await http.AskAsync("/health/ready")).MustBe(200);
    }

    private async Task<HttpClient> HttpAsync() => (await target.SharedAsync()).Pipeline.Http;
}
