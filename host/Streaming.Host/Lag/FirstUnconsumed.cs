using Confluent.Kafka;

namespace Streaming.Host.Lag;

/// <summary>
/// When the first record at or after an offset was written: what turns a lag in records into one in seconds. One small
/// fetch a lagging partition; a partition with only transaction markers left has no such record and no lag in time.
/// </summary>
internal sealed class FirstUnconsumed(IConsumer<Ignore, Ignore> consumer) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>The configuration of the consumer it needs: no group, committed records, one small fetch a partition.</summary>
    public static ConsumerConfig Configure(ClientConfig client) => new(client)
    {
        GroupId = "streaming-lag-monitor",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        IsolationLevel = IsolationLevel.ReadCommitted,
        QueuedMinMessages = 1,
        MaxPartitionFetchBytes = 4096,
        FetchWaitMaxMs = 10,
        FetchQueueBackoffMs = 5,
        ConsumeResultFields = "timestamp,topic",
    };

    public Dictionary<TopicPartitionOffset, DateTimeOffset> Timestamps(IEnumerable<TopicPartitionOffset> positions)
    {
        var found = new Dictionary<TopicPartitionOffset, DateTimeOffset>();
        // Groups may stand at different offsets of one partition; an assignment holds one, so they go in rounds.
        foreach (var round in Rounds(positions))
        {
            var open = round.ToDictionary(p => p.TopicPartition);
            var deadline = DateTime.UtcNow + _patience;
            consumer.Assign(round);
            while (open.Count > 0 && DateTime.UtcNow < deadline)
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(100)) is not { } result)
                {
                    continue;
                }

                if (open.Remove(result.TopicPartition, out var position))
                {
                    consumer.Pause([result.TopicPartition]);
                    if (!result.IsPartitionEOF)
                    {
                        found[position] = result.Message.Timestamp.UtcDateTime;
                    }
                }
            }
        }

        consumer.Unassign();
        return found;
    }

    public void Dispose()
    {
        consumer.Close();
        consumer.Dispose();
    }

    private static IEnumerable<List<TopicPartitionOffset>> Rounds(IEnumerable<TopicPartitionOffset> positions)
    {
        var byPartition = positions.GroupBy(p => p.TopicPartition).Select(g => g.ToList()).ToList();
        for (var i = 0; byPartition.Any(g => i < g.Count); i++)
        {
            yield return [.. byPartition.Where(g => i < g.Count).Select(g => g[i])];
        }
    }
}
