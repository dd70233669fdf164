using Confluent.Kafka;
using Confluent.SchemaRegistry;

namespace Streaming.Producers;

/// <summary>What a producer of commands or order events needs to know.</summary>
public sealed record ProducerOptions
{
    /// <summary>Connection to the brokers: bootstrap servers, client id, security.</summary>
    public required ClientConfig Client { get; init; }

    /// <summary>Where the contracts' ids come from; the contracts must be registered already.</summary>
    public required ISchemaRegistryClient SchemaRegistry { get; init; }

    /// <summary>How long a record may wait for its acknowledgement before the send fails.</summary>
    public TimeSpan DeliveryTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long records are gathered into a batch: latency against requests.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);
}
