using System.Buffers.Binary;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>What the runtime's tests do with topics and instances; each test has topics of its own.</summary>
internal sealed class Application(string bootstrap) : IDisposable
{
    public Application(Cluster cluster) : this(cluster.Bootstrap)
    {
    }

    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ILoggerFactory _logs = LoggerFactory.Create(b =>
    {
        b.SetMinimumLevel(LogLevel.Information).AddSimpleConsole(o => o.SingleLine = true);
        if (Environment.GetEnvironmentVariable("STREAMING_TEST_LOG") is { Length: > 0 } file) b.SetMinimumLevel(LogLevel.Debug).AddProvider(new FileLog(file));
    });
    private readonly List<KafkaStream> _streams = [];

    public string Id { get; } = "app-" + Guid.NewGuid().ToString("N")[..8];

    public string Source => Id + "-in";

    public string Target => Id + "-out";

    public string StateDirectory { get; } = Path.Combine(Path.GetTempPath(), "streams-tests", Guid.NewGuid().ToString("N")[..8]);

    public Task CreateTopicsAsync(int partitions) => Cluster.CreateTopicsAsync(bootstrap, partitions, Source, Target);

    public StreamConfig Config(ProcessingGuarantee guarantee = ProcessingGuarantee.EXACTLY_ONCE, int workers = 1) => new()
    {
        ApplicationId = Id,
        BootstrapServers = bootstrap,
        StateDir = StateDirectory,
        Guarantee = guarantee,
        NumStreamThreads = workers,
        Logger = _logs,
        ReplicationFactor = 1,
    };

    public KafkaStream Raw(StreamConfig config, Action<long>? onRecord = null) =>
        Keep(new KafkaStream(RawTopology.Plan(Id, Source, Target, onRecord), config, new DefaultKafkaClientSupplier(_logs)));

    public KafkaStream Keep(KafkaStream stream)
    {
        _streams.Add(stream);
        return stream;
    }

    public void Produce(string topic, IEnumerable<(string Key, string Value)> records)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap, LingerMs = 5, Partitioner = Partitioner.Murmur2 }).Build();
        foreach (var (key, value) in records) producer.Produce(topic, new() { Key = key, Value = value });
        producer.Flush(Patience);
    }

    /// <summary>A record with a time of its own.</summary>
    public void Produce(string topic, string key, long timestamp, string value = "v")
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap, Partitioner = Partitioner.Murmur2 }).Build();
        producer.Produce(topic, new() { Key = key, Value = value, Timestamp = new(timestamp, TimestampType.CreateTime) });
        producer.Flush(Patience);
    }

    /// <summary>Reads committed records until there are so many, and then makes sure that none follows.</summary>
    public List<(string Key, byte[] Value)> Read(string topic, int count)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap, GroupId = Guid.NewGuid().ToString(), AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true, FetchWaitMaxMs = 20,
        }).Build();
        var partitions = PartitionsOf(topic);
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var records = new List<(string, byte[])>();
        var ended = new HashSet<int>();
        var until = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < until && (records.Count < count || ended.Count < partitions))
        {
            if (consumer.Consume(100) is not { } result) continue;
            if (result.IsPartitionEOF)
            {
                ended.Add(result.Partition.Value);
                continue;
            }
            ended.Remove(result.Partition.Value);
            records.Add((result.Message.Key, result.Message.Value));
        }
        return records;
    }

    public int PartitionsOf(string topic)
    {
        using var admin = Admin();
        return admin.GetMetadata(topic, Patience).Topics[0].Partitions.Count;
    }

    public bool TopicExists(string topic)
    {
        using var admin = Admin();
        return admin.GetMetadata(Patience).Topics.Exists(t => t.Topic == topic);
    }

    public static Dictionary<string, long> LastCounts(IEnumerable<(string Key, byte[] Value)> records)
    {
        var counts = new Dictionary<string, long>();
        foreach (var (key, value) in records) counts[key] = Math.Max(counts.GetValueOrDefault(key), BinaryPrimitives.ReadInt64BigEndian(value));
        return counts;
    }

    public static Dictionary<string, long> Store(KafkaStream stream)
    {
        var counts = new Dictionary<string, long>();
        foreach (var entry in stream.Instance.Entries(_ => true))
        {
            using var cursor = entry.State.Find(RawTopology.Store)!.Committed.OpenSnapshot(new(null, null));
            while (cursor.MoveNext()) counts[Encoding.UTF8.GetString(cursor.Key)] = BinaryPrimitives.ReadInt64BigEndian(cursor.Value);
        }
        return counts;
    }

    /// <summary>Lag of the group on a topic: end offsets less committed ones.</summary>
    public async Task<long> LagAsync(string topic)
    {
        using var admin = Admin();
        var partitions = Enumerable.Range(0, PartitionsOf(topic)).Select(p => new TopicPartition(topic, p)).ToList();
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new(Id, partitions)]))[0].Partitions.ToDictionary(p => p.TopicPartition, p => p.Offset.Value);
        var ends = await admin.ListOffsetsAsync(partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = OffsetSpec.Latest() }));
        return ends.ResultInfos.Sum(e => e.TopicPartitionOffsetError.Offset.Value - Math.Max(0, committed[e.TopicPartitionOffsetError.TopicPartition]));
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrap }).Build();

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var until = DateTime.UtcNow + Patience;
        while (!await condition())
        {
            if (DateTime.UtcNow > until) throw new TimeoutException(what);
            await Task.Delay(50);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public static async Task<KafkaStream> StartedAsync(KafkaStream stream)
    {
        await stream.StartAsync();
        await UntilAsync(() => stream.StreamState == KafkaStream.State.RUNNING || stream.Failure is not null, "running");
        Assert.Null(stream.Failure);
        return stream;
    }

    public void Dispose()
    {
        foreach (var stream in _streams) stream.Dispose();
        _logs.Dispose();
        if (Directory.Exists(StateDirectory)) Directory.Delete(StateDirectory, recursive: true);
    }
}
