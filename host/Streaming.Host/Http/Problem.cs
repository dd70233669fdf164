using Microsoft.AspNetCore.Mvc;

namespace Streaming.Host.Http;

/// <summary>Answers other than success, as RFC 9457 problems; the type names the case so that programs can tell them apart.</summary>
internal static class Problem
{
    public const string ContentType = "application/problem+json";

    public static IResult NotFound(string what) => Of(StatusCodes.Status404NotFound, "not-found", what);

    public static IResult BadRequest(string detail) => Of(StatusCodes.Status400BadRequest, "bad-request", detail);

    public static IResult Invalid(IDictionary<string, string[]> errors) => TypedResults.Problem(new HttpValidationProblemDetails(errors)
    {
        Type = TypeOf("invalid-request"),
        Title = "The request has faulty fields",
        Status = StatusCodes.Status400BadRequest,
    });

    public static IResult TooLarge(int limit) => Of(
        StatusCodes.Status413PayloadTooLarge, "too-large", $"The body has more than {limit} bytes");

    /// <summary>The broker or a store cannot answer now; the same request may succeed soon.</summary>
    public static IResult Unavailable(HttpContext context, string type, string detail)
    {
        context.Response.Headers.RetryAfter = "1";
        return Of(StatusCodes.Status503ServiceUnavailable, type, detail);
    }

    /// <summary>What routing has refused: no such path, another method, another kind of body.</summary>
    public static IResult OfStatus(HttpContext context)
    {
        var asked = $"{context.Request.Method} {context.Request.Path}";
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => NotFound($"There is no {asked}"),
            StatusCodes.Status405MethodNotAllowed => Of(StatusCodes.Status405MethodNotAllowed, "method-not-allowed", $"{asked}: the path has other methods"),
            StatusCodes.Status415UnsupportedMediaType => Of(
                StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", $"{asked} takes a body of Content-Type application/json"),
            var status => Of(status, "refused", asked),
        };
    }

    public static IResult Of(int status, string type, string detail, IDictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(new ProblemDetails
        {
            Type = TypeOf(type),
            Title = type.Replace('-', ' '),
            Status = status,
            Detail = detail,
            Extensions = extensions ?? new Dictionary<string, object?>(),
        });

    private static string TypeOf(string name) => "urn:streaming:problem:" + name;
}
