namespace Streaming.Host.Pipeline;

/// <summary>What <c>streaming run</c> runs, and where.</summary>
internal sealed record PipelineOptions
{
    /// <summary>Folder of the embedded broker's and registry's data and of the applications' state.</summary>
    public string DataDirectory { get; init; } = "./data";

    /// <summary>Port of the embedded broker on 127.0.0.1; 0 = any free one.</summary>
    public int BrokerPort { get; init; } = 9092;

    /// <summary>Port of the embedded registry on 127.0.0.1; 0 = any free one.</summary>
    public int RegistryPort { get; init; } = 8081;

    public int HttpPort { get; init; } = 8080;

    public string HttpListen { get; init; } = "127.0.0.1";

    /// <summary>host:port under which other instances and clients reach this one's HTTP; by default where it listens.</summary>
    public string? HttpAdvertised { get; init; }

    /// <summary>Application ids to run; empty = all.</summary>
    public IReadOnlyList<string> Applications { get; init; } = [];

    /// <summary>An Apache Kafka to run on instead of the embedded broker.</summary>
    public string? BootstrapServers { get; init; }

    /// <summary>A schema registry to use instead of the embedded one.</summary>
    public string? SchemaRegistry { get; init; }

    /// <summary>Client properties for that broker and registry (TLS, SASL, …).</summary>
    public IReadOnlyDictionary<string, string> ClientProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>Partitions of keyed topics that are created; by default 6 on the embedded broker, 12 elsewhere.</summary>
    public int? Partitions { get; init; }

    /// <summary>Create missing topics and register contracts; else only check that they are there.</summary>
    public bool Provision { get; init; } = true;

    /// <summary>Worker threads an application.</summary>
    public int Workers { get; init; } = 1;
}
