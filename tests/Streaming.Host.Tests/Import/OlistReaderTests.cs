using Streaming.Host.Import;

namespace Streaming.Host.Tests.Import;

public sealed class OlistReaderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("olist-");

    [Fact]
    public void Joins_an_order_with_its_items_and_payments()
    {
        Write(
            orders: ["o1,c1,delivered,2018-01-02 03:04:05,2018-01-02 04:00:00,,2018-01-05 00:00:00"],
            items: ["o1,2,skuB,20.5,1.25", "o1,1,skuA,10,0"],
            payments: ["o1,20.25", "o1,11.50"]);

        var order = Assert.Single(OlistReader.Read(_directory.FullName).Orders);

        Assert.Equal("u1", order.CustomerUniqueId);
        Assert.Equal(new DateTimeOffset(2018, 1, 2, 3, 4, 5, TimeSpan.Zero), order.Purchased);
        Assert.Null(order.HandedToCarrier);
        Assert.Equal([new OlistItem(1, "skuA", 1000, 0), new OlistItem(2, "skuB", 2050, 125)], order.Items);
        Assert.Equal(3175, order.PaidMinor);
    }

    [Theory]
    [InlineData("o1,c1,delivered,yesterday,,,", "order_purchase_timestamp")]
    [InlineData("o1,c9,delivered,2018-01-02 03:04:05,,,", "customer c9")]
    [InlineData("o1,c1,delivered", "order_purchase_timestamp")]
    [InlineData("o1,c1,,2018-01-02 03:04:05,,,", "order_status")]
    public void Reports_a_faulty_order_with_file_and_line(string row, string reason)
    {
        Write(orders: ["o0,c1,created,2018-01-01 00:00:00,,,", row]);

        var data = OlistReader.Read(_directory.FullName);

        var fault = Assert.Single(data.Faults);
        Assert.Equal(("orders.csv", 3), (fault.File, fault.Line));
        Assert.Contains(reason, fault.Reason, StringComparison.Ordinal);
        Assert.Equal((2, 1), (data.OrdersRead, data.OrdersRejected));
    }

    [Theory]
    [InlineData("o1,one,sku,1,1")]
    [InlineData("o1,1,sku,1.005,1")]
    [InlineData("o1,1,sku,-1,1")]
    [InlineData("o1,1,,1,1")]
    [InlineData("o1,1,sku,1")]
    public void A_faulty_item_leaves_its_whole_order_out(string item)
    {
        Write(orders: ["o1,c1,created,2018-01-01 00:00:00,,,"], items: [item]);

        var data = OlistReader.Read(_directory.FullName);

        Assert.Empty(data.Orders);
        Assert.Equal(1, data.OrdersRejected);
        Assert.Equal(("order_items.csv", 2), (Assert.Single(data.Faults).File, data.Faults[0].Line));
    }

    [Fact]
    public void Counts_rows_of_orders_that_are_not_listed_as_skipped()
    {
        Write(orders: ["o1,c1,created,2018-01-01 00:00:00,,,"], items: ["o9,1,sku,1,1"], payments: ["o9,1"]);

        var data = OlistReader.Read(_directory.FullName);

        Assert.Equal((2, 0), (data.RowsSkipped, data.Faults.Count));
    }

    [Fact]
    public void Gives_the_line_of_a_row_behind_a_field_of_several_lines()
    {
        Write(
            orders: ["o1,c1,created,2018-01-01 00:00:00,,,"],
            items: ["\"o\n9\",1,sku,1,1", "o1,1,sku,bad,1"]);

        Assert.Equal(4, Assert.Single(OlistReader.Read(_directory.FullName).Faults).Line);
    }

    [Fact]
    public void Orders_come_by_purchase_time()
    {
        Write(orders: ["o2,c1,created,2018-01-02 00:00:00,,,", "o1,c1,created,2018-01-01 00:00:00,,,"]);

        Assert.Equal(["o1", "o2"], OlistReader.Read(_directory.FullName).Orders.Select(o => o.OrderId));
    }

    [Fact]
    public void A_file_without_a_column_cannot_be_imported()
    {
        Write(orders: []);
        File.WriteAllText(Path.Combine(_directory.FullName, "orders.csv"), "order_id\n");

        var e = Assert.Throws<ImportException>(() => OlistReader.Read(_directory.FullName));

        Assert.Contains("customer_id", e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private void Write(string[] orders, string[]? items = null, string[]? payments = null)
    {
        Table("customers.csv", "customer_id,customer_unique_id", ["c1,u1"]);
        Table(
            "orders.csv",
            "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date",
            orders);
        Table("order_items.csv", "order_id,order_item_id,product_id,price,freight_value", items ?? []);
        Table("order_payments.csv", "order_id,payment_value", payments ?? []);
    }

    private void Table(string file, string header, string[] rows) =>
        File.WriteAllLines(Path.Combine(_directory.FullName, file), [header, .. rows]);
}
