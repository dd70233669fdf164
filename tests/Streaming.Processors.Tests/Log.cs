using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Processors.Tests;

/// <summary>Made-up facts of orders that an upstream system owns, from a seed.</summary>
internal static class Log
{
    private static readonly string[] Skus = ["A", "B/1", "C%2F"];
    private static readonly string[] Currencies = ["EUR", "BRL"];

    /// <summary>The lives of some orders, each in order of versions, interleaved at random.</summary>
    public static List<IOrderEvent> Of(int seed, int orders)
    {
        var random = new Random(seed);
        var lives = Enumerable.Range(0, orders)
            .Select(i => new Queue<IOrderEvent>(Life(random, $"o{i}", $"c{random.Next(3)}")))
            .ToList();
        var log = new List<IOrderEvent>();
        while (lives.Count > 0)
        {
            var life = lives[random.Next(lives.Count)];
            log.Add(life.Dequeue());
            if (life.Count == 0)
                lives.Remove(life);
        }
        return log;
    }

    private static List<IOrderEvent> Life(Random random, string id, string customer)
    {
        var facts = new List<IOrderEvent>();
        var currency = Currencies[random.Next(2)];
        var time = Make.Start.AddMinutes(random.Next(-20_000, 20_000));
        Envelope Next() => Make.Fact(id, facts.Count + 1, time = time.AddMinutes(random.Next(-100, 1000)));
        bool Chance(double p) => random.NextDouble() < p;

        facts.Add(new OrderCreated { Envelope = Next(), CustomerId = customer, Fulfilment = FulfilmentMode.EXTERNAL, Currency = currency });
        var lines = new List<OrderLine>();
        for (var line = 1; line <= random.Next(4); line++)
        {
            var item = new OrderLine { Line = line, Sku = Skus[random.Next(3)], Quantity = random.Next(1, 4), UnitPriceMinor = random.Next(1000) };
            lines.Add(item);
            facts.Add(new OrderItemAdded
            {
                Envelope = Next(),
                Line = line,
                Sku = item.Sku,
                Quantity = item.Quantity,
                UnitPriceMinor = item.UnitPriceMinor,
            });
        }
        if (lines.Count > 1 && Chance(0.3))
        {
            facts.Add(new OrderItemRemoved { Envelope = Next(), Line = 1 });
            lines.RemoveAt(0);
        }
        if (lines.Count > 0 && Chance(0.8))
            facts.Add(new OrderSubmitted
            {
                Envelope = Next(),
                Lines = lines,
                Currency = currency,
                CustomerId = customer,
                Fulfilment = FulfilmentMode.EXTERNAL,
            });
        for (var payment = 0; payment < random.Next(3); payment++)
            facts.Add(new PaymentReceived { Envelope = Next(), PaymentId = $"p{payment}", AmountMinor = random.Next(5000), Currency = currency });
        if (Chance(0.5))
            facts.Add(new OrderShipped { Envelope = Next(), ShipmentId = "s", Carrier = "DHL" });
        if (Chance(0.5))
            facts.Add(new OrderDelivered { Envelope = Next() });
        if (Chance(0.3))
            facts.Add(new OrderCancelled { Envelope = Next(), Reason = CancelReason.CUSTOMER, RefundedMinor = random.Next(6000), Currency = currency });
        return facts;
    }
}
