using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Avro;
using Streaming.SchemaRegistry.Tests.Records;

namespace Streaming.SchemaRegistry.Tests;

/// <summary>Records and registries that tests share.</summary>
internal static class TestData
{
    /// <summary>A later version of OrderPlaced than this program's: one field more, one gone, one widened by name.</summary>
    public const string NewerOrderPlaced =
        """
        {"type":"record","name":"OrderPlaced","namespace":"test","fields":[
          {"name":"envelope","type":{"type":"record","name":"Envelope","fields":[
            {"name":"eventId","type":{"type":"string","logicalType":"uuid"}},
            {"name":"version","type":"int"},
            {"name":"occurredAt","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"userId","type":["null","string"],"default":null},
            {"name":"tenant","type":"string","default":"shop"}]}},
          {"name":"channel","type":"string","default":"web"},
          {"name":"orderId","type":"string"},
          {"name":"total","type":"long"}]}
        """;

    public static OrderPlaced Placed { get; } = new()
    {
        Envelope = Envelope(3),
        OrderId = "order-1",
        Total = 4_200,
        Lines = new[] { new Line { Sku = "tea", Quantity = 2 }, new Line { Sku = "cup", Quantity = 1 } },
        Note = "ring twice",
    };

    public static OrderCancelled Cancelled { get; } =
        new() { Envelope = Envelope(4), OrderId = "order-1", Reason = Reason.PAYMENT };

    public static string TextOf<T>() where T : class, IAvroRecord<T> => RecordType.Of<T>().Schema.ToString();

    public static SerializationContext Value(string topic) => new(MessageComponentType.Value, topic, []);

    public static CachedSchemaRegistryClient Client(string url) =>
        new(new SchemaRegistryConfig { Url = url, RetriesWaitMs = 1, RetriesMaxWaitMs = 5 });

    /// <summary>A client of a registry in memory that no other test has.</summary>
    public static CachedSchemaRegistryClient NewMock() => Client($"mock://{Guid.NewGuid()}");

    public static Envelope Envelope(long version) => new()
    {
        EventId = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"),
        Version = version,
        OccurredAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
        UserId = "ann",
    };
}
