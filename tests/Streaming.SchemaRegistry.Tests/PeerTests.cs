using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streaming.RegistryServer.Tests;
using Streaming.SchemaRegistry.Tests.Records;
using Streaming.SchemaRegistry.Tooling;

namespace Streaming.SchemaRegistry.Tests;

public sealed class PeerTests
{
    [SkippableFact]
    public async Task Client_serdes_and_tools_work_with_a_registry_that_is_not_ours()
    {
        await using var peer = await PeerRegistry.StartOrSkipAsync(22090);
        var config = new SchemaRegistryConfig { Url = peer.Http.BaseAddress!.ToString() };
        using var client = new CachedSchemaRegistryClient(config);
        var context = TestData.Value("orders");
        var serializer = new AvroSerializer<OrderPlaced>(
            client, new AvroSerializerConfig { SubjectNameStrategy = SubjectNameStrategy.TopicRecord });
        var bytes = await serializer.SerializeAsync(TestData.Placed, context);
        var contracts = new ContractSerializer(client);
        Assert.Equal(bytes, contracts.Serialize(TestData.Placed, "orders"));

        using var other = new CachedSchemaRegistryClient(config);
        Assert.Equal(TestData.Placed, await new AvroDeserializer<OrderPlaced>(other).DeserializeAsync(bytes, false, context));
        Assert.Equal(TestData.Placed, new ContractDeserializer(other).Deserialize(bytes, "orders"));
        await Assert.ThrowsAsync<SchemaRegistryException>(() => other.GetSchemaAsync(4711));
        Assert.Throws<SchemaRegistryException>(() => contracts.Serialize(TestData.Cancelled, "orders"));

        using var api = RegistryConnection.Open(config);
        var tool = new RegistryTool(api);
        var schema = new SubjectSchema(
            "orders-test.OrderCancelled", new Schema(TestData.TextOf<OrderCancelled>(), SchemaType.Avro));
        Assert.True((await tool.TestCompatibilityAsync([schema]))[0].Value!.IsCompatible);
        Assert.True((await tool.RegisterAsync([schema]))[0].Succeeded);
        Assert.True((await tool.SetCompatibilityAsync(
            [KeyValuePair.Create(schema.Subject, Compatibility.FullTransitive)]))[0].Succeeded);
        var listed = Assert.Single(await tool.ListAsync(schema.Subject));
        Assert.Equal([1], listed.Versions);
        Assert.Equal(Compatibility.FullTransitive, listed.Level);
        var wrong = schema with { Schema = new Schema("\"int\"", SchemaType.Avro) };
        Assert.False((await tool.TestCompatibilityAsync([wrong]))[0].Value!.IsCompatible);
        Assert.False((await tool.RegisterAsync([wrong]))[0].Succeeded);
        Assert.Equal(TestData.Cancelled, new ContractDeserializer(other).Deserialize(
            contracts.Serialize(TestData.Cancelled, "orders"), "orders"));
    }
}
