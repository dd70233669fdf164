namespace Streaming.Host.Import;

/// <summary>Joins the data set's files into orders. One faulty row leaves its whole order out, with a reason.</summary>
internal sealed class OlistReader
{
    private readonly Dictionary<string, string> _customers = [];
    private readonly Dictionary<string, OrderRow> _orders = [];
    private readonly HashSet<string> _rejected = [];
    private readonly List<OlistFault> _faults = [];
    private int _read;
    private int _skipped;

    private OlistReader()
    {
    }

    public static OlistData Read(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new ImportException($"{directory} is not a folder");
        }

        var reader = new OlistReader();
        reader.ReadCustomers(directory);
        reader.ReadOrders(directory);
        reader.ReadItems(directory);
        reader.ReadPayments(directory);
        return reader.Finish();
    }

    private void ReadCustomers(string directory)
    {
        using var table = OlistTable.Open(directory, "customers.csv", "customer_id", "customer_unique_id");
        foreach (var row in table.Rows())
        {
            Try(() => _customers[row.Text("customer_id")] = row.Text("customer_unique_id"));
        }
    }

    private void ReadOrders(string directory)
    {
        using var table = OlistTable.Open(
            directory, "orders.csv", "order_id", "customer_id", "order_status", "order_purchase_timestamp",
            "order_approved_at", "order_delivered_carrier_date", "order_delivered_customer_date");
        foreach (var row in table.Rows())
        {
            _read++;
            string? orderId = null;
            Try(
                () =>
                {
                    orderId = row.Text("order_id");
                    var customer = row.Text("customer_id");
                    if (_orders.ContainsKey(orderId))
                    {
                        throw Fault(row, $"order {orderId} is listed twice");
                    }

                    _orders[orderId] = new OrderRow(
                        row.Line,
                        _customers.GetValueOrDefault(customer) ?? throw Fault(row, $"customer {customer} is not in customers.csv"),
                        row.Text("order_status"),
                        row.Time("order_purchase_timestamp"),
                        row.OptionalTime("order_approved_at"),
                        row.OptionalTime("order_delivered_carrier_date"),
                        row.OptionalTime("order_delivered_customer_date"));
                },
                () => orderId);
        }
    }

    private void ReadItems(string directory)
    {
        using var table = OlistTable.Open(
            directory, "order_items.csv", "order_id", "order_item_id", "product_id", "price", "freight_value");
        ForOrders(table, (row, order) =>
        {
            var item = new OlistItem(
                row.Number("order_item_id"), row.Text("product_id"), row.Minor("price"), row.Minor("freight_value"));
            if (!order.Items.TryAdd(item.Line, item))
            {
                throw Fault(row, $"item {item.Line} of the order is listed twice");
            }
        });
    }

    private void ReadPayments(string directory)
    {
        using var table = OlistTable.Open(directory, "order_payments.csv", "order_id", "payment_value");
        ForOrders(table, (row, order) => order.PaidMinor += row.Minor("payment_value"));
    }

    private void ForOrders(OlistTable table, Action<OlistRow, OrderRow> add)
    {
        foreach (var row in table.Rows())
        {
            string? orderId = null;
            Try(
                () =>
                {
                    orderId = row.Text("order_id");
                    if (_orders.TryGetValue(orderId, out var order))
                    {
                        add(row, order);
                    }
                    else if (!_rejected.Contains(orderId))
                    {
                        _skipped++;
                    }
                },
                () => orderId);
        }
    }

    private void Try(Action read, Func<string?>? orderId = null)
    {
        try
        {
            read();
        }
        catch (OlistRowException e)
        {
            _faults.Add(e.Fault);
            if (orderId?.Invoke() is { } rejected)
            {
                _rejected.Add(rejected);
            }
        }
    }

    private OlistData Finish()
    {
        var orders = _orders
            .Where(o => !_rejected.Contains(o.Key))
            .Select(o => new OlistOrder(
                o.Key, o.Value.Customer, o.Value.Status, o.Value.Purchased, o.Value.Approved, o.Value.Carrier,
                o.Value.Delivered, [.. o.Value.Items.Values], o.Value.PaidMinor))
            .OrderBy(o => o.Purchased).ThenBy(o => o.OrderId, StringComparer.Ordinal)
            .ToList();
        return new OlistData(orders, _read, _read - orders.Count, _skipped, _faults);
    }

    private static OlistRowException Fault(OlistRow row, string reason) => new(new OlistFault(row.File, row.Line, reason));

    private sealed record OrderRow(
        int Line, string Customer, string Status, DateTimeOffset Purchased, DateTimeOffset? Approved,
        DateTimeOffset? Carrier, DateTimeOffset? Delivered)
    {
        public SortedDictionary<int, OlistItem> Items { get; } = [];

        public long PaidMinor { get; set; }
    }
}
