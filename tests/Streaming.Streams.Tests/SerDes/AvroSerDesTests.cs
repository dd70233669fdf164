using System.Text;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Schemas.Sales;
using Streaming.Streams.Avro;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SchemaRegistry.SerDes.Avro;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.SerDes;

public sealed class AvroSerDesTests
{
    private static readonly SerializationContext s_value = new(MessageComponentType.Value, "ranks");
    private static readonly ProductRank s_rank = new() { Sku = "sku-1", Currency = "EUR", Orders = 3, Units = 5, SalesMinor = 1999 };

    private readonly string _registry = $"mock://{Guid.NewGuid():N}";

    private SchemaAvroSerDes<T> Registered<T>(Action<StreamConfig>? configure = null)
    {
        var config = new StreamConfig { ApplicationId = "app", SchemaRegistryUrl = _registry, AutoRegisterSchemas = true };
        configure?.Invoke(config);
        var serDes = new SchemaAvroSerDes<T>();
        serDes.Initialize(new SerDesContext(config));
        return serDes;
    }

    [Fact]
    public async Task A_record_is_written_with_the_id_of_its_registered_schema()
    {
        var serDes = Registered<ProductRank>();
        var bytes = serDes.Serialize(s_rank, s_value)!;
        Assert.Equal(0, bytes[0]);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry });
        var registered = await client.GetLatestSchemaAsync("ranks-value");
        Assert.Equal(registered.Id, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(1)));
        Assert.Contains("ProductRank", registered.SchemaString, StringComparison.Ordinal);
        Assert.Equal(s_rank, serDes.Deserialize(bytes, s_value));
    }

    [Fact]
    public async Task The_subject_strategy_of_the_configuration_names_the_subject()
    {
        Registered<ProductRank>(c => c.SubjectNameStrategy = Streamiz.Kafka.Net.SubjectNameStrategy.Record).Serialize(s_rank, s_value);
        using var client = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry });
        Assert.Equal(["shop.sales.ProductRank"], await client.GetAllSubjectsAsync());
    }

    [Fact]
    public void Without_registration_an_unknown_schema_is_an_error_that_names_the_subject()
    {
        var serDes = Registered<ProductRank>(c => c.AutoRegisterSchemas = false);
        var e = Assert.ThrowsAny<Exception>(() => serDes.Serialize(s_rank, s_value));
        Assert.Contains("ranks-value", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_serdes_without_a_registry_says_what_is_missing()
    {
        var missing = Assert.Throws<StreamConfigException>(() => new SchemaAvroSerDes<ProductRank>().Initialize(new SerDesContext(new StreamConfig { ApplicationId = "app" })));
        Assert.Contains("schema.registry.url", missing.Message, StringComparison.Ordinal);
        var unready = Assert.Throws<StreamsException>(() => new SchemaAvroSerDes<ProductRank>().Serialize(s_rank, s_value));
        Assert.Contains("before it is initialized", unready.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_stays_null() => Assert.Null(Registered<ProductRank>().Serialize(null!, s_value));

    [Fact]
    public void Bytes_that_are_no_record_of_the_registry_are_refused()
    {
        var serDes = Registered<ProductRank>();
        Assert.ThrowsAny<Exception>(() => serDes.Deserialize(Encoding.UTF8.GetBytes("{\"sku\":1}"), s_value));
    }

    private static ulong FingerprintOf<T>() where T : class, Streaming.Avro.IAvroRecord<T> => T.Fingerprint;

    [Fact]
    public void Single_objects_need_no_registry_and_start_with_marker_and_fingerprint()
    {
        var serDes = new SingleObjectSerDes<ProductRank>();
        var bytes = serDes.Serialize(s_rank, s_value)!;
        Assert.Equal([0xC3, 0x01], bytes[..2]);
        Assert.Equal(BitConverter.GetBytes(FingerprintOf<ProductRank>()), bytes[2..10]);
        Assert.Equal(s_rank, serDes.Deserialize(bytes, s_value));
        Assert.ThrowsAny<Exception>(() => serDes.Deserialize(bytes[2..], s_value));
    }

    [Fact]
    public void A_topology_reads_and_writes_with_the_registry_and_keeps_its_state_without_it()
    {
        var builder = new StreamBuilder();
        builder.Stream("in", new StringSerDes(), new SchemaAvroSerDes<ProductRank>()).GroupByKey()
            .Reduce((a, b) => new() { Sku = b.Sku, Currency = b.Currency, Orders = a.Orders + b.Orders, Units = a.Units + b.Units, SalesMinor = a.SalesMinor + b.SalesMinor },
                Streamiz.Kafka.Net.Table.InMemory.As<string, ProductRank>("ranks").With(new StringSerDes(), new SingleObjectSerDes<ProductRank>()))
            .ToStream().To("out", new StringSerDes(), new SchemaAvroSerDes<ProductRank>());
        using var driver = new TopologyTestDriver(builder.Build(), new StreamConfig { ApplicationId = "app", SchemaRegistryUrl = _registry, AutoRegisterSchemas = true });
        var input = driver.CreateInputTopic("in", new StringSerDes(), new SchemaAvroSerDes<ProductRank>());
        input.PipeInput("sku-1", s_rank);
        input.PipeInput("sku-1", s_rank);
        var results = driver.CreateOutputTopic("out", TimeSpan.FromSeconds(1), new StringSerDes(), new SchemaAvroSerDes<ProductRank>()).ReadValueList().ToList();
        Assert.Equal([3, 6], results.Select(r => r.Orders));
    }
}
