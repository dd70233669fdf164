using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Streaming.EndToEnd.Tests.Harness;

/// <summary>A committed record as its bytes lie in the log.</summary>
internal sealed record RawRecord(TopicPartition Partition, long Offset, byte[]? Key, byte[]? Value, Headers Headers, Timestamp Timestamp)
{
    public string KeyText => Encoding.UTF8.GetString(Key ?? []);
}

/// <summary>A plain Kafka client's look at the log and the groups, which knows nothing of the pipeline.</summary>
internal sealed class KafkaLog(string bootstrapServers) : IDisposable
{
    /// <summary>What each application reads at least; a group that has not begun has no offsets to show.</summary>
    private static readonly Dictionary<string, string> _sources = new()
    {
        ["orders"] = "orders.commands",
        ["inventory"] = "inventory.commands",
        ["fulfilment"] = "orders.events",
        ["sales"] = "orders.events",
        ["order-view"] = "orders.events",
        ["analytics"] = "orders.events",
    };

    private static readonly TimeSpan _requestBound = TimeSpan.FromSeconds(20);

    private readonly IAdminClient admin =
        new AdminClientBuilder(new AdminClientConfig { BootstrapServers = bootstrapServers }).SetLogHandler((_, _) => { }).Build();

    /// <summary>All committed records of a topic as of now, in the order of partition and offset.</summary>
    public IReadOnlyList<RawRecord> Read(string topic)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = $"end-to-end-{Guid.NewGuid():n}",
            EnableAutoCommit = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
        }).SetLogHandler((_, _) => { }).Build();
        var partitions = PartitionsOf(topic);
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var records = new List<RawRecord>();
        var open = partitions.ToHashSet();
        while (open.Count > 0)
        {
            var result = consumer.Consume(_requestBound)
                ?? throw new Xunit.Sdk.XunitException($"{topic}: the ends of {string.Join(", ", open)} never came");
            if (result.IsPartitionEOF)
            {
                open.Remove(result.TopicPartition);
            }
            else if (open.Contains(result.TopicPartition))
            {
                records.Add(new(result.TopicPartition, result.Offset, result.Message.Key, result.Message.Value, result.Message.Headers, result.Message.Timestamp));
            }
        }
        return [.. records.OrderBy(record => record.Partition.Partition.Value).ThenBy(record => record.Offset)];
    }

    /// <summary>Produces records again, byte for byte, to the partitions they came from.</summary>
    public void Append(IEnumerable<RawRecord> records)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig
        {
            BootstrapServers = bootstrapServers,
            EnableIdempotence = true,
        }).SetLogHandler((_, _) => { }).Build();
        var failures = new List<Error>();
        foreach (var record in records)
        {
            producer.Produce(record.Partition, new() { Key = record.Key, Value = record.Value, Headers = record.Headers }, report =>
            {
                if (report.Error.IsError)
                {
                    failures.Add(report.Error);
                }
            });
            producer.Poll(TimeSpan.Zero);
        }
        Assert.Equal(0, producer.Flush(_requestBound));
        Assert.Empty(failures);
    }

    /// <summary>Waits until no group lags and, looked at once more, the log has not grown.</summary>
    public async Task SettlesAsync()
    {
        var before = -1L;
        await Eventually.PassesAsync(async () =>
        {
            var (lag, end) = await MeasureAsync();
            var grown = end != before;
            before = end;
            Assert.True(lag.Count == 0, $"groups still lag: {string.Join(", ", lag.Take(10))}");
            Assert.False(grown, "the log still grows");
        });
    }

    /// <summary>The partitions that lag, of every group, and the sum of all end offsets.</summary>
    public async Task<(IReadOnlyList<string> Lag, long End)> MeasureAsync()
    {
        var groups = (await admin.ListConsumerGroupsAsync()).Valid.Select(group => group.GroupId).Where(_sources.ContainsKey).ToList();
        Assert.NotEmpty(groups);
        var committed = new List<(string Group, TopicPartition Partition, Offset Offset)>();
        foreach (var group in groups)
        {
            var known = (await admin.ListConsumerGroupOffsetsAsync([new(group, null)]))[0].Partitions
                .ToDictionary(partition => partition.TopicPartition, partition => partition.Offset);
            foreach (var partition in PartitionsOf(_sources[group]))
            {
                known.TryAdd(partition, Offset.Unset);
            }

            committed.AddRange(known.Select(partition => (group, partition.Key, partition.Value)));
        }
        // Offsets of the groups first, then the ends: a lag is never too small.
        var all = committed.Select(entry => entry.Partition).Distinct().ToList();
        var (begins, ends) = (await OffsetsAsync(all, OffsetSpec.Earliest()), await OffsetsAsync(all, OffsetSpec.Latest()));
        var lag = committed
            .Select(entry => (entry.Group, entry.Partition,
                Lag: ends[entry.Partition] - (entry.Offset.IsSpecial ? begins[entry.Partition] : entry.Offset.Value)))
            .Where(entry => entry.Lag > 0)
            .Select(entry => $"{entry.Group} {entry.Partition} {entry.Lag}")
            .ToList();
        return (lag, ends.Values.Sum());
    }

    public IReadOnlyList<TopicPartition> PartitionsOf(string topic) =>
        [.. admin.GetMetadata(topic, _requestBound).Topics.Single().Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId))];

    public IReadOnlyList<string> Topics() => [.. admin.GetMetadata(_requestBound).Topics.Select(topic => topic.Topic).Order()];

    public void Dispose() => admin.Dispose();

    private async Task<Dictionary<TopicPartition, long>> OffsetsAsync(IEnumerable<TopicPartition> partitions, OffsetSpec spec)
    {
        var result = await admin.ListOffsetsAsync(
            partitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }),
            new ListOffsetsOptions { IsolationLevel = IsolationLevel.ReadCommitted, RequestTimeout = _requestBound });
        return result.ResultInfos.ToDictionary(
            info => info.TopicPartitionOffsetError.TopicPartition, info => info.TopicPartitionOffsetError.Offset.Value);
    }
}
