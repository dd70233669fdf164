using Streaming.Broker.Network;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Handlers;

/// <summary>ApiVersions: the table of what is served.</summary>
internal sealed class ApiVersionsHandler : IRequestHandler
{
    public ApiKey Key => ApiKey.ApiVersions;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var error = ErrorCode.None;
        if (request.Version >= 3)
        {
            var body = request.Body();
            var valid = IsValidSoftwareName(body.String()) & IsValidSoftwareName(body.String());
            error = valid ? ErrorCode.None : ErrorCode.InvalidRequest;
        }

        response.Error(error);
        var ranges = error == ErrorCode.None ? ApiTable.Ranges : [];
        response.ArrayLength(ranges.Length);
        foreach (var range in ranges)
        {
            response.Int16((short)range.Key);
            response.Int16(range.Min);
            response.Int16(range.Max);
            response.Tags();
        }

        if (request.Version >= 1)
        {
            response.Int32(0);
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    /// <summary>KIP-511: letters and digits, with dots and dashes inside.</summary>
    private static bool IsValidSoftwareName(string name) =>
        name.Length > 0
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
}

/// <summary>DescribeCluster: one node.</summary>
internal sealed class DescribeClusterHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.DescribeCluster;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        body.Bool();
        var endpointType = request.Version >= 1 ? body.Int8() : (sbyte)1;
        response.Int32(0);
        var controllersAsked = endpointType != 1;
        response.Error(controllersAsked ? ErrorCode.InvalidRequest : ErrorCode.None);
        response.NullableString(controllersAsked ? "Only brokers can be described" : null);
        if (request.Version >= 1)
        {
            response.Int8(endpointType);
        }

        response.String(context.ClusterId);
        response.Int32(context.NodeId);
        response.ArrayLength(1);
        response.Int32(context.NodeId);
        response.String(context.Host);
        response.Int32(context.Port);
        response.NullableString(null);
        response.Tags();
        response.Int32(int.MinValue);
        response.Tags();
        return ValueTask.CompletedTask;
    }
}

/// <summary>FindCoordinator: always this node.</summary>
internal sealed class FindCoordinatorHandler(BrokerContext context) : IRequestHandler
{
    public ApiKey Key => ApiKey.FindCoordinator;

    public ValueTask HandleAsync(Request request, ProtocolWriter response)
    {
        var body = request.Body();
        var version = request.Version;
        if (version >= 4)
        {
            var type = body.Int8();
            var keys = body.StringArray();
            response.Int32(0);
            response.ArrayLength(keys.Length);
            foreach (var key in keys)
            {
                var known = type is 0 or 1;
                response.String(key);
                WriteNode(response, known);
                response.Error(known ? ErrorCode.None : ErrorCode.InvalidRequest);
                response.NullableString(known ? null : "Unknown coordinator type");
                response.Tags();
            }
        }
        else
        {
            body.String();
            var known = version < 1 || body.Int8() is 0 or 1;
            if (version >= 1)
            {
                response.Int32(0);
            }

            response.Error(known ? ErrorCode.None : ErrorCode.InvalidRequest);
            if (version >= 1)
            {
                response.NullableString(known ? null : "Unknown coordinator type");
            }

            WriteNode(response, known);
        }

        response.Tags();
        return ValueTask.CompletedTask;
    }

    private void WriteNode(ProtocolWriter response, bool known)
    {
        response.Int32(known ? context.NodeId : -1);
        response.String(known ? context.Host : "");
        response.Int32(known ? context.Port : -1);
    }
}
