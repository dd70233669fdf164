using System.Diagnostics.CodeAnalysis;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>Reads request headers and refuses what cannot be served.</summary>
internal static class RequestHeader
{
    /// <summary>
    /// Reads a frame's header. False when it cannot be served: with a refusal to send where the protocol has one (an
    /// ApiVersions request of a future version is told the versions we know), else the connection is to be closed.
    /// </summary>
    public static bool TryRead(
        ArraySegment<byte> frame, string clientHost, CancellationToken aborted, [NotNullWhen(true)] out Request? request, out ProtocolWriter? refusal)
    {
        request = null;
        refusal = null;
        var reader = new ProtocolReader(frame, flexible: false);
        var key = (ApiKey)reader.Int16();
        var version = reader.Int16();
        var correlationId = reader.Int32();
        if (ApiTable.Find(key) is not { } api)
        {
            return false;
        }

        if (!ApiTable.IsServed(api, version))
        {
            refusal = key == ApiKey.ApiVersions ? RefuseApiVersions(correlationId, api) : null;
            return false;
        }

        var clientId = reader.ClassicNullableString();
        reader.Flexible = api.IsFlexible(version);
        reader.Tags();
        request = new Request(api, version, correlationId, clientId, clientHost, frame[reader.Position..]) { Aborted = aborted };
        return true;
    }

    private static ProtocolWriter RefuseApiVersions(int correlationId, ApiVersionRange api)
    {
        var writer = new ProtocolWriter();
        writer.Int32(0);
        writer.Int32(correlationId);
        writer.Error(ErrorCode.UnsupportedVersion);
        writer.ArrayLength(1);
        writer.Int16((short)ApiKey.ApiVersions);
        writer.Int16(api.Min);
        writer.Int16(api.Max);
        return writer;
    }
}
