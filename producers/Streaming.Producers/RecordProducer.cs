using System.Diagnostics;
using System.Text;
using Avro.Specific;
using Confluent.Kafka;
using Streaming.Schemas;
using Streaming.SchemaRegistry;

namespace Streaming.Producers;

/// <summary>
/// Writes contracts to their topic, keyed by aggregate id: idempotent, acknowledged by all replicas, partitioned by Java's
/// murmur2 (librdkafka's own default puts most keys elsewhere), in the order of the calls.
/// </summary>
internal sealed class RecordProducer : IDisposable
{
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly ContractSerializer _serializer;

    public RecordProducer(ProducerOptions options, bool gapless)
    {
        _serializer = new ContractSerializer(options.SchemaRegistry);
        var config = new ProducerConfig(options.Client)
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            MaxInFlight = 5,
            Partitioner = Partitioner.Murmur2Random,
            MessageTimeoutMs = (int)options.DeliveryTimeout.TotalMilliseconds,
            LingerMs = options.Linger.TotalMilliseconds,
            CompressionType = CompressionType.Lz4,
            // A record that was given up must not be followed by its successors.
            EnableGaplessGuarantee = gapless,
        };
        _producer = new ProducerBuilder<byte[], byte[]>(config)
            // Errors surface where they matter, at the sends; the client's own log would repeat them each second.
            .SetErrorHandler((_, _) => { })
            .SetLogHandler((_, _) => { })
            .Build();
    }

    /// <summary>
    /// Hands the record to the client at once and completes when it is acknowledged. What fails before the hand-over
    /// (unregistered contract, full queue) throws from the call itself.
    /// </summary>
    /// <exception cref="DeliveryException">The record was not, or is not known to be, written.</exception>
    public Task<TopicPartitionOffset> Send(string topic, IMessage record)
    {
        var done = new TaskCompletionSource<TopicPartitionOffset>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var message = new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes(record.Envelope.AggregateId),
                Value = _serializer.Serialize((ISpecificRecord)record, topic),
                Headers = TraceHeaders(),
            };
            _producer.Produce(topic, message, report =>
            {
                if (report.Error.IsError)
                {
                    done.SetException(DeliveryException.Of(topic, record, report.Error));
                }
                else
                {
                    done.SetResult(report.TopicPartitionOffset);
                }
            });
        }
        catch (KafkaException e)
        {
            throw DeliveryException.Of(topic, record, e.Error);
        }

        return done.Task;
    }

    /// <summary>Waits until everything handed over is acknowledged or has failed.</summary>
    public void Flush(CancellationToken cancellation) => _producer.Flush(cancellation);

    public void Dispose() => _producer.Dispose();

    private static Headers? TraceHeaders() =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id }
            ? new Headers { { "traceparent", Encoding.ASCII.GetBytes(id) } }
            : null;
}
