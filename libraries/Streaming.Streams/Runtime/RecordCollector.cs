using System.Collections.Concurrent;
using Confluent.Kafka;
using Streaming.Streams.Kafka;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Errors;

namespace Streaming.Streams.Runtime;

/// <summary>The collector of a worker: topics resolved once, records handed to the worker's session.</summary>
internal sealed class RecordCollector(
    ProducerSession session, TopicPartitions partitions, Func<DeliveryReport<byte[], byte[]>, ProductionExceptionHandlerResponse>? handler) : IRecordCollector
{
    private readonly ConcurrentDictionary<string, Output> _outputs = [];

    /// <summary>The topics written so far; any thread may ask.</summary>
    public IEnumerable<OutputTopic> Outputs => _outputs.Values;

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
        try
        {
            session.Send(output.Handle, topic.Name, partition, record);
            topic.Sent++;
        }
        catch (ProduceFault fault) when (fault.IsOfRecord)
        {
            Refused(fault, partition, record);
        }
    }

    /// <summary>The client will not take the record, however often it is tried: a matter of the production handler.</summary>
    private void Refused(ProduceFault fault, int partition, in OutgoingRecord record)
    {
        var response = handler?.Invoke(new DeliveryReport<byte[], byte[]>
        {
            Topic = fault.Topic,
            Partition = partition,
            Offset = Offset.Unset,
            Error = new(fault.Code),
            Status = PersistenceStatus.NotPersisted,
            Message = new()
            {
                Key = record.KeyIsNull ? null! : record.Key.ToArray(),
                Value = record.ValueIsNull ? null! : record.Value.ToArray(),
                Timestamp = new(record.Timestamp, TimestampType.CreateTime),
                Headers = record.Headers.Materialize(),
            },
        });
        if (response != ProductionExceptionHandlerResponse.CONTINUE) throw new ProductionException(fault.Message, fault);
    }

    private sealed class Output(string name, TopicPartitions partitions) : OutputTopic(name)
    {
        private int _partitionCount;

        public nint Handle { get; set; }

        public int Generation { get; set; } = -1;

        public override int PartitionCount => _partitionCount != 0 ? _partitionCount : _partitionCount = partitions.Of(Name);
    }
}
