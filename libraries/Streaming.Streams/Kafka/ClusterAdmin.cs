using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Streaming.Streams.Runtime;

namespace Streaming.Streams.Kafka;

/// <summary>A topic that the engine owns: its partitions, and the configuration that it creates it with.</summary>
internal sealed record InternalTopic(string Name, int Partitions, short ReplicationFactor, IReadOnlyDictionary<string, string> Configuration);

/// <summary>What the engine asks of the cluster. Every call waits for an absent broker until patience ends or it is cancelled.</summary>
internal sealed partial class ClusterAdmin(IAdminClient client, Func<CallPatience> patience, ILogger logger) : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The number of partitions of each existing topic; those that do not exist are absent.</summary>
    public async Task<Dictionary<string, int>> PartitionsOfAsync(IReadOnlyCollection<string> topics, CancellationToken cancellation)
    {
        var partitions = new Dictionary<string, int>();
        if (topics.Count == 0) return partitions;
        var described = await WaitAsync("describing topics", async timeout =>
        {
            try
            {
                return (await client.DescribeTopicsAsync(TopicCollection.OfTopicNames(topics), new() { RequestTimeout = timeout }).ConfigureAwait(false)).TopicDescriptions;
            }
            catch (DescribeTopicsException e)
            {
                return e.Results.TopicDescriptions;
            }
        }, cancellation).ConfigureAwait(false);
        foreach (var topic in described)
        {
            if (topic.Error.Code == ErrorCode.NoError) partitions[topic.Name] = topic.Partitions.Count;
            else if (topic.Error.Code is not (ErrorCode.UnknownTopicOrPart or ErrorCode.LeaderNotAvailable))
                throw new KafkaException(new Error(topic.Error.Code, $"topic {topic.Name}: {topic.Error.Reason}"));
        }
        return partitions;
    }

    /// <summary>Creates what is missing and checks what is there; other instances may do the same at the same time.</summary>
    /// <exception cref="InvalidOperationException">a topic exists with another number of partitions</exception>
    public async Task EnsureAsync(IReadOnlyCollection<InternalTopic> topics, CancellationToken cancellation)
    {
        var missing = topics.ToList();
        while (missing.Count > 0)
        {
            var there = await PartitionsOfAsync([.. missing.Select(t => t.Name)], cancellation).ConfigureAwait(false);
            foreach (var topic in missing)
            {
                if (there.TryGetValue(topic.Name, out var partitions) && partitions != topic.Partitions)
                    throw new InvalidOperationException(
                        $"topic {topic.Name} has {partitions} partitions, the topology needs {topic.Partitions}: its source topics have changed. " +
                        "Give the operator another name, or reset the application and delete the topic.");
            }
            missing.RemoveAll(t => there.ContainsKey(t.Name));
            if (missing.Count == 0) break;
            await WaitAsync("creating internal topics", async timeout =>
            {
                try
                {
                    await client.CreateTopicsAsync(missing.Select(t => new TopicSpecification
                    {
                        Name = t.Name,
                        NumPartitions = t.Partitions,
                        ReplicationFactor = t.ReplicationFactor,
                        Configs = new(t.Configuration),
                    }), new() { RequestTimeout = timeout }).ConfigureAwait(false);
                }
                catch (CreateTopicsException e)
                {
                    var refused = e.Results.Find(r => r.Error.Code is not (ErrorCode.NoError or ErrorCode.TopicAlreadyExists or ErrorCode.RequestTimedOut or ErrorCode.Local_TimedOut));
                    if (refused is not null) throw new KafkaException(new Error(refused.Error.Code, $"topic {refused.Topic}: {refused.Error.Reason}"), e);
                }
                return true;
            }, cancellation).ConfigureAwait(false);
            foreach (var topic in missing) LogCreated(topic.Name, topic.Partitions);
            await Task.Delay(100, cancellation).ConfigureAwait(false); // metadata follows creation
        }
    }

    /// <summary>
    /// The end of each partition whatever its open transactions: the high watermark. A reader of committed records gets
    /// there once the transactions before it are decided.
    /// </summary>
    public Task<Dictionary<TopicPartition, long>> EndsAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
        OffsetsAsync(partitions, OffsetSpec.Latest(), cancellation);

    public Task<Dictionary<TopicPartition, long>> StartsAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellation) =>
        OffsetsAsync(partitions, OffsetSpec.Earliest(), cancellation);

    private async Task<Dictionary<TopicPartition, long>> OffsetsAsync(IReadOnlyCollection<TopicPartition> partitions, OffsetSpec spec, CancellationToken cancellation)
    {
        if (partitions.Count == 0) return [];
        var result = await WaitAsync("listing offsets", timeout => client.ListOffsetsAsync(
            partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = spec }),
            new() { RequestTimeout = timeout, IsolationLevel = IsolationLevel.ReadUncommitted }), cancellation).ConfigureAwait(false);
        return result.ResultInfos.ToDictionary(r => r.TopicPartitionOffsetError.TopicPartition, r => r.TopicPartitionOffsetError.Offset.Value);
    }

    /// <summary>The members of a group: client id, host, and the partitions each one holds.</summary>
    public async Task<IReadOnlyList<MemberDescription>> MembersAsync(string group, CancellationToken cancellation)
    {
        var described = await client.DescribeConsumerGroupsAsync([group], new() { RequestTimeout = s_timeout }).WaitAsync(cancellation).ConfigureAwait(false);
        return described.ConsumerGroupDescriptions is [{ Members: var members }] ? members : [];
    }

    /// <summary>Deletes what lies before the given offsets: records of repartition topics that are read.</summary>
    public Task DeleteBeforeAsync(IEnumerable<TopicPartitionOffset> offsets) =>
        client.DeleteRecordsAsync(offsets, new() { RequestTimeout = s_timeout });

    private async Task<T> WaitAsync<T>(string what, Func<TimeSpan, Task<T>> call, CancellationToken cancellation)
    {
        var waiting = patience();
        while (true)
        {
            try
            {
                return await call(waiting.CallTimeout).WaitAsync(cancellation).ConfigureAwait(false);
            }
            catch (KafkaException e)
            {
                var codes = CodesOf(e).Distinct().ToList();
                if (codes.Find(Faults.IsPermanent) is not ErrorCode.NoError and var permanent) throw new KafkaException(new Error(permanent), e);
                waiting.TimedOut(what, e);
                LogWaiting(what, string.Join(", ", codes));
                await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static IEnumerable<ErrorCode> CodesOf(KafkaException e) => e is ListOffsetsException list
        ? list.Result.ResultInfos.Select(r => r.TopicPartitionOffsetError.Error.Code).Where(c => c != ErrorCode.NoError)
        : [e.Error.Code];

    public void Dispose() => client.Dispose();

    [LoggerMessage(LogLevel.Information, "Created topic {Topic} with {Partitions} partitions")]
    private partial void LogCreated(string topic, int partitions);

    [LoggerMessage(LogLevel.Warning, "Waiting for the brokers while {What}: {Reason}")]
    private partial void LogWaiting(string what, string reason);
}
