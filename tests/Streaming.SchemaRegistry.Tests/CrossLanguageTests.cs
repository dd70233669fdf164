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
        await Npm.RequireAsync("kafkajs", "@kafkajs/confluent-schema-registry");
        await using var registry = await RegistryHost.StartAsync(new RegistryServerOptions { Port = 0 });
        using var client = TestData.Client(registry.Url);
        var context = TestData.Value("orders");
        var bytes = await new AvroSerializer<OrderPlaced>(client).SerializeAsync(TestData.Placed, context);
        var answer = JsonNode.Parse(
            await Npm.NodeAsync("CrossLanguage/kafkajs.cjs", registry.Url, Convert.ToBase64String(bytes)))!;

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
}
