using System.Text.Json.Nodes;
using Streaming.EndToEnd.Tests.Harness;

namespace Streaming.EndToEnd.Tests.Oracle;

/// <summary>The oracle and the maker of the data know nothing of each other; where they agree, the product can be judged.</summary>
public sealed class OracleTests
{
    private static readonly JsonNode _expected =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.OlistMade, "expected.json")))!;

    [Fact]
    public void Counts_what_the_maker_planned()
    {
        var data = OlistData.Made;

        Assert.Equal(_expected["orders"]!["read"]!.Long(), data.Read);
        Assert.Equal(_expected["orders"]!["sent"]!.Long(), data.Orders.Count);
        Assert.Equal(_expected["orders"]!["rejected"]!.Long(), data.Rejected.Count);
        Assert.Equal(_expected["events"]!.Long(), data.Events);
        Assert.Equal(_expected["skippedRows"]!.Long(), data.SkippedRows);
    }

    [Fact]
    public void Finds_every_planted_fault_on_its_line()
    {
        var planned = _expected["rejected"]!.Items().SelectMany(order => order["faults"]!.Items().SelectMany(fault =>
            fault["lines"]!.Items().Select(line => (order["orderId"]!.Text(), fault["file"]!.Text(), (int)line.Long()))));
        var found = OlistData.Made.Rejected.SelectMany(order => order.Value.Select(fault => (order.Key, fault.File, fault.Line)));

        Assert.Equal(planned.Order(), found.Order());
    }

    [Fact]
    public void Adds_up_the_days_as_planned()
    {
        var planned = _expected["daily"]!.Items().Select(day => new SalesDay(day["day"]!.Text(), "BRL", day["orders"]!.Long(),
            day["units"]!.Long(), day["grossMinor"]!.Long(), day["refundedMinor"]!.Long()));

        Assert.Equal(planned, OlistData.Made.SalesByDay());
    }

    [Fact]
    public void Covers_every_status_that_an_order_can_end_in()
    {
        Assert.Equal(["Cancelled", "Delivered", "Draft", "Paid", "Shipped", "Submitted"],
            OlistData.Made.Orders.Values.Select(order => order.Status).Distinct().Order());
    }

    [SkippableFact]
    public async Task The_checked_in_files_are_what_the_maker_writes()
    {
        Skip.IfNot(Tool.Exists("node"), "node is not installed");
        var folder = Repository.NewFolder("olist-made");
        (await Tool.RunAsync("node", [Path.Combine(Repository.OlistMade, "make.mjs"), folder])).MustSucceed();

        foreach (var made in Directory.GetFiles(folder))
        {
            Assert.Equal(File.ReadAllBytes(made), File.ReadAllBytes(Path.Combine(Repository.OlistMade, Path.GetFileName(made))));
        }

        Assert.Equal(7, Directory.GetFiles(folder).Length);
        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public void The_real_orders_are_all_readable()
    {
        Skip.If(OlistData.Real is null, $"no real orders in {Repository.Olist}");

        Assert.Empty(OlistData.Real!.Rejected);
        Assert.Equal(8135, OlistData.Real.Orders.Count);
    }
}
