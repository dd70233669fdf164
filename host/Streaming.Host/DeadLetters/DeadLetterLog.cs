using Confluent.Kafka;
using Streaming.Host.Cli;
using Streaming.Topology;

namespace Streaming.Host.DeadLetters;

/// <summary>
/// An application's dead letters that are neither redriven nor skipped: those behind the committed position of the group
/// <c>{application}.redrive</c>, which nobody joins.
/// </summary>
internal sealed class DeadLetterLog : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly IConsumer<byte[]?, byte[]?> _consumer;

    public DeadLetterLog(Connection connection, ApplicationDefinition application)
    {
        Topic = application.DeadLetters.Name;
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig(connection.Client("streaming-dead-letters"))
        {
            GroupId = GroupOf(application),
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
            EnablePartitionEof = true,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
    }

    public string Topic { get; }

    /// <summary>The members, which are none, by which positions are committed in a transaction.</summary>
    public IConsumerGroupMetadata Group => _consumer.ConsumerGroupMetadata;

    public static string GroupOf(ApplicationDefinition application) => application.Id + GroupSuffix;

    /// <summary>What the groups' names end with; they follow no topic, so they never lag.</summary>
    public const string GroupSuffix = ".redrive";

    /// <summary>All of them as of now, in the order of partition and offset.</summary>
    /// <exception cref="UsageException">There is no such topic.</exception>
    /// <exception cref="KafkaException">Kafka does not answer.</exception>
    public IReadOnlyList<DeadLetter> Outstanding(CancellationToken cancellation)
    {
        var positions = Committed()
            .Select(p => new TopicPartitionOffset(p.TopicPartition, p.Offset.IsSpecial ? Offset.Beginning : p.Offset)).ToList();
        _consumer.Assign(positions);
        var letters = new List<DeadLetter>();
        var open = positions.Select(p => p.TopicPartition).ToHashSet();
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var record = _consumer.Consume(_timeout)
                ?? throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{Topic}: {string.Join(", ", open)} did not answer"));
            if (record.IsPartitionEOF)
            {
                open.Remove(record.TopicPartition);
            }
            else if (open.Contains(record.TopicPartition))
            {
                letters.Add(new DeadLetter(record));
            }
        }

        _consumer.Unassign();
        return [.. letters.OrderBy(l => l.Partition).ThenBy(l => l.Offset)];
    }

    public void Dispose() => _consumer.Dispose();

    private List<TopicPartitionOffset> Committed()
    {
        var partitions = Partitions();
        try
        {
            return _consumer.Committed(partitions, _timeout);
        }
        catch (KafkaException e)
        {
            throw new KafkaException(new Error(e.Error.Code, $"{Topic}: how much of it is settled cannot be read: {e.Error.Reason}"), e);
        }
    }

    private List<TopicPartition> Partitions()
    {
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var topic = admin.GetMetadata(Topic, _timeout).Topics.FirstOrDefault(t => t.Topic == Topic && !t.Error.IsError);
        return topic is { Partitions.Count: > 0 }
            ? [.. topic.Partitions.Select(p => new TopicPartition(Topic, p.PartitionId))]
            : throw new UsageException($"there is no topic {Topic}");
    }
}
