using System.Net;

namespace Confluent.SchemaRegistry;

/// <summary>The registry refused a request: its HTTP status and its error code.</summary>
public sealed class SchemaRegistryException : HttpRequestException
{
    public SchemaRegistryException(string message, HttpStatusCode statusCode, int errorCode)
        : base($"{message}; error code: {errorCode}", null, statusCode)
    {
        Reason = message;
        Status = statusCode;
        ErrorCode = errorCode;
    }

    /// <summary>What the registry said, without the code.</summary>
    public string Reason { get; }

    /// <summary>The registry's code, e.g. 40401; the HTTP status where the answer held none.</summary>
    public int ErrorCode { get; }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }
}
