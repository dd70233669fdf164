using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.SchemaRegistry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Streaming.SchemaRegistry;
using Streaming.SchemaRegistry.Core;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.RegistryServer.Http;

/// <summary>A request as the API sees it: decoded path segments, parameters, and a JSON body.</summary>
internal sealed class ApiRequest : IDisposable
{
    private readonly Dictionary<string, StringValues> parameters;
    private JsonDocument? body;

    private ApiRequest(string method, string[] path, Dictionary<string, StringValues> parameters)
    {
        Method = method;
        Path = path;
        this.parameters = parameters;
    }

    public string Method { get; }

    /// <summary>The segments of the path, each decoded on its own: a subject may hold a slash.</summary>
    public string[] Path { get; }

    public bool HasBody => Method is "POST" or "PUT";

    /// <summary>The body's root.</summary>
    public JsonElement Json => body!.RootElement;

    public static ApiRequest From(HttpContext context)
    {
        // The raw target, because Kestrel's path has %2F left as it is but all else decoded.
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.StartsWith('/'))
        {
            target = Uri.TryCreate(target, UriKind.Absolute, out var uri) ? uri.PathAndQuery : "/";
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = (query < 0 ? target : target[..query])
            .Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(Uri.UnescapeDataString)
            .ToArray();
        return new ApiRequest(
            context.Request.Method, WithoutContext(path),
            query < 0 ? [] : QueryHelpers.ParseQuery(target[query..]));
    }

    public async Task ReadBodyAsync(HttpContext context)
    {
        var encoding = MediaTypes.EncodingOf(context.Request.ContentType)
                       ?? throw RegistryErrors.UnsupportedMediaType();
        try
        {
            var stream = context.Request.Body;
            if (encoding is not UTF8Encoding)
            {
                using var reader = new StreamReader(stream, encoding);
                body = JsonDocument.Parse(await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false));
                return;
            }

            body = await JsonDocument.ParseAsync(stream, default, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw RegistryErrors.BadRequest($"The body is no JSON: {e.Message}");
        }
    }

    /// <summary>A boolean parameter in any case: .NET clients send <c>True</c>.</summary>
    public bool Flag(string name) => bool.TryParse(Text(name), out var value) && value;

    public string? Text(string name) => parameters.TryGetValue(name, out var values) ? values[0] : null;

    public IEnumerable<string> Texts(string name) =>
        parameters.TryGetValue(name, out var values) ? values.OfType<string>() : [];

    /// <summary>A whole number, or the default where it is missing.</summary>
    public int Number(string name, int missing) =>
        Text(name) is not { Length: > 0 } text ? missing
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw RegistryErrors.BadRequest($"The parameter {name} is no whole number: '{text}'.");

    /// <summary>The page that <c>offset</c> and <c>limit</c> ask for.</summary>
    public List<T> Page<T>(List<T> all)
    {
        var limit = Number("limit", -1);
        var rest = all.Skip(Math.Max(0, Number("offset", 0)));
        return (limit < 0 ? rest : rest.Take(limit)).ToList();
    }

    /// <summary>The schema in the body; <c>null</c> members count as missing, unknown ones are ignored.</summary>
    public SchemaRequest Schema()
    {
        try
        {
            var schema = new Schema(
                RegistryJson.OptionalString(Json, "schema") ?? "", RegistryJson.ReadReferences(Json),
                RegistryJson.ReadType(Json), RegistryJson.ReadMetadata(Json), RegistryJson.ReadRuleSet(Json));
            return new SchemaRequest(schema, Given("id"), Given("version"));
        }
        catch (FormatException e)
        {
            throw RegistryErrors.InvalidSchema(e.Message);
        }
    }

    /// <summary>A version in a path: a number from 1, <c>latest</c> or <c>-1</c>.</summary>
    public static int Version(string text) =>
        text is "latest" or "-1" ? IRegistryApi.Latest
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version
        : throw RegistryErrors.InvalidVersion(text);

    public void Dispose() => body?.Dispose();

    private int? Given(string name) => RegistryJson.OptionalInt(Json, name) is { } value and > 0 ? value : null;

    /// <summary>
    /// <c>/contexts/{context}/…</c> is the same API in another context; of contexts there is the default one.
    /// </summary>
    private static string[] WithoutContext(string[] path) =>
        path is ["contexts", var context, .. var rest]
            ? context is "." or ":.:" ? rest : throw RegistryErrors.PathNotFound()
            : path;
}
