using System.Globalization;
using Confluent.Kafka;

namespace Streamiz.Kafka.Net;

/// <content>The configurations of the clients: common properties, and under a prefix those of one client.</content>
public partial class StreamConfig
{
    private const string MainConsumer = "main.consumer.";
    private const string GlobalConsumer = "global.consumer.";
    private const string RestoreConsumer = "restore.consumer.";
    private const string ExternalConsumer = "external.main.consumer.";
    private const string Producer = "producer.";
    private const string ExternalProducer = "external.producer.";

    /// <summary>A key for the main consumer alone.</summary>
    public static string MainConsumerPrefix(string key) => MainConsumer + key;

    /// <summary>A key for the global consumer alone.</summary>
    public static string GlobalConsumerPrefix(string key) => GlobalConsumer + key;

    /// <summary>A key for the restore consumers alone.</summary>
    public static string RestoreConsumerPrefix(string key) => RestoreConsumer + key;

    /// <summary>A key for the consumer of external calls alone.</summary>
    public static string ExternalConsumerPrefix(string key) => ExternalConsumer + key;

    /// <summary>A key for the producers alone.</summary>
    public static string ProducerPrefix(string key) => Producer + key;

    /// <summary>A key for the producer of external calls alone.</summary>
    public static string ExternalProducerPrefix(string key) => ExternalProducer + key;

    /// <inheritdoc/>
    public ProducerConfig ToProducerConfig() => ToProducerConfig(ClientId);

    /// <inheritdoc/>
    public ProducerConfig ToProducerConfig(string? clientId) =>
        new(ClientProperties(clientId, ConfigKeys.OfConsumer, Producer));

    /// <inheritdoc/>
    public ConsumerConfig ToConsumerConfig() => ToConsumerConfig(ClientId);

    /// <inheritdoc/>
    public ConsumerConfig ToConsumerConfig(string? clientId, bool @override = true) =>
        Consumer(clientId, @override ? MainConsumer : null);

    /// <inheritdoc/>
    public ConsumerConfig ToRestoreConsumerConfig(string? clientId)
    {
        var config = Consumer(clientId, RestoreConsumer);
        config.GroupId = $"{ApplicationId}-restore";
        config.GroupInstanceId = null;
        config.EnablePartitionEof = true;
        config.AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest;
        return config;
    }

    /// <inheritdoc/>
    public ConsumerConfig ToGlobalConsumerConfig(string? clientId)
    {
        var config = Consumer(clientId, GlobalConsumer);
        config.GroupId = $"{ApplicationId}-global";
        config.GroupInstanceId = null;
        config.AutoOffsetReset = Confluent.Kafka.AutoOffsetReset.Earliest;
        return config;
    }

    /// <inheritdoc/>
    public AdminClientConfig ToAdminConfig(string? clientId) =>
        new(ClientProperties(clientId, ConfigKeys.OfConsumerOrProducer, null));

    private ConsumerConfig Consumer(string? clientId, string? prefix)
    {
        var config = new ConsumerConfig(ClientProperties(clientId, ConfigKeys.OfProducer, prefix))
        {
            GroupId = ApplicationId,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
        };
        config.AutoOffsetReset ??= Confluent.Kafka.AutoOffsetReset.Earliest;
        config.PartitionAssignmentStrategy ??= Confluent.Kafka.PartitionAssignmentStrategy.Range;
        config.AllowAutoCreateTopics ??= false;
        config.IsolationLevel ??= Guarantee == ProcessingGuarantee.EXACTLY_ONCE
            ? IsolationLevel.ReadCommitted
            : null;
        return config;
    }

    private Dictionary<string, string> ClientProperties(string? clientId, IReadOnlySet<string> foreign, string? prefix)
    {
        var properties = new Dictionary<string, string>();
        foreach (var (key, value) in _values)
        {
            if (value is not null && !ConfigKeys.IsOwn(key) && !foreign.Contains(key) && !IsPrefixed(key))
            {
                properties[key] = Format(key, value);
            }
        }

        foreach (var (key, value) in _values)
        {
            if (prefix is not null && value is not null && key.StartsWith(prefix, StringComparison.Ordinal))
            {
                properties[key[prefix.Length..]] = Format(key[prefix.Length..], value);
            }
        }

        if (clientId is not null)
        {
            properties["client.id"] = clientId;
        }

        return properties;
    }

    private static bool IsPrefixed(string key) =>
        key.StartsWith(MainConsumer, StringComparison.Ordinal) || key.StartsWith(GlobalConsumer, StringComparison.Ordinal)
        || key.StartsWith(RestoreConsumer, StringComparison.Ordinal)
        || key.StartsWith(ExternalConsumer, StringComparison.Ordinal)
        || key.StartsWith(Producer, StringComparison.Ordinal) || key.StartsWith(ExternalProducer, StringComparison.Ordinal);

    private static string Format(string key, object value) => value switch
    {
        // Confluent's enums name librdkafka's values, in their own spelling.
        Enum when key == "acks" => ((int)value).ToString(CultureInfo.InvariantCulture),
        Confluent.Kafka.PartitionAssignmentStrategy.CooperativeSticky => "cooperative-sticky",
        Confluent.Kafka.SecurityProtocol.SaslPlaintext => "sasl_plaintext",
        Confluent.Kafka.SecurityProtocol.SaslSsl => "sasl_ssl",
        Confluent.Kafka.SaslMechanism.ScramSha256 => "SCRAM-SHA-256",
        Confluent.Kafka.SaslMechanism.ScramSha512 => "SCRAM-SHA-512",
        Confluent.Kafka.SaslMechanism => value.ToString()!.ToUpperInvariant(),
        IsolationLevel.ReadCommitted => "read_committed",
        IsolationLevel.ReadUncommitted => "read_uncommitted",
        Enum => value.ToString()!.ToLowerInvariant(),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
