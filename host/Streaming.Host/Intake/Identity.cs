using System.Security.Cryptography;
using Streaming.Schemas;

namespace Streaming.Host.Intake;

/// <summary>
/// Who a request is. With an <c>Idempotency-Key</c> its ids follow from method, path and key, so that a repeat is the same
/// command; without one they are random.
/// </summary>
internal sealed record RequestIdentity(Guid CommandId, string? IdempotencyKey, string BodyHash, string CorrelationId)
{
    private readonly string _method = "";
    private readonly string _path = "";

    /// <exception cref="BadHttpRequestException">A header that cannot be what it should.</exception>
    public static RequestIdentity Of(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        var key = Header(request, "Idempotency-Key", 255);
        var path = request.Path.Value!;
        return new RequestIdentity(
            key is null ? Guid.NewGuid() : DeterministicId.From(request.Method, path, key),
            key,
            Convert.ToHexStringLower(SHA256.HashData(body.Span)),
            Header(request, "X-Correlation-Id", 128) ?? Guid.NewGuid().ToString(),
            request.Method,
            path);
    }

    private RequestIdentity(Guid commandId, string? key, string bodyHash, string correlationId, string method, string path)
        : this(commandId, key, bodyHash, correlationId)
    {
        _method = method;
        _path = path;
    }

    /// <summary>The id of the order that this request creates.</summary>
    public string NewOrderId() =>
        (IdempotencyKey is null ? Guid.NewGuid() : DeterministicId.From(_method, _path, IdempotencyKey, "order")).ToString();

    private static string? Header(HttpRequest request, string name, int maxLength)
    {
        if (!request.Headers.TryGetValue(name, out var values))
        {
            return null;
        }

        var value = values.ToString();
        return value.Length > 0 && value.Length <= maxLength && value.All(c => c is >= ' ' and <= '~')
            ? value
            : throw new BadHttpRequestException($"{name} must have 1 to {maxLength} printable ASCII characters");
    }
}
