using System.Text;
using System.Text.Json;
using Streaming.Schemas;
using Streaming.Schemas.Inventory;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Sales;
using Streaming.Topology.Stores;

namespace Streaming.Topology.Tests;

public sealed class StoreJsonTests
{
    [Fact]
    public void An_order_is_shown_with_its_items_and_money() => Assert.Equal(
        """
        {"orderId":"o1","customerId":"c1","status":"Cancelled","version":5,"items":[{"line":1,"sku":"A","quantity":2,"unitPriceMinor":100}],"currency":"EUR","itemsMinor":200,"shippingMinor":50,"totalMinor":250,"paidMinor":250,"refundedMinor":250,"cancelReason":"INVENTORY_ISSUE","fulfilment":"INTERNAL","salesChannel":null,"createdAt":"2026-01-01T12:00:00+00:00","updatedAt":"2026-01-01T12:00:01.5+00:00"}
        """,
        Json(Descriptors.OrderView, "o1", new OrderState
        {
            OrderId = "o1",
            CustomerId = "c1",
            Fulfilment = FulfilmentMode.INTERNAL,
            Status = OrderStatus.Cancelled,
            Version = 5,
            Items = [new OrderLine { Line = 1, Sku = "A", Quantity = 2, UnitPriceMinor = 100 }],
            Currency = "EUR",
            ItemsMinor = 200,
            ShippingMinor = 50,
            TotalMinor = 250,
            PaidMinor = 250,
            RefundedMinor = 250,
            CancelReason = CancelReason.INVENTORY_ISSUE,
            CreatedAt = Make.Start,
            UpdatedAt = Make.Start.AddSeconds(1.5),
        }));

    [Fact]
    public void A_fact_is_shown_without_its_envelope() => Assert.Equal(
        """
        {"version":3,"type":"PaymentReceived","eventId":"ID","occurredAt":"2026-01-01T12:00:00+00:00","data":{"paymentId":"p","amountMinor":7,"currency":"EUR"}}
        """.Replace("ID", DeterministicId.From("test", "o1", "x").ToString(), StringComparison.Ordinal),
        Json(Descriptors.OrderHistory, "o1/0000000003", new PaymentReceived
        {
            Envelope = Make.Envelope("o1", "x", 3),
            PaymentId = "p",
            AmountMinor = 7,
            Currency = "EUR",
        }));

    [Fact]
    public void Totals_are_the_sum_of_their_shares()
    {
        var total = new SalesTotal
        {
            Shares =
            [
                new SalesShare { Source = 0, Orders = 1, Units = 2, GrossMinor = 30, RefundedMinor = 4 },
                new SalesShare { Source = 5, Orders = 10, Units = 20, GrossMinor = 300, RefundedMinor = 40 },
            ],
        };
        Assert.Equal(
            """{"day":"2018-01-31","currency":"BRL","orders":11,"units":22,"grossMinor":330,"refundedMinor":44,"netMinor":286}""",
            Json(Descriptors.SalesByDay, "2018-01-31/BRL", total));
        Assert.Equal(
            """{"sku":"A/1","day":"2018-01-31","currency":"BRL","orders":11,"units":22,"salesMinor":330}""",
            Json(Descriptors.ProductSalesByDay, CompositeKey.Join("A/1", "2018-01-31", "BRL"), total));
    }

    [Fact]
    public void Stock_shows_what_is_available() => Assert.Equal(
        """{"sku":"A","known":true,"version":4,"onHand":10,"reserved":3,"available":7}""",
        Json(Descriptors.Stock, "A", new StockItem { Sku = "A", Known = true, Version = 4, OnHand = 10, Reserved = 3 }));

    private static string Json<TValue>(StoreDescriptor<TValue> store, string key, TValue value) where TValue : class
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            store.WriteJson(json, key, value);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
