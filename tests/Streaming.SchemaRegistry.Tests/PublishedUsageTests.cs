using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.SchemaRegistry.Tests.Records;

namespace Streaming.SchemaRegistry.Tests;

/// <summary>The ways in which Confluent's documentation uses these types; that they compile is most of the test.</summary>
public sealed class PublishedUsageTests
{
    [Fact]
    public async Task Producers_and_consumers_take_the_serdes()
    {
        var schemaRegistryConfig = new SchemaRegistryConfig { Url = $"mock://{Guid.NewGuid()}" };
        var avroSerializerConfig = new AvroSerializerConfig { BufferBytes = 100 };
        using var schemaRegistry = new CachedSchemaRegistryClient(schemaRegistryConfig);
        var producer = new ProducerBuilder<string, OrderPlaced>(new ProducerConfig())
            .SetKeySerializer(new AvroSerializer<string>(schemaRegistry, avroSerializerConfig))
            .SetValueSerializer(new AvroSerializer<OrderPlaced>(schemaRegistry, avroSerializerConfig));
        var consumer = new ConsumerBuilder<string, OrderPlaced>(new ConsumerConfig())
            .SetKeyDeserializer(new AvroDeserializer<string>(schemaRegistry).AsSyncOverAsync())
            .SetValueDeserializer(new AvroDeserializer<OrderPlaced>(schemaRegistry).AsSyncOverAsync());
        Assert.NotNull(producer);
        Assert.NotNull(consumer);

        // Through the interface it is the Kafka client's own extension.
        IAsyncSerializer<OrderPlaced> serializer = new AvroSerializer<OrderPlaced>(schemaRegistry);
        IAsyncDeserializer<OrderPlaced> deserializer = new AvroDeserializer<OrderPlaced>(schemaRegistry);
        var context = new SerializationContext(MessageComponentType.Value, "orders");
        var bytes = serializer.AsSyncOverAsync().Serialize(TestData.Placed, context);
        Assert.Equal(TestData.Placed, deserializer.AsSyncOverAsync().Deserialize(bytes, false, context));

        Compatibility level = await schemaRegistry.UpdateCompatibilityAsync(Compatibility.Full, "orders-value");
        Assert.Equal(Compatibility.Full, level);
        Schema schema = await schemaRegistry.GetLatestSchemaAsync("orders-value");
        Assert.Equal(TestData.TextOf<OrderPlaced>(), schema.SchemaString);
        Assert.Equal("orders-value", SubjectNameStrategy.Topic.ToDelegate()(context, null));
    }
}
