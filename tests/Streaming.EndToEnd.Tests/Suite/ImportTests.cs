using System.Text.RegularExpressions;
using Streaming.EndToEnd.Tests.Harness;
using Streaming.EndToEnd.Tests.Oracle;

namespace Streaming.EndToEnd.Tests.Suite;

[Collection(OnTheEmbeddedBroker.Name)]
public sealed class ImportOnTheEmbeddedBroker(EmbeddedTarget target) : ImportTests(target);

[Collection(OnApacheKafka.Name)]
public sealed class ImportOnApacheKafka(KafkaTarget target) : ImportTests(target);

/// <summary>Imported orders, compared with counts over the CSV files.</summary>
public abstract class ImportTests(Target target)
{
    [SkippableFact]
    public async Task Reports_every_faulty_row_by_file_and_line_and_leaves_its_order_out()
    {
        var shared = await target.SharedAsync();
        var reported = shared.MadeImport.Error.Split('\n');

        Assert.All(OlistData.Made.Rejected.Values.SelectMany(faults => faults), fault =>
            Assert.Contains(reported, line => Regex.IsMatch(line, $@"\b{Regex.Escape(fault.File)}\D{{1,10}}{fault.Line}\b")));
        var answers = await shared.Pipeline.AskAllAsync(OlistData.Made.Rejected.Keys.Select(id => $"/orders/{id}"));
        Assert.All(answers, answer => answer.MustBe(404));
    }

    [SkippableFact]
    public async Task Sums_up_and_exits_with_2_if_an_order_was_rejected()
    {
        var shared = await target.SharedAsync();
        var data = OlistData.Made;

        Assert.Equal(2, shared.MadeImport.ExitCode);
        Assert.Matches($@"orders:\s+{data.Read} read, {data.Orders.Count} sent, {data.Rejected.Count} rejected", shared.MadeImport.Output);
        Assert.Matches($@"events:.*\b{data.Events} sent", shared.MadeImport.Output);
        Assert.Matches($@"\b{data.SkippedRows} skipped", shared.MadeImport.Output);
    }

    [SkippableFact]
    public async Task Imports_the_real_orders_without_a_fault()
    {
        var shared = await target.SharedAsync();
        Skip.If(OlistData.Real is null, $"no real orders in {Repository.Olist}");

        Assert.True(shared.RealImport!.ExitCode == 0, shared.RealImport.ToString());
        Assert.Matches($@"orders:\s+{OlistData.Real!.Read} read, {OlistData.Real.Read} sent, 0 rejected", shared.RealImport.Output);
        Assert.Matches($@"events:.*\b{OlistData.Real.Events} sent", shared.RealImport.Output);
    }

    [SkippableFact]
    public async Task Sales_by_day_are_an_independent_count_to_the_cent()
    {
        var shared = await target.SharedAsync();

        await shared.Pipeline.SalesBecomeAsync(shared.Imported);
        var answer = await shared.Pipeline.Http.AskAsync("/sales/daily");
        Assert.Equal(Enumerable.Range(0, target.Partitions), answer.Partitions().Answered);
    }

    [SkippableFact]
    public async Task Sales_of_a_range_include_both_of_its_ends_and_leave_empty_days_out()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SalesBecomeAsync(shared.Imported);
        var days = OlistData.Made.SalesByDay();

