using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.EndToEnd.Tests.Oracle;

internal sealed record SalesDay(string Day, string Currency, long Orders, long Units, long GrossMinor, long RefundedMinor)
{
    public long NetMinor => GrossMinor - RefundedMinor;
}

/// <summary>Counts over the CSV files alone, without a line of the product.</summary>
internal sealed partial class OlistData
{
    private readonly Dictionary<string, List<(string File, int Line)>> _faults = [];

    private OlistData(string folder)
    {
        Folder = folder;
        var rows = Csv.Read(folder, "orders.csv").ToList();
        var known = rows.Select(row => row["order_id"]!).ToHashSet();
        var customers = ReadCustomers(folder);
        var items = ByOrder("order_items.csv");
        var payments = ByOrder("order_payments.csv");
        Read = rows.Count;
        Orders = rows.Select(ReadOrder).OfType<OlistOrder>().ToDictionary(order => order.OrderId);

        ILookup<string, CsvRow> ByOrder(string file)
        {
            var all = Csv.Read(folder, file).ToList();
            SkippedRows += all.Count(row => !known.Contains(row["order_id"]!));
            return all.ToLookup(row => row["order_id"]!);
        }

        OlistOrder? ReadOrder(CsvRow row)
        {
            var id = row["order_id"]!;
            var purchase = Time(id, row, "order_purchase_timestamp", required: true);
            var approval = Time(id, row, "order_approved_at");
            var carrier = Time(id, row, "order_delivered_carrier_date");
            var delivery = Time(id, row, "order_delivered_customer_date");
            var customer = customers.GetValueOrDefault(row["customer_id"] ?? "");
            if (customer.Id is null)
            {
                Fault(id, row);
            }

            if (customer.Faulty is { } faulty)
            {
                Fault(id, faulty);
            }

            var lines = items[id].Select(item => new OlistLine(
                int.TryParse(item["order_item_id"], NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? line : (int)Fault(id, item),
                item["product_id"] ?? Fault(id, item).ToString(CultureInfo.InvariantCulture),
                Money(id, item, "price"), Money(id, item, "freight_value"))).OrderBy(line => line.Line).ToList();
            var received = payments[id].Sum(payment => Money(id, payment, "payment_value"));
            if (_faults.ContainsKey(id))
            {
                return null;
            }

            var reason = row["order_status"] switch { "canceled" => "CUSTOMER", "unavailable" => "INVENTORY_ISSUE", _ => null };
            var facts = new List<OlistFact> { new("OrderCreated", purchase!.Value) };
            facts.AddRange(lines.Select(_ => new OlistFact("OrderItemAdded", purchase.Value)));
            if (lines.Count > 0)
            {
                facts.Add(new("OrderSubmitted", purchase.Value));
            }

            AddIf("PaymentReceived", approval);
            AddIf("OrderShipped", carrier);
            AddIf("OrderDelivered", delivery);
            if (reason is not null)
            {
                facts.Add(new("OrderCancelled", new[] { purchase, approval, carrier, delivery }.Max()!.Value));
            }

            return new(id, customer.Id!, lines, received, reason, facts);

            void AddIf(string type, DateTimeOffset? time)
            {
                if (time is { } at)
                {
                    facts.Add(new(type, at));
                }
            }
        }
    }

    public static OlistData Made { get; } = new(Harness.Repository.OlistMade);

    /// <summary>The real orders; null where they are absent.</summary>
    public static OlistData? Real { get; } = Harness.Repository.HasOlist ? new(Harness.Repository.Olist) : null;

    public string Folder { get; }

    public int Read { get; }

    public int SkippedRows { get; private set; }

    public IReadOnlyDictionary<string, OlistOrder> Orders { get; }

    /// <summary>The orders left out, with the file and line of every fault.</summary>
    public IReadOnlyDictionary<string, List<(string File, int Line)>> Rejected => _faults;

    public int Events => Orders.Values.Sum(order => order.Version);

    public IReadOnlyList<SalesDay> SalesByDay()
    {
        var days = new SortedDictionary<string, SalesDay>(StringComparer.Ordinal);
        foreach (var order in Orders.Values.Where(order => order.Paid))
        {
            Update(order.At("PaymentReceived"), day => day with
            {
                Orders = day.Orders + 1,
                Units = day.Units + order.Lines.Count,
                GrossMinor = day.GrossMinor + order.PaidMinor,
            });
            if (order.RefundedMinor > 0)
            {
                Update(order.At("OrderCancelled"), day => day with { RefundedMinor = day.RefundedMinor + order.RefundedMinor });
            }
        }
        return [.. days.Values];

        void Update(DateTimeOffset time, Func<SalesDay, SalesDay> change)
        {
            var day = time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            days[day] = change(days.GetValueOrDefault(day) ?? new(day, "BRL", 0, 0, 0, 0));
        }
    }

    private static Dictionary<string, (string? Id, CsvRow? Faulty)> ReadCustomers(string folder) =>
        Csv.Read(folder, "customers.csv").ToDictionary(
            row => row["customer_id"]!,
            row => (row["customer_unique_id"], row["customer_unique_id"] is null ? row : null));

    private DateTimeOffset? Time(string order, CsvRow row, string column, bool required = false)
    {
        var present = row.Fields.ContainsKey(column);
        if (row[column] is not { } text)
        {
            if (required || !present)
            {
                Fault(order, row);
            }

            return null;
        }
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        Fault(order, row);
        return null;
    }

    private long Money(string order, CsvRow row, string column) =>
        row[column] is { } text && PlainMoney().Match(text) is { Success: true } match
            ? (long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * 100)
              + long.Parse(match.Groups[2].Value.PadRight(2, '0'), CultureInfo.InvariantCulture)
            : Fault(order, row);

    private long Fault(string order, CsvRow row)
    {
        if (!_faults.TryGetValue(order, out var list))
        {
            _faults[order] = list = [];
        }

        if (!list.Contains((row.File, row.Line)))
        {
            list.Add((row.File, row.Line));
        }

        return 0;
    }

    [GeneratedRegex(@"^(\d{1,12})(?:\.(\d{1,2}))?$")]
    private static partial Regex PlainMoney();
}
