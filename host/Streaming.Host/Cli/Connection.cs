using System.CommandLine;
using Confluent.Kafka;

namespace Streaming.Host.Cli;

/// <summary>The options by which a verb finds the broker and the registry; the defaults are the embedded ones' addresses.</summary>
internal sealed class ConnectionOptions
{
    public const string DefaultBootstrapServers = "127.0.0.1:9092";
    public const string DefaultSchemaRegistry = "http://127.0.0.1:8081";

    public Option<string> BootstrapServers { get; } = new("--bootstrap-servers")
    {
        Description = "Kafka brokers, host:port[,host:port]",
        DefaultValueFactory = _ => DefaultBootstrapServers,
    };

    public Option<string> SchemaRegistry { get; } = new("--schema-registry")
    {
        Description = "URL of the schema registry",
        DefaultValueFactory = _ => DefaultSchemaRegistry,
    };

    public Option<FileInfo?> ClientConfig { get; } = new("--client-config")
    {
        Description = "File of client properties (name=value a line), e.g. for TLS and SASL",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(BootstrapServers);
        command.Options.Add(SchemaRegistry);
        command.Options.Add(ClientConfig);
    }

    /// <summary>For a verb that needs the registry alone.</summary>
    public Connection ReadRegistry(ParseResult result) => new(
        "", result.GetValue(SchemaRegistry)!, ClientProperties.Read(result.GetValue(ClientConfig)));

    public Connection Read(ParseResult result) => new(
        result.GetValue(BootstrapServers)!, result.GetValue(SchemaRegistry)!,
        ClientProperties.Read(result.GetValue(ClientConfig)));
}

/// <summary>A broker, a registry, and the properties that every client of them gets.</summary>
internal sealed record Connection(
    string BootstrapServers, string SchemaRegistry, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>The configuration that all clients of this process share.</summary>
    public ClientConfig Client(string clientId)
    {
        var config = new ClientConfig();
        foreach (var (name, value) in Properties.Where(p => !p.Key.StartsWith("schema.registry.", StringComparison.Ordinal)))
        {
            config.Set(name, value);
        }

        config.BootstrapServers = BootstrapServers;
        config.ClientId = clientId;
        return config;
    }

    /// <summary>The registry's URL and the properties that belong to it (<c>schema.registry.*</c>).</summary>
    public IEnumerable<KeyValuePair<string, string>> Registry() =>
        Properties.Where(p => p.Key.StartsWith("schema.registry.", StringComparison.Ordinal) && p.Key != "schema.registry.url")
            .Append(new("schema.registry.url", SchemaRegistry));
}
