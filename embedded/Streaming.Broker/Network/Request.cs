using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>
/// A decoded request header and its body. The body's bytes belong to the connection's receive buffer: a handler reads
/// them before its first await and keeps nothing of them.
/// </summary>
internal sealed class Request(ApiVersionRange api, short version, int correlationId, string? clientId, string clientHost, ArraySegment<byte> body)
{
    public ApiKey Key => api.Key;

    public short Version { get; } = version;

    public int CorrelationId { get; } = correlationId;

    public string? ClientId { get; } = clientId;

    public string ClientHost { get; } = clientHost;

    /// <summary>Ends the wait of a request that is held back, when its connection is closed.</summary>
    public CancellationToken Aborted { get; init; }

    public ArraySegment<byte> BodyBytes { get; } = body;

    public bool IsFlexible => api.IsFlexible(Version);

    public ProtocolReader Body() => new(BodyBytes, IsFlexible);

    /// <summary>Begins the response frame: room for its size, the correlation id, the header's tags.</summary>
    public ProtocolWriter BeginResponse(int limit)
    {
        // ApiVersions answers with the oldest header, so that a client which knows nothing yet can read it.
        var writer = new ProtocolWriter(IsFlexible) { Limit = limit };
        writer.Int32(0);
        writer.Int32(CorrelationId);
        if (Key != ApiKey.ApiVersions)
        {
            writer.Tags();
        }

        return writer;
    }
}
