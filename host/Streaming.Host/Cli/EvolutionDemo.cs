using System.CommandLine;
using System.Text;
using Avro;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.Broker;
using Streaming.RegistryServer;
using Streaming.Schemas;
using Streaming.Schemas.Orders;
using Streaming.SchemaRegistry;

namespace Streaming.Host.Cli;

/// <summary>
/// <c>streaming schemas evolve-demo</c>: producers and readers of two versions of OrderCreated side by side, on a broker and a
/// registry of their own that are gone afterwards.
/// </summary>
internal static class EvolutionDemo
{
    private static readonly TopicDefinition _topic = Topics.OrdersEvents;

    public static Command Create()
    {
        var command = new Command("evolve-demo", "Shows what old and new producers and readers of OrderCreated see of each other");
        command.SetAction((_, cancellation) => RunAsync(cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("streaming-evolve-");
        try
        {
            await using var broker = await KafkaBroker.StartAsync(
                new BrokerOptions { DataDirectory = Path.Combine(directory.FullName, "broker"), Port = 0, DefaultPartitions = 1 },
                Logging.Factory, cancellation).ConfigureAwait(false);
            await using var registry = await RegistryHost.StartAsync(
                new RegistryServerOptions { DataDirectory = Path.Combine(directory.FullName, "registry"), Port = 0 },
                Logging.Factory, cancellation).ConfigureAwait(false);
            using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = registry.Url });
            var ids = await RegisterAsync(client).ConfigureAwait(false);
            await ProduceAsync(broker.BootstrapServers, client, ids[0], cancellation).ConfigureAwait(false);
            Read(broker.BootstrapServers, client, ids);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Contract Contract => _topic.Contracts.First(c => c.Type == typeof(OrderCreated));

    private static async Task<int[]> RegisterAsync(CachedSchemaRegistryClient client)
    {
        var subject = _topic.Subject(Contract);
        await client.UpdateCompatibilityAsync(_topic.Level, subject).ConfigureAwait(false);
        var ids = new List<int>();
        foreach (var version in Contract.Versions)
        {
            ids.Add(await client.RegisterSchemaAsync(subject, new Confluent.SchemaRegistry.Schema(version, SchemaType.Avro)).ConfigureAwait(false));
        }

        Console.WriteLine($"{subject}, {_topic.Level.ToWireName()}: version 1 has id {ids[0]}, version {ids.Count} has id {ids[^1]}");
        return [.. ids];
    }

    private static async Task ProduceAsync(string bootstrapServers, CachedSchemaRegistryClient client, int oldId, CancellationToken cancellation)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = bootstrapServers, Acks = Acks.All }).Build();
        var envelope = Envelope("written-by-the-old");
        var old = AvroJson.FromJson(global::Avro.Schema.Parse(Contract.Versions[0]), $$"""
            {"envelope": {"eventId": "{{envelope.EventId}}", "aggregateId": "{{envelope.AggregateId}}", "aggregateType": "Order",
              "version": {"long": 1}, "occurredAt": 0, "correlationId": "demo", "causationId": null, "userId": null, "producer": "old/1"},
             "customerId": "ada", "fulfilment": "EXTERNAL", "paymentAccountId": null, "shippingAddress": null}
            """);
        byte[] framed = [.. new SchemaId(oldId, null).IdToBytes(), .. old];
        await producer.ProduceAsync(_topic.Name, new() { Key = envelope.AggregateId, Value = framed }, cancellation).ConfigureAwait(false);

        var created = new OrderCreated
        {
            Envelope = Envelope("written-by-the-new"),
            CustomerId = "grace",
            Fulfilment = FulfilmentMode.EXTERNAL,
            Currency = "EUR",
            SalesChannel = "web",
            ShippingMinor = 490,
        };
        var value = new ContractSerializer(client).Serialize(created, _topic.Name);
        await producer.ProduceAsync(_topic.Name, new() { Key = created.Envelope.AggregateId, Value = value }, cancellation).ConfigureAwait(false);
    }

    private static void Read(string bootstrapServers, CachedSchemaRegistryClient client, int[] ids)
    {
        var oldSchema = (RecordSchema)global::Avro.Schema.Parse(Contract.Versions[0]);
        var newReader = new ContractDeserializer(client);
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "demo" }).Build();
        consumer.Assign(new TopicPartitionOffset(_topic.Name, 0, Offset.Beginning));
        for (var i = 0; i < 2; i++)
        {
            var record = consumer.Consume();
            var id = SchemaId.FromBytes(record.Message.Value, out var size).Id!.Value;
            Console.WriteLine();
            Console.WriteLine($"{record.Message.Key} producer, version {Array.IndexOf(ids, id) + 1}");
            var writer = global::Avro.Schema.Parse(Contract.Versions[Array.IndexOf(ids, id)]);
            var seenByOld = (global::Avro.Generic.GenericRecord)new GenericDecoder(writer, oldSchema).Read(record.Message.Value.AsSpan(size))!;
            Console.WriteLine($"  a reader of version 1 sees  {Fields(oldSchema, name => seenByOld[name])}");
            var seenByNew = (OrderCreated)newReader.Deserialize(record.Message.Value, _topic.Name);
            Console.WriteLine($"  a reader of version {ids.Length} sees  {Fields((RecordSchema)OrderCreated._SCHEMA, name => seenByNew.Get(((RecordSchema)OrderCreated._SCHEMA)[name].Pos))}");
        }
    }

    private static string Fields(RecordSchema schema, Func<string, object?> value)
    {
        var text = new StringBuilder();
        foreach (var field in schema.Fields.Where(f => f.Name != "envelope"))
        {
            text.Append(text.Length > 0 ? ", " : "").Append(field.Name).Append(" = ").Append(value(field.Name) ?? "null");
        }

        return text.ToString();
    }

    private static Envelope Envelope(string orderId) => new()
    {
        EventId = DeterministicId.From("evolve-demo", orderId),
        AggregateId = orderId,
        AggregateType = "Order",
        Version = 1,
        OccurredAt = DateTimeOffset.UnixEpoch,
        CorrelationId = "demo",
        Producer = "new/2",
    };
}
