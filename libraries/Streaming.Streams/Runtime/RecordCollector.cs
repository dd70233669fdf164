using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;

namespace Streaming.Streams.Runtime;

/// <summary>The collector of a worker: topics resolved once, records handed to the worker's session.</summary>
internal sealed class RecordCollector(ProducerSession session, TopicPartitions partitions) : IRecordCollector
{
    private readonly Dictionary<string, Output> _outputs = [];

    /// <summary>Records sent since the last reset.</summary>
    public long Sent { get; private set; }

    public OutputTopic Resolve(string topic)
    {
        if (!_outputs.TryGetValue(topic, out var output)) _outputs[topic] = output = new(topic, partitions);
        return output;
    }

    public void Send(OutputTopic topic, int partition, in OutgoingRecord record)
    {
        var output = (Output)topic;
        if (output.Generation != session.Generation)
        {
            output.Handle = session.Resolve(topic.Name);
            output.Generation = session.Generation;
        }
        session.Send(output.Handle, topic.Name, partition, record);
        Sent++;
    }

    private sealed class Output(string name, TopicPartitions partitions) : OutputTopic(name)
    {
        private int _partitionCount;

        public nint Handle { get; set; }

        public int Generation { get; set; } = -1;

        public override int PartitionCount => _partitionCount != 0 ? _partitionCount : _partitionCount = partitions.Of(Name);
    }
}
