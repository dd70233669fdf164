using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Streaming.Broker.Tests.Clients;

/// <summary>The client that the pipeline is built on, against the broker.</summary>
public sealed class ConfluentClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    public async Task Records_come_back_as_they_were_sent(CompressionType compression)
    {
        await using var broker = await TestBroker.StartAsync();
        await ProduceAsync(broker, "orders", 500, compression);

        var records = Consume(broker, "orders", "readers", 500);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"value-{i}").Order(), records.Select(r => r.Message.Value).Order());
        Assert.All(records, r => Assert.Equal("h", r.Message.Headers[0].Key));
    }

    [Fact]
    public async Task Records_offsets_and_topics_survive_a_restart()
    {
        await using var broker = await TestBroker.StartAsync();
        await ProduceAsync(broker, "orders", 300);
        Assert.Equal(200, Consume(broker, "orders", "readers", 200).Count);

        await broker.RestartAsync();
        await ProduceAsync(broker, "orders", 50);

        Assert.Equal(150, Consume(broker, "orders", "readers", 150).Count);
        Assert.Empty(Consume(broker, "orders", "readers", 1, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task Two_consumers_share_the_partitions_of_a_topic()
    {
        await using var broker = await TestBroker.StartAsync();
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "shared", NumPartitions = 6 }]);
        using var first = Consumer(broker, "pair");
        using var second = Consumer(broker, "pair");
        first.Subscribe("shared");
        second.Subscribe("shared");

        var until = DateTime.UtcNow + Patience;
        while ((first.Assignment.Count != 3 || second.Assignment.Count != 3) && DateTime.UtcNow < until)
        {
            first.Consume(50);
            second.Consume(50);
        }

        Assert.Equal(3, first.Assignment.Count);
        Assert.Equal(3, second.Assignment.Count);
    }

    [Fact]
    public async Task A_committed_transaction_is_read_whole_and_an_aborted_one_not_at_all()
    {
        await using var broker = await TestBroker.StartAsync();
        using var producer = Transactional(broker, "tx");
        producer.InitTransactions(Patience);
        producer.BeginTransaction();
        producer.Produce("out", new Message<string, string> { Key = "a", Value = "kept" });
        producer.CommitTransaction(Patience);
        producer.BeginTransaction();
        producer.Produce("out", new Message<string, string> { Key = "a", Value = "dropped" });
        producer.Flush(Patience);
        producer.AbortTransaction(Patience);
        producer.BeginTransaction();
        producer.Produce("out", new Message<string, string> { Key = "a", Value = "kept too" });
        producer.CommitTransaction(Patience);

        Assert.Equal(["kept", "kept too"], Consume(broker, "out", "committed", 2).Select(r => r.Message.Value));
        Assert.Contains("dropped", Consume(broker, "out", "all", 3, isolation: IsolationLevel.ReadUncommitted).Select(r => r.Message.Value));
    }

    [Fact]
    public async Task A_read_process_write_transaction_moves_records_and_offsets_together()
    {
        await using var broker = await TestBroker.StartAsync();
        await ProduceAsync(broker, "in", 100);
        using (var consumer = Consumer(broker, "copier"))
        using (var producer = Transactional(broker, "copier-1"))
        {
            producer.InitTransactions(Patience);
            consumer.Subscribe("in");
            var copied = 0;
            while (copied < 100)
            {
                producer.BeginTransaction();
                for (var i = 0; i < 20 && copied < 100; i++)
                {
                    var record = consumer.Consume(Patience);
                    producer.Produce("copy", new Message<string, string> { Key = record.Message.Key, Value = record.Message.Value });
                    copied++;
                }

                var offsets = consumer.Assignment.Select(p => new TopicPartitionOffset(p, consumer.Position(p))).Where(o => o.Offset >= 0);
                producer.SendOffsetsToTransaction(offsets, consumer.ConsumerGroupMetadata, Patience);
                producer.CommitTransaction(Patience);
            }

            consumer.Close();
        }

        await broker.RestartAsync();
        Assert.Equal(100, Consume(broker, "copy", "check", 100).Count);
        Assert.Empty(Consume(broker, "in", "copier", 1, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public async Task A_newer_producer_fences_the_older_and_aborts_its_transaction()
    {
        await using var broker = await TestBroker.StartAsync();
        using var older = Transactional(broker, "same");
        older.InitTransactions(Patience);
        older.BeginTransaction();
        older.Produce("out", new Message<string, string> { Value = "from the older" });
        older.Flush(Patience);

        using var newer = Transactional(broker, "same");
        newer.InitTransactions(Patience);
        newer.BeginTransaction();
        newer.Produce("out", new Message<string, string> { Value = "from the newer" });
        newer.CommitTransaction(Patience);

        Assert.ThrowsAny<KafkaException>(() => older.CommitTransaction(Patience));
        Assert.Equal(["from the newer"], Consume(broker, "out", "check", 1).Select(r => r.Message.Value));
    }

    [Fact]
    public async Task Topics_are_administered()
    {
        await using var broker = await TestBroker.StartAsync();
        using var admin = Admin(broker);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "t", NumPartitions = 2, Configs = new() { ["retention.ms"] = "1000" } }]);
        await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([new TopicSpecification { Name = "t" }]));
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "t", IncreaseTo = 5 }]);
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = "t" };
        await admin.IncrementalAlterConfigsAsync(new()
        {
            [resource] = [new ConfigEntry { Name = "cleanup.policy", Value = "compact", IncrementalOperation = AlterConfigOpType.Set }],
        });
        await broker.RestartAsync();

        var configs = (await admin.DescribeConfigsAsync([resource]))[0].Entries;
        Assert.Equal("compact", configs["cleanup.policy"].Value);
        Assert.Equal("1000", configs["retention.ms"].Value);
        Assert.True(configs["segment.bytes"].IsDefault);
        Assert.Equal(5, admin.GetMetadata("t", Patience).Topics[0].Partitions.Count);
        await admin.DeleteTopicsAsync(["t"]);
        Assert.DoesNotContain(admin.GetMetadata(Patience).Topics, t => t.Topic == "t");
    }

    private static async Task ProduceAsync(TestBroker broker, string topic, int count, CompressionType compression = CompressionType.None)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig
        {
            BootstrapServers = broker.Servers,
            EnableIdempotence = true,
            CompressionType = compression,
            LingerMs = 5,
        }).Build();
        var sent = Enumerable.Range(0, count).Select(i => producer.ProduceAsync(topic, new Message<string, string>
        {
            Key = $"key-{i % 50}",
            Value = $"value-{i}",
            Headers = new Headers { { "h", [1, 2, 3] } },
        })).ToList();
        await Task.WhenAll(sent).WaitAsync(Patience);
    }

    private static List<ConsumeResult<string, string>> Consume(
        TestBroker broker, string topic, string group, int count, TimeSpan? wait = null, IsolationLevel isolation = IsolationLevel.ReadCommitted)
    {
        using var consumer = Consumer(broker, group, isolation);
        consumer.Subscribe(topic);
        var records = new List<ConsumeResult<string, string>>();
        var until = DateTime.UtcNow + (wait ?? Patience);
        while (records.Count < count && DateTime.UtcNow < until)
        {
            if (consumer.Consume(100) is { } record)
            {
                records.Add(record);
                consumer.StoreOffset(record);
            }
        }

        consumer.Close();
        return records;
    }

    private static IConsumer<string, string> Consumer(TestBroker broker, string group, IsolationLevel isolation = IsolationLevel.ReadCommitted) =>
        new ConsumerBuilder<string, string>(new ConsumerConfig
        {
            BootstrapServers = broker.Servers,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = isolation,
            EnableAutoOffsetStore = false,
        }).Build();

    private static IProducer<string, string> Transactional(TestBroker broker, string id) =>
        new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = broker.Servers, TransactionalId = id }).Build();

    private static IAdminClient Admin(TestBroker broker) =>
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Servers }).Build();
}
