using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Confluent.SchemaRegistry;
using Streaming.Broker;
using Streaming.RegistryServer;
using Streaming.Schemas;

namespace Streaming.Producers.Tests;

/// <summary>A broker and a registry in this process, with the catalogue's topics and contracts.</summary>
public sealed class EmbeddedKafka : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("producers-");
    private KafkaBroker _broker = null!;
    private RegistryHost _registry = null!;

    public const int Partitions = 6;

    public CachedSchemaRegistryClient Registry { get; private set; } = null!;

    public ProducerOptions Options => new()
    {
        Client = new ClientConfig { BootstrapServers = _broker.BootstrapServers },
        SchemaRegistry = Registry,
    };

    public async Task InitializeAsync()
    {
        _broker = await KafkaBroker.StartAsync(new BrokerOptions { DataDirectory = Path.Combine(_directory.FullName, "broker"), Port = 0 });
        _registry = await RegistryHost.StartAsync(
            new RegistryServerOptions { DataDirectory = Path.Combine(_directory.FullName, "registry"), Port = 0 });
        Registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = _registry.Url });
        using var admin = new AdminClientBuilder(Options.Client).Build();
        await admin.CreateTopicsAsync(Topics.All.Select(t => new TopicSpecification { Name = t.Name, NumPartitions = Partitions }));
        foreach (var topic in Topics.All)
        {
            foreach (var contract in topic.Contracts)
            {
                await Registry.RegisterSchemaAsync(topic.Subject(contract), new Schema(contract.Schema.ToString(), SchemaType.Avro));
            }
        }
    }

    public IReadOnlyList<ConsumeResult<byte[], byte[]>> Read(string topic, Func<ConsumeResult<byte[], byte[]>, bool> which, int count)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig(Options.Client) { GroupId = "test", EnableAutoCommit = false }).Build();
        consumer.Assign(Enumerable.Range(0, Partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var found = new List<ConsumeResult<byte[], byte[]>>();
        for (var deadline = DateTime.UtcNow.AddSeconds(60); found.Count < count && DateTime.UtcNow < deadline;)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is { } record && which(record))
            {
                found.Add(record);
            }
        }

        return found;
    }

    public async Task DisposeAsync()
    {
        Registry.Dispose();
        await _registry.DisposeAsync();
        await _broker.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
