using System.Net;

namespace Streaming.RegistryServer;

/// <summary>Whose answers a registry gives where Confluent's versions differ.</summary>
public enum RegistryProfile
{
    /// <summary>
    /// Confluent 7: no guid, the type of Avro schemas left out, 409 as the code of a conflict; a registration's answer
    /// holds the version beside the id.
    /// </summary>
    Confluent7,

    /// <summary>Confluent 8: guid and type everywhere, 40901 as the code of a conflict.</summary>
    Confluent8,
}

/// <summary>How a registry server is set up.</summary>
public sealed record RegistryServerOptions
{
    /// <summary>The address to listen on (127.0.0.1).</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 takes any free one (8081).</summary>
    public int Port { get; init; } = 8081;

    /// <summary>The folder to keep schemas in; null keeps them in memory alone.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Users and passwords for HTTP basic authentication; none lets everyone in.</summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>Whose answers to give (Confluent 7's).</summary>
    public RegistryProfile Profile { get; init; } = RegistryProfile.Confluent7;

    /// <summary>The largest request body in bytes (4 MiB).</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The longest schema in characters, what it refers to included (1,000,000).</summary>
    public int MaxSchemaLength { get; init; } = 1_000_000;

    /// <summary>The most schemas one may refer to, directly or not (1,000).</summary>
    public int MaxReferences { get; init; } = 1_000;
}