        Assert.Equal(days.Where(day => string.CompareOrdinal(day.Day, "2019-07-01") >= 0), await shared.Pipeline.SalesByDayAsync("?from=2019-07-01"));
        Assert.Equal(days.Where(day => day.Day is "2019-07-10" or "2019-07-15"), await shared.Pipeline.SalesByDayAsync("?from=2019-07-10&to=2019-07-15"));
        Assert.Equal([new SalesDay("2019-07-15", "BRL", 0, 0, 0, days.Single(day => day.Day == "2019-07-15").RefundedMinor)],
            await shared.Pipeline.SalesByDayAsync("?from=2019-07-11&to=2019-07-20"));
        Assert.Empty(await shared.Pipeline.SalesByDayAsync("?from=2019-07-16&to=2019-07-31"));
    }

    [SkippableFact]
    public async Task Every_order_has_the_status_version_lines_and_amounts_of_its_rows()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SettlesAsync();
        var orders = shared.Imported.SelectMany(data => data.Orders.Values).ToList();
        var answers = await shared.Pipeline.AskAllAsync(orders.Select(order => $"/orders/{order.OrderId}"));

        Assert.Equal(orders.Select(Expected), answers.Select(answer => Actual(answer.MustBe(200))));

        static string Expected(OlistOrder order) =>
            $"{order.OrderId} {order.CustomerId} {order.Status} {order.Version} {order.CancelReason} "
            + $"[{string.Join(' ', order.Lines.Select(line => $"{line.Line}:{line.Sku}:1:{line.PriceMinor}"))}] "
            + $"BRL {order.ItemsMinor}+{order.ShippingMinor}={order.ItemsMinor + order.ShippingMinor} {order.PaidMinor}-{order.RefundedMinor}";

        static string Actual(Answer order) =>
            $"{order["orderId"].Text()} {order["customerId"].Text()} {order["status"].Text()} {order["version"].Long()} {order.Body!["cancelReason"]?.Text()} "
            + $"[{string.Join(' ', order["items"].Items().Select(item => $"{item["line"]}:{item["sku"]}:{item["quantity"]}:{item["unitPriceMinor"]}"))}] "
            + $"{order["currency"].Text()} {order["itemsMinor"]}+{order["shippingMinor"]}={order["totalMinor"]} {order["paidMinor"]}-{order["refundedMinor"]}";
    }

    [SkippableFact]
    public async Task Every_history_tells_the_facts_in_order_with_their_own_times()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SettlesAsync();
        var orders = shared.Imported.SelectMany(data => data.Orders.Values).ToList();
        var answers = await shared.Pipeline.AskAllAsync(orders.Select(order => $"/orders/{order.OrderId}/history"));

        Assert.Equal(
            orders.Select(order => $"{order.OrderId}: " + string.Join(", ", order.Facts.Select((fact, i) => $"{i + 1} {fact.Type} {fact.OccurredAt:s}"))),
            answers.Select(answer => $"{answer.MustBe(200)["orderId"].Text()}: " + string.Join(", ", answer["events"].Items().Select(fact =>
                $"{fact["version"]} {fact["type"]} {fact["occurredAt"]!.GetValue<DateTimeOffset>().ToUniversalTime():s}"))));
        Assert.All(answers, answer => Assert.Equal(
            answer["events"].Items().Count(),
            answer["events"].Items().Select(fact => fact["eventId"]!.GetValue<Guid>()).Distinct().Count()));
    }

    [SkippableFact]
    public async Task A_customer_has_all_of_its_orders()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SettlesAsync();
        var customers = OlistData.Made.Orders.Values.GroupBy(order => order.CustomerId).ToList();
        var answers = await shared.Pipeline.AskAllAsync(customers.Select(customer => $"/customers/{customer.Key}/orders"));

        Assert.Equal(
            customers.Select(customer => $"{customer.Key}: {string.Join(' ', customer.Select(order => order.OrderId).Order(StringComparer.Ordinal))}"),
            answers.Select((answer, i) => $"{customers[i].Key}: "
                + string.Join(' ', answer.MustBe(200)["orders"].Items().Select(order => order["orderId"]!.Text()).Order(StringComparer.Ordinal))));
        Assert.All(answers, answer => Assert.Empty(answer.Partitions().Missing));
    }

    [SkippableFact]
    public async Task A_second_import_changes_no_answer()
    {
        var shared = await target.SharedAsync();
        await shared.Pipeline.SalesBecomeAsync(shared.Imported);
        var orders = OlistData.Made.Orders.Values.ToList();
        var before = await shared.Pipeline.AnswersAsync(orders);

        Assert.Equal(2, (await shared.Pipeline.ImportAsync(OlistData.Made)).ExitCode);
        if (OlistData.Real is { } real)
        {
            (await shared.Pipeline.ImportAsync(real)).MustSucceed();
        }

        await shared.Pipeline.SettlesAsync();

        Assert.Equal(before, await shared.Pipeline.AnswersAsync(orders));
        await shared.Pipeline.SalesBecomeAsync(shared.Imported);
    }
}
