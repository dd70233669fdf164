using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streaming.Host.DeadLetters;

namespace Streaming.Host.Lag;

/// <summary>
/// Reads every consumer group's position and the ends of its partitions at an interval. Groups without members and
/// partitions without a commit are reported too (their lag counts from the oldest offset), and the end is the last
/// stable offset, so that the lag of a drained transactional topic is 0.
/// </summary>
internal sealed class LagMonitor(IAdminClient admin, FirstUnconsumed firstUnconsumed, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);

    public LagSnapshot Latest { get; private set; } = LagSnapshot.Empty;

    public async Task RunAsync(TimeSpan interval, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            try
            {
                Latest = await ReadAsync().ConfigureAwait(false);
            }
            catch (KafkaException e)
            {
                logger.LogWarning("Consumer lag could not be read, the last figures stand: {Reason}", e.Error.Reason);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false));
    }

    public async Task<LagSnapshot> ReadAsync()
    {
        var listed = await admin.ListConsumerGroupsAsync(new() { RequestTimeout = _timeout }).ConfigureAwait(false);
        var names = listed.Valid.Select(g => g.GroupId)
            // Dead letters wait for a person: their position is not something that should keep up.
            .Where(g => !g.EndsWith(DeadLetterLog.GroupSuffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (names.Count == 0)
        {
            return LagSnapshot.Empty;
        }

        var groups = await DescribeAsync(names).ConfigureAwait(false);
        var committed = await CommittedAsync(names).ConfigureAwait(false);
        var partitions = committed.Select(c => c.Partition)
            .Concat(groups.SelectMany(g => g.Members).SelectMany(m => m.Assignment?.TopicPartitions ?? []))
            .Distinct().ToList();
        var ends = await EndsAsync(partitions).ConfigureAwait(false);
        var lags = Lags(groups, committed, ends);
        return new LagSnapshot(
            WithSeconds(lags),
            [.. groups.Select(g => new GroupMembers(g.GroupId, g.Members.Count))],
            [.. ends.Select(e => new PartitionOffsets(e.Key.Topic, e.Key.Partition, e.Value.Oldest, e.Value.End))
                .OrderBy(p => p.Topic, StringComparer.Ordinal).ThenBy(p => p.Partition)]);
    }

    private async Task<List<ConsumerGroupDescription>> DescribeAsync(List<string> groups) =>
        (await admin.DescribeConsumerGroupsAsync(groups, new() { RequestTimeout = _timeout }).ConfigureAwait(false))
        .ConsumerGroupDescriptions;

    private async Task<List<(string Group, TopicPartition Partition, long Offset)>> CommittedAsync(List<string> groups)
    {
        var offsets = new List<(string, TopicPartition, long)>();
        // The client takes one group a request.
        foreach (var group in groups)
        {
            var answers = await admin.ListConsumerGroupOffsetsAsync(
                [new ConsumerGroupTopicPartitions(group, null)], new() { RequestTimeout = _timeout }).ConfigureAwait(false);
            offsets.AddRange(answers.SelectMany(a => a.Partitions)
                .Where(p => !p.Error.IsError && p.Offset.Value >= 0)
                .Select(p => (group, p.TopicPartition, p.Offset.Value)));
        }

        return offsets;
    }

    private async Task<Dictionary<TopicPartition, (long Oldest, long End)>> EndsAsync(List<TopicPartition> partitions)
    {
        if (partitions.Count == 0)
        {
            return [];
        }

        var options = new ListOffsetsOptions { RequestTimeout = _timeout, IsolationLevel = IsolationLevel.ReadCommitted };
        var oldest = await ListAsync(partitions, OffsetSpec.Earliest(), options).ConfigureAwait(false);
        var ends = await ListAsync(partitions, OffsetSpec.Latest(), options).ConfigureAwait(false);
        return ends.Where(e => oldest.ContainsKey(e.Key)).ToDictionary(e => e.Key, e => (oldest[e.Key], e.Value));
    }

    private async Task<Dictionary<TopicPartition, long>> ListAsync(
        List<TopicPartition> partitions, OffsetSpec spec, ListOffsetsOptions options)
    {
        var requests = partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = spec });
        try
        {
            var answer = await admin.ListOffsetsAsync(requests, options).ConfigureAwait(false);
            return Valid(answer.ResultInfos);
        }
        catch (ListOffsetsException e)
        {
            // A topic that was deleted under a group: the others count.
            return Valid(e.Result.ResultInfos);
        }

        static Dictionary<TopicPartition, long> Valid(List<ListOffsetsResultInfo> infos) => infos
            .Where(i => !i.TopicPartitionOffsetError.Error.IsError)
            .ToDictionary(i => i.TopicPartitionOffsetError.TopicPartition, i => i.TopicPartitionOffsetError.Offset.Value);
    }

    private static List<PartitionLag> Lags(
        List<ConsumerGroupDescription> groups,
        List<(string Group, TopicPartition Partition, long Offset)> committed,
        Dictionary<TopicPartition, (long Oldest, long End)> ends)
    {
        var positions = committed.ToDictionary(c => (c.Group, c.Partition), c => (long?)c.Offset);
        foreach (var group in groups)
        {
            foreach (var partition in group.Members.SelectMany(m => m.Assignment?.TopicPartitions ?? []))
            {
                positions.TryAdd((group.GroupId, partition), null);
            }
        }

        return [.. positions
            .Where(p => ends.ContainsKey(p.Key.Partition))
            .Select(p =>
            {
                var (oldest, end) = ends[p.Key.Partition];
                var lag = Math.Max(0, end - Math.Max(p.Value ?? oldest, oldest));
                return new PartitionLag(
                    p.Key.Group, p.Key.Partition.Topic, p.Key.Partition.Partition, p.Value, lag, LagSeconds: 0);
            })
            .OrderBy(l => l.Group, StringComparer.Ordinal).ThenBy(l => l.Topic, StringComparer.Ordinal)
            .ThenBy(l => l.Partition)];
    }

    private List<PartitionLag> WithSeconds(List<PartitionLag> lags)
    {
        var behind = lags.Where(l => l.Lag > 0).ToList();
        if (behind.Count == 0)
        {
            return lags;
        }

        var timestamps = firstUnconsumed.Timestamps(behind
            .Select(l => new TopicPartitionOffset(l.Topic, l.Partition, l.CurrentOffset is { } o ? o : Offset.Beginning))
            .Distinct());
        var now = time.GetUtcNow();
        return [.. lags.Select(l =>
        {
            var from = new TopicPartitionOffset(l.Topic, l.Partition, l.CurrentOffset is { } o ? o : Offset.Beginning);
            return l.Lag > 0 && timestamps.TryGetValue(from, out var written)
                ? l with { LagSeconds = Math.Max(0, (now - written).TotalSeconds) }
                : l;
        })];
    }
}
