using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.Schemas.Outcomes;
using AvroSchema = global::Avro.Schema;

namespace Streaming.Topology.Tests;

public sealed class SerdesTests
{
    private static readonly SerializationContext Events = new(MessageComponentType.Value, Topics.OrdersEvents.Name);
    private static readonly SerializationContext Commands = new(MessageComponentType.Value, Topics.OrdersCommands.Name);

    [Fact]
    public async Task Contracts_have_subjects_by_topic_and_record()
    {
        var serdes = App.MockSerdes(out var registry);
        var order = new OrderCreated { Envelope = Make.Envelope("o1", "x", 1), CustomerId = "c1" };
        var bytes = serdes.Messages.Serialize(order, Events)!;

        Assert.Equal(0, bytes[0]);
        Assert.Equal(order, serdes.Messages.Deserialize(bytes, Events));
        Assert.Equal(["orders.events-shop.orders.OrderCreated"], await registry.GetAllSubjectsAsync());
    }

    [Fact]
    public void What_is_not_registered_is_not_written_unless_it_is_asked_for()
    {
        App.MockSerdes(out var registry);
        var strict = new Serdes(registry);
        Assert.ThrowsAny<Exception>(() => strict.Messages.Serialize(
            new OrderReserved { Envelope = Make.Envelope("o1", "x", 1) }, Events));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_reader_of_today_reads_producers_of_either_version(int version)
    {
        var serdes = App.MockSerdes(out var registry);
        var record = Generic(version);
        var bytes = Write(registry, record, Events);

        var order = Assert.IsType<OrderCreated>(serdes.Messages.Deserialize(bytes, Events));
        Assert.Equal(("c1", version == 1 ? "USD" : "BRL"), (order.CustomerId, order.Currency));
        Assert.Equal(version == 1 ? 0 : 1999, order.ShippingMinor);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_reader_of_yesterday_reads_producers_of_either_version(int version)
    {
        App.MockSerdes(out var registry);
        var bytes = Write(registry, Generic(version), Events);

        // A reader that only knows version 1 takes the writer's schema from the registry and its own for the rest.
        var id = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1));
        var writer = AvroSchema.Parse((await registry.GetSchemaAsync(id)).SchemaString);
        var old = (GenericRecord)new GenericDecoder(writer, AvroSchema.Parse(Version(1))).Read(bytes.AsSpan(5))!;
        Assert.Equal("c1", old["customerId"]);
        Assert.False(old.TryGetValue("currency", out _));
    }

    [Fact]
    public void A_type_of_a_newer_producer_is_met_calmly()
    {
        var serdes = App.MockSerdes(out var registry);
        var text = Version(1).Replace("\"OrderCreated\"", "\"OrderGiftWrapped\"", StringComparison.Ordinal);
        var bytes = Write(registry, Generic(1, text), Events);

        var unknown = Assert.IsType<UnknownMessage>(serdes.Messages.Deserialize(bytes, Events));
        Assert.Equal("shop.orders.OrderGiftWrapped", unknown.FullName);
        Assert.Equal(Make.Envelope("o1", "x", 1), unknown.Envelope);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    public void What_is_no_message_is_a_fault(string text) => Assert.Throws<InvalidDataException>(
        () => App.MockSerdes().Messages.Deserialize(Encoding.UTF8.GetBytes(text), Events));

    [Fact]
    public void Stored_messages_need_no_registry()
    {
        var serdes = App.MockSerdes();
        var order = new OrderDelivered { Envelope = Make.Envelope("o1", "x", 4) };
        var bytes = serdes.StoredMessages.Serialize(order, Events)!;
        Assert.Equal([0xC3, 0x01], bytes[..2]);
        Assert.Equal(order, serdes.StoredMessages.Deserialize(bytes, Events));
        Assert.Throws<InvalidDataException>(() => serdes.StoredMessages.Deserialize([0xC3, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9], Events));
    }

    [Fact]
    public void A_command_of_a_newer_client_has_its_outcome()
    {
        var serdes = App.MockSerdes(out var registry);
        using var orders = new App(Applications.Orders, serdes);
        var text = Version(1).Replace("\"OrderCreated\"", "\"GiftWrapOrder\"", StringComparison.Ordinal);
        orders.PipeBytes(Topics.OrdersCommands, "o1", Write(registry, Generic(1, text), Commands));

        var (topic, _, outcome) = Assert.Single(orders.Drain());
        Assert.Equal(Topics.OrdersOutcomes.Name, topic);
        Assert.Equal("UNKNOWN_COMMAND", Assert.IsType<CommandRejected>(outcome).Code);
    }

    [Fact]
    public void A_fact_of_a_newer_producer_is_skipped_but_its_version_counts()
    {
        var serdes = App.MockSerdes(out var registry);
        using var view = new App(Applications.OrderView, serdes);
        var text = Version(1).Replace("\"OrderCreated\"", "\"OrderGiftWrapped\"", StringComparison.Ordinal);
        view.PipeBytes(Topics.OrdersEvents, "o1", Write(registry, Generic(1, text), Events));
        view.Pipe(Topics.OrdersEvents, new OrderDelivered { Envelope = Make.Envelope("o1", "y", 2) });

        var order = view.Store(Stores.Descriptors.OrderView).Get("o1");
        Assert.Equal((OrderStatus.Delivered, 2L), (order.Status, order.Version));
        Assert.Equal(["o1/0000000002"], view.Entries(Stores.Descriptors.OrderHistory).Keys);
    }

    private static GenericRecord Generic(int version, string? text = null)
    {
        var schema = (RecordSchema)AvroSchema.Parse(text ?? Version(version));
        var envelopeSchema = (RecordSchema)schema["envelope"].Schema;
        var envelope = Make.Envelope("o1", "x", 1);
        var head = new GenericRecord(envelopeSchema);
        head.Add("eventId", envelope.EventId.ToString());
        head.Add("aggregateId", envelope.AggregateId);
        head.Add("aggregateType", envelope.AggregateType);
        head.Add("version", envelope.Version);
        head.Add("occurredAt", envelope.OccurredAt.ToUnixTimeMilliseconds());
        head.Add("correlationId", envelope.CorrelationId);
        head.Add("causationId", null);
        head.Add("userId", null);
        head.Add("producer", envelope.Producer);
        var record = new GenericRecord(schema);
        record.Add("envelope", head);
        record.Add("customerId", "c1");
        record.Add("fulfilment", new GenericEnum((EnumSchema)schema["fulfilment"].Schema, "EXTERNAL"));
        record.Add("paymentAccountId", null);
        record.Add("shippingAddress", null);
        if (version == 2)
        {
            record.Add("currency", "BRL");
            record.Add("salesChannel", "olist");
            record.Add("shippingMinor", 1999L);
        }
        return record;
    }

    /// <summary>The record as a producer with its own build writes it.</summary>
    private static byte[] Write(ISchemaRegistryClient registry, GenericRecord record, SerializationContext context)
    {
        var id = registry.RegisterSchemaAsync($"{context.Topic}-{record.Schema.Fullname}", record.Schema.ToString())
            .GetAwaiter().GetResult();
        var writer = AvroWriter.Rent();
        try
        {
            Span<byte> header = stackalloc byte[5];
            BinaryPrimitives.WriteInt32BigEndian(header[1..], id);
            writer.WriteRaw(header);
            GenericCodec.Write(record.Schema, record, ref writer);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static string Version(int n, [CallerFilePath] string here = "") => File.ReadAllText(Path.Combine(
        Path.GetDirectoryName(here)!, "..", "..", "schemas", "contracts", "orders", "history", "OrderCreated", $"{n}.avsc"));
}
