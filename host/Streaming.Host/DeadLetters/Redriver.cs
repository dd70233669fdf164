using System.Text;
using Confluent.Kafka;
using Streaming.Host.Cli;
using Streaming.Streams.Errors;
using Streaming.Topology;

namespace Streaming.Host.DeadLetters;

/// <summary>What is done with the chosen dead letters.</summary>
/// <param name="Skip">They are given up; else they are sent back to where they came from.</param>
/// <param name="OutOfTurn">They are processed even before earlier ones of their key.</param>
/// <param name="EarlierLost">The earlier ones of their key no longer exist, and hold nothing up.</param>
internal readonly record struct Verdict(bool Skip = false, bool OutOfTurn = false, bool EarlierLost = false);

/// <summary>
/// Settles dead letters. What is sent and the position behind it commit together, some hundred at a time, so a redrive that
/// dies has done each letter once or not at all. A letter that is not chosen but lies before one that is goes to the end
/// of the dead letters, since a position cannot leave gaps.
/// </summary>
internal sealed class Redriver : IDisposable
{
    private const int LettersPerTransaction = 500;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    /// <summary>The headers that say what went wrong the last time; the others stay with the record.</summary>
    private static readonly HashSet<string> _ofLastFailure =
    [
        DeadLetterHeaders.Exception, DeadLetterHeaders.Message, DeadLetterHeaders.StackTrace, DeadLetterHeaders.Topic,
        DeadLetterHeaders.Partition, DeadLetterHeaders.Offset, DeadLetterHeaders.LastFailure,
    ];

    private readonly ApplicationDefinition _application;
    private readonly DeadLetterLog _log;
    private readonly IProducer<byte[]?, byte[]?> _producer;

    /// <summary>
    /// Ends what an earlier redrive has left undone. To be made before the outstanding letters are read: as long as the
    /// transaction of a dead one is open, nobody can say where it stood.
    /// </summary>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public Redriver(Connection connection, ApplicationDefinition application, DeadLetterLog log)
    {
        (_application, _log) = (application, log);
        _producer = new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(connection.Client("streaming-dead-letters"))
        {
            // One redrive of an application at a time: a second one fences the first.
            TransactionalId = DeadLetterLog.GroupOf(application),
            // Shorter than the patience of those who wait for the position.
            TransactionTimeoutMs = 15_000,
            Acks = Acks.All,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        _producer.InitTransactions(_timeout);
    }

    public void Dispose() => _producer.Dispose();

    /// <param name="outstanding">All, in the order of partition and offset.</param>
    /// <param name="chosen">Some of them.</param>
    /// <param name="verdict">What becomes of these.</param>
    /// <param name="cancellation">Stops between two transactions.</param>
    /// <exception cref="UsageException">A chosen letter does not say where it came from.</exception>
    /// <exception cref="KafkaException">Kafka refuses, or another redrive has taken over.</exception>
    public void Run(
        IReadOnlyList<DeadLetter> outstanding, IReadOnlyCollection<DeadLetter> chosen, Verdict verdict, CancellationToken cancellation)
    {
        var set = chosen.ToHashSet();
        if (chosen.FirstOrDefault(l => l.SourceTopic is null || l.SourcePartition is null) is { } stray)
        {
            throw new UsageException($"{_log.Topic}: the record at partition {stray.Partition}, offset {stray.Offset} does not say where it came from");
        }

        var concerned = outstanding.GroupBy(l => l.Partition)
            .SelectMany(partition => partition.Reverse().SkipWhile(l => !set.Contains(l)).Reverse()).ToList();
        foreach (var chunk in concerned.Chunk(LettersPerTransaction))
        {
            cancellation.ThrowIfCancellationRequested();
            _producer.BeginTransaction();
            foreach (var letter in chunk)
            {
                if (!set.Contains(letter))
                {
                    Send(new TopicPartition(_log.Topic, letter.Partition), letter, letter.Record.Message.Headers);
                }
                else if (!verdict.Skip || letter.Place is not null)
                {
                    Send(new TopicPartition(letter.SourceTopic!, letter.SourcePartition!.Value), letter, Sent(letter, verdict));
                }
            }

            _producer.SendOffsetsToTransaction(
                chunk.GroupBy(l => l.Partition)
                    .Select(partition => new TopicPartitionOffset(_log.Topic, partition.Key, partition.Max(l => l.Offset) + 1)),
                _log.Group, _timeout);
            _producer.CommitTransaction(_timeout);
        }
    }

    private Headers Sent(DeadLetter letter, Verdict verdict)
    {
        var headers = new Headers();
        foreach (var header in letter.Record.Message.Headers.Where(h => !_ofLastFailure.Contains(h.Key)))
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        headers.Add(DeadLetterHeaders.Redriven, Encoding.UTF8.GetBytes(_application.Id));
        foreach (var (isSaid, mark) in new[]
        {
            (verdict.Skip, DeadLetterHeaders.Skipped), (verdict.OutOfTurn, DeadLetterHeaders.OutOfTurn),
            (verdict.EarlierLost, DeadLetterHeaders.EarlierLost),
        })
        {
            if (isSaid)
            {
                headers.Add(mark, "1"u8.ToArray());
            }
        }

        return headers;
    }

    private void Send(TopicPartition to, DeadLetter letter, Headers headers)
    {
        var message = new Message<byte[]?, byte[]?> { Key = letter.Record.Message.Key, Value = letter.Record.Message.Value, Headers = headers };
        while (true)
        {
            try
            {
                // A delivery that fails fails the transaction's commit.
                _producer.Produce(to, message);
                return;
            }
            catch (ProduceException<byte[]?, byte[]?> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
            {
                _producer.Poll(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
