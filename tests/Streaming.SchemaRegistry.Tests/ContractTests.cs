using Avro;
using Avro.Specific;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Tests.Records;

namespace Streaming.SchemaRegistry.Tests;

public sealed class ContractTests
{
    private const string Newer =
        """
        {"type":"record","name":"OrderArchived","namespace":"test","fields":[
          {"name":"envelope","type":{"type":"record","name":"Envelope","fields":[
            {"name":"eventId","type":{"type":"string","logicalType":"uuid"}},
            {"name":"version","type":"long"},
            {"name":"occurredAt","type":{"type":"long","logicalType":"timestamp-millis"}},
            {"name":"userId","type":["null","string"],"default":null}]}},
          {"name":"shelf","type":{"type":"map","values":"int"}}]}
        """;

    [Fact]
    public async Task Records_of_several_types_share_a_topic_each_under_its_own_subject()
    {
        using var client = TestData.NewMock();
        await RegisterAsync(client);
        var serializer = new ContractSerializer(client);
        await serializer.WarmUpAsync("orders", [RecordType.Of<OrderPlaced>(), RecordType.Of<OrderCancelled>()]);
        var deserializer = new ContractDeserializer(client);
        foreach (var record in new ISpecificRecord[] { TestData.Placed, TestData.Cancelled, TestData.Placed })
        {
            var bytes = serializer.Serialize(record, "orders");
            Assert.Equal(record, deserializer.Deserialize(bytes, "orders"));
        }
    }

    [Fact]
    public void A_schema_that_is_not_registered_is_refused()
    {
        using var client = TestData.NewMock();
        var e = Assert.Throws<SchemaRegistryException>(
            () => new ContractSerializer(client).Serialize(TestData.Placed, "orders"));
        Assert.Equal(40401, e.ErrorCode);
    }

    [Fact]
    public async Task A_type_from_a_newer_producer_is_met_calmly_by_its_envelope()
    {
        using var client = TestData.NewMock();
        var id = await client.RegisterSchemaAsync("orders-test.OrderArchived", Newer);
        var bytes = SerdeTests.Message(id, (ref writer) =>
        {
            Envelope.Write(ref writer, TestData.Envelope(9));
            writer.WriteBlock(1);
            writer.WriteString("a");
            writer.WriteInt(5);
            writer.WriteEnd();
        });
        var deserializer = new ContractDeserializer(client, fallback: RecordType.Of<AnyEvent>());
        var unknown = Assert.IsType<UnknownRecord>(deserializer.Deserialize(bytes, "orders"));
        Assert.Equal("test.OrderArchived", unknown.FullName);
        Assert.Equal(TestData.Envelope(9), Assert.IsType<AnyEvent>(unknown.Envelope).Envelope);

        // What was not read must not be lost by writing it again.
        Assert.Throws<ArgumentException>(() => new ContractSerializer(client).Serialize(unknown, "orders"));
        var e = Assert.Throws<AvroException>(() => new ContractDeserializer(client).Deserialize(bytes, "orders"));
        Assert.Contains("test.OrderArchived", e.Message);
    }

    [Fact]
    public async Task Only_the_types_given_are_known()
    {
        using var client = TestData.NewMock();
        await RegisterAsync(client);
        var bytes = new ContractSerializer(client).Serialize(TestData.Cancelled, "orders");
        var deserializer = new ContractDeserializer(
            client, [RecordType.Of<OrderPlaced>()], RecordType.Of<AnyEvent>());
        var unknown = Assert.IsType<UnknownRecord>(deserializer.Deserialize(bytes, "orders"));
        Assert.Equal("test.OrderCancelled", unknown.FullName);
    }

    private static async Task RegisterAsync(CachedSchemaRegistryClient client)
    {
        await client.RegisterSchemaAsync("orders-test.OrderPlaced", TestData.TextOf<OrderPlaced>());
        await client.RegisterSchemaAsync("orders-test.OrderCancelled", TestData.TextOf<OrderCancelled>());
    }
}
