using System.Collections.Concurrent;
using System.Globalization;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streaming.Streams.SerDes;
using Streamiz.Kafka.Net.Errors;
using Streamiz.Kafka.Net.SerDes;

namespace Streamiz.Kafka.Net.SchemaRegistry.SerDes;

/// <summary>Base of serdes whose schemas stand in a registry.</summary>
/// <typeparam name="T">What is written and read.</typeparam>
/// <typeparam name="CS">The serializer's configuration.</typeparam>
/// <typeparam name="CD">The deserializer's configuration.</typeparam>
public abstract class SchemaSerDes<T, CS, CD> : SpanSerDes<T>
    where CS : SerdeConfig, new()
    where CD : SerdeConfig, new()
{
    // One client for each configuration: serdes are many, and each asks for the same schemas.
    private static readonly ConcurrentDictionary<string, ISchemaRegistryClient> s_clients = new();

    /// <summary>Connects to the registry that the configuration names.</summary>
    /// <exception cref="StreamConfigException">It names none.</exception>
    public override void Initialize(SerDesContext context)
    {
        if (isInitialized)
        {
            return;
        }

        if (context.Config is not ISchemaRegistryConfig config)
        {
            throw new StreamConfigException($"{GetType().Name}: the configuration knows no schema registry");
        }

        var client = GetSchemaRegistryClient(GetConfig(config));
        Initialize(client, GetSerializerConfig(config), GetDeserializerConfig(config));
        base.Initialize(context);
    }

    /// <summary>Makes serializer and deserializer.</summary>
    protected abstract void Initialize(ISchemaRegistryClient client, CS serializer, CD deserializer);

    /// <summary>The registry's client; the same for the same configuration.</summary>
    protected virtual ISchemaRegistryClient GetSchemaRegistryClient(SchemaRegistryConfig config) => s_clients.GetOrAdd(
        string.Join('\n', config.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")),
        _ => new CachedSchemaRegistryClient(config));

    /// <summary>The serializer's configuration.</summary>
    protected virtual CS GetSerializerConfig(ISchemaRegistryConfig config) => new();

    /// <summary>The deserializer's configuration.</summary>
    protected virtual CD GetDeserializerConfig(ISchemaRegistryConfig config) => new();

    private static SchemaRegistryConfig GetConfig(ISchemaRegistryConfig config)
    {
        var registry = new SchemaRegistryConfig
        {
            Url = config.SchemaRegistryUrl
                ?? throw new StreamConfigException("schema.registry.url is required by a serdes and not set"),
        };
        if (config.SchemaRegistryRequestTimeoutMs is { } timeout)
        {
            registry.RequestTimeoutMs = timeout;
        }

        if (config.SchemaRegistryMaxCachedSchemas is { } schemas)
        {
            registry.MaxCachedSchemas = schemas;
        }

        if (config.BasicAuthUserInfo is { } user)
        {
            registry.BasicAuthUserInfo = user;
        }

        return registry;
    }
}
