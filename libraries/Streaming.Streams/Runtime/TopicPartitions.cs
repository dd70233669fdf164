using System.Collections.Concurrent;
using Confluent.Kafka;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Runtime;

/// <summary>Partition counts of the topics that tasks write to, asked of the cluster once.</summary>
internal sealed class TopicPartitions(IAdminClient admin, TimeSpan topicPatience, Func<CallPatience> brokerPatience, CancellationToken stopping)
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public void Set(string topic, int partitions) => _counts[topic] = partitions;

    /// <summary>Waits for a topic that is about to be created, as producers do.</summary>
    /// <exception cref="StreamsException">the topic does not exist</exception>
    /// <exception cref="Errors.TaskTimeoutException">no broker tells whether it does</exception>
    public int Of(string topic)
    {
        if (_counts.TryGetValue(topic, out var known)) return known;
        var waiting = System.Diagnostics.Stopwatch.StartNew();
        var patience = brokerPatience();
        while (true)
        {
            try
            {
                var found = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.Find(t => t.Topic == topic);
                if (found is { Partitions.Count: > 0 } && found.Error.Code == ErrorCode.NoError) return _counts[topic] = found.Partitions.Count;
                patience.Succeeded();
                if (waiting.Elapsed >= topicPatience) throw new StreamsException($"topic {topic}, which the topology writes to, does not exist");
            }
            catch (KafkaException e)
            {
                patience.TimedOut($"asking for the partitions of {topic}", e);
            }
            if (stopping.WaitHandle.WaitOne(100)) throw new Kafka.StoppingFault();
        }
    }
}
