using System.Text.Json.Nodes;
using Confluent.SchemaRegistry.Serdes;
using Streaming.RegistryServer;
using Streaming.SchemaRegistry.Tests.Records;

namespace Streaming.SchemaRegistry.Tests;

public sealed class CrossLanguageTests
{
    [SkippableFact]
    public async Task Kafkajs_reads_what_we_write_and_writes_what_we_read()
    {
        await using var registry = await RegistryHost.StartAsync(new RegistryServerOptions { Port = 0 });
        using var client = TestData.Client(registry.Url);
        var context = TestData.Value("orders");
        var bytes = await new AvroSerializer<OrderPlaced>(client).SerializeAsync(TestData.Placed, context);
        var answer = JsonNode.Parse(await Programs.NodeAsync(
            ["kafkajs", "@kafkajs/confluent-schema-registry"], "kafkajs.cjs", registry.Url,
            Convert.ToBase64String(bytes)))!;

        var read = answer["read"]!;
        Assert.Equal("0f8fad5b-d9cb-469f-a165-70867728950e", (string)read["envelope"]!["eventId"]!);
        Assert.Equal(1_700_000_000_123, (long)read["envelope"]!["occurredAt"]!);
        Assert.Equal("ann", (string)read["envelope"]!["userId"]!);
        Assert.Equal(4_200, (long)read["total"]!);
        Assert.Equal("""[{"sku":"tea","quantity":2},{"sku":"cup","quantity":1}]""", read["lines"]!.ToJsonString());

        var deserializer = new AvroDeserializer<OrderPlaced>(client).AsSync();
        Assert.Equal(TestData.Placed, Read("same"));
        Assert.Equal(TestData.Placed with { Note = null }, Read("evolved"));
        Assert.Equal(2, (await client.GetLatestSchemaAsync("orders-value")).Version);
        Assert.Equal((int)answer["id"]!, (await client.GetLatestSchemaAsync("orders-value")).Id);
        Assert.StartsWith("409: Confluent_Schema_Registry - Schema being registered is incompatible", (string)answer["refused"]!);
        Assert.Equal("404: Confluent_Schema_Registry - Schema 999 not found", (string)answer["unknown"]!);

        OrderPlaced Read(string name) =>
            deserializer.Deserialize(Convert.FromBase64String((string)answer[name]!), false, context);
    }

    [SkippableFact]
    public async Task Avros_java_library_reads_what_we_write_and_writes_what_we_read()
    {
        await using var registry = await RegistryHost.StartAsync(new RegistryServerOptions { Port = 0 });
        using var client = TestData.Client(registry.Url);
        var context = TestData.Value("orders");
        var bytes = await new AvroSerializer<OrderPlaced>(client).SerializeAsync(TestData.Placed, context);
        var answers = (await Programs.JavaAsync(
            "ReadAndWrite.java", registry.Url, Convert.ToBase64String(bytes))).Split('\n');
        Assert.Equal(
            """
            {"envelope": {"eventId": "0f8fad5b-d9cb-469f-a165-70867728950e", "version": 3, "occurredAt": 1700000000123, "userId": "ann"}, "orderId": "order-1", "total": 4200, "lines": [{"sku": "tea", "quantity": 2}, {"sku": "cup", "quantity": 1}], "note": "ring twice"}
            """,
            answers[0]);
        var deserializer = new AvroDeserializer<OrderPlaced>(client);
        Assert.Equal(TestData.Placed, deserializer.Deserialize(Convert.FromBase64String(answers[1]), context));
        Assert.Equal(TestData.Placed, deserializer.Deserialize(Convert.FromBase64String(answers[2]), context));
        Assert.Equal(2, (await client.GetLatestSchemaAsync("orders-value")).Version);
    }

    [SkippableFact]
    public async Task Avros_python_library_reads_what_we_write_and_writes_what_we_read()
    {
        await using var registry = await RegistryHost.StartAsync(new RegistryServerOptions { Port = 0 });
        using var client = TestData.Client(registry.Url);
        var context = TestData.Value("orders");
        var bytes = await new AvroSerializer<OrderPlaced>(client).SerializeAsync(TestData.Placed, context);
        var answers = (await Programs.PythonAsync(
            "avro", "read_and_write.py", registry.Url, Convert.ToBase64String(bytes))).Split('\n');
        var read = JsonNode.Parse(answers[0])!;
        Assert.Equal("0f8fad5b-d9cb-469f-a165-70867728950e", (string)read["envelope"]!["eventId"]!);
        Assert.Equal("2023-11-14 22:13:20.123000+00:00", (string)read["envelope"]!["occurredAt"]!);
        Assert.Equal(4_200, (long)read["total"]!);
        Assert.Equal("""[{"sku":"tea","quantity":2},{"sku":"cup","quantity":1}]""", read["lines"]!.ToJsonString());
        var deserializer = new AvroDeserializer<OrderPlaced>(client);
        Assert.Equal(TestData.Placed, deserializer.Deserialize(Convert.FromBase64String(answers[1]), context));
        Assert.Equal(TestData.Placed, deserializer.Deserialize(Convert.FromBase64String(answers[2]), context));
        Assert.Equal(2, (await client.GetLatestSchemaAsync("orders-value")).Version);
    }
}
