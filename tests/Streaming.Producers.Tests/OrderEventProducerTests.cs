using System.Text;
using Streaming.Schemas;
using Streaming.Schemas.Orders;

namespace Streaming.Producers.Tests;

public sealed class OrderEventProducerTests(EmbeddedKafka kafka) : IClassFixture<EmbeddedKafka>
{
    [Fact]
    public async Task Events_of_an_order_arrive_in_order_in_one_partition_under_its_key()
    {
        using var producer = new OrderEventProducer(kafka.Options);
        var order = Guid.NewGuid().ToString();

        await Task.WhenAll(Enumerable.Range(1, 20).Select(version => producer.SendAsync(Delivered(order, version))));

        var records = kafka.Read(Topics.OrdersEvents.Name, r => Encoding.UTF8.GetString(r.Message.Key) == order, 20);
        Assert.Equal(20, records.Count);
        Assert.Single(records.Select(r => r.Partition).Distinct());
        Assert.Equal(records.Select(r => r.Offset.Value), records.Select(r => r.Offset.Value).Order());
        Assert.All(records, r => Assert.Equal(0, r.Message.Value[0]));
    }

    [Theory]
    [InlineData(1, 3, OrderVersionFault.Gap)]
    [InlineData(3, 2, OrderVersionFault.StepBack)]
    [InlineData(3, 3, OrderVersionFault.Reuse)]
    public async Task An_event_that_does_not_continue_its_order_is_refused_by_name(int first, int second, OrderVersionFault fault)
    {
        using var producer = new OrderEventProducer(kafka.Options);
        var order = Guid.NewGuid().ToString();
        await producer.SendAsync(Delivered(order, first));

        var refused = await Assert.ThrowsAsync<OrderVersionException>(() => producer.SendAsync(Delivered(order, second)));

        Assert.Equal((fault, order), (refused.Fault, refused.OrderId));
        Assert.Contains(fault.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_id_is_written_once()
    {
        using var producer = new OrderEventProducer(kafka.Options);
        var order = Guid.NewGuid().ToString();
        var id = Guid.NewGuid();
        await producer.SendAsync(Delivered(order, 1, id));

        var refused = await Assert.ThrowsAsync<OrderVersionException>(() => producer.SendAsync(Delivered(order, 2, id)));

        Assert.Equal(OrderVersionFault.Reuse, refused.Fault);
        await producer.SendAsync(Delivered(order, 2));
    }

    [Fact]
    public async Task The_producer_never_makes_up_a_version_or_an_id()
    {
        using var producer = new OrderEventProducer(kafka.Options);

        await Assert.ThrowsAsync<OrderVersionException>(() => producer.SendAsync(Delivered("o", version: null)));
        await Assert.ThrowsAsync<OrderVersionException>(() => producer.SendAsync(Delivered("o", 0)));
        await Assert.ThrowsAsync<OrderVersionException>(() => producer.SendAsync(Delivered("o", 1, Guid.Empty)));
    }

    [Fact]
    public async Task A_broker_that_is_away_fails_the_send_within_its_time()
    {
        var options = kafka.Options with
        {
            Client = new Confluent.Kafka.ClientConfig { BootstrapServers = "127.0.0.1:1" },
            DeliveryTimeout = TimeSpan.FromSeconds(1),
        };
        using var producer = new CommandProducer(options);

        var failed = await Assert.ThrowsAsync<DeliveryException>(() => producer
            .SendAsync(new SubmitOrder { Envelope = Envelope("o", null, Guid.NewGuid()) }).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.True(failed.IsTransient);
    }

    private static OrderDelivered Delivered(string order, long? version, Guid? id = null) =>
        new() { Envelope = Envelope(order, version, id ?? Guid.NewGuid()) };

    private static Envelope Envelope(string order, long? version, Guid id) => new()
    {
        EventId = id,
        AggregateId = order,
        AggregateType = "Order",
        Version = version,
        OccurredAt = DateTimeOffset.UnixEpoch,
        CorrelationId = "c",
        Producer = "tests",
    };
}
