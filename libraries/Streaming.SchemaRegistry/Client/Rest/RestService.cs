using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Confluent.SchemaRegistry;

namespace Streaming.SchemaRegistry.Rest;

/// <summary>
/// Sends requests to the first registry that answers, beginning with the one that answered last. What may succeed later
/// (no connection, timeouts, 408, 429, 500, 502, 503, 504) is repeated after a random wait that doubles each time.
/// </summary>
internal sealed class RestService : IDisposable
{
    private readonly RestOptions options;
    private readonly HttpClient http;
    private readonly Func<AuthenticationHeaderValue?> authentication;
    private int lastGood;

    public RestService(RestOptions options, IAuthenticationHeaderValueProvider? provider, IWebProxy? proxy)
    {
        this.options = options;
        http = new HttpClient(options.CreateHandler(proxy)) { Timeout = options.Timeout };
        authentication = provider is null ? () => options.Authentication : provider.GetAuthenticationHeader;
    }

    /// <summary>Sends a request and hands the answer's JSON to <paramref name="read"/>.</summary>
    public async Task<T> SendAsync<T>(
        HttpMethod method, string path, byte[]? body, Func<JsonElement, T> read, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var isLast = attempt == options.MaxRetries;
            var outcome = await TryAllAsync(method, path, body, read, isLast, cancellation).ConfigureAwait(false);
            if (outcome.Succeeded)
            {
                return outcome.Value!;
            }

            await Task.Delay(WaitBefore(attempt + 1), cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<(bool Succeeded, T? Value)> TryAllAsync<T>(
        HttpMethod method, string path, byte[]? body, Func<JsonElement, T> read, bool isLast,
        CancellationToken cancellation)
    {
        var start = Volatile.Read(ref lastGood);
        List<Exception> failures = [];
        for (var i = 0; i < options.Urls.Count; i++)
        {
            var index = (start + i) % options.Urls.Count;
            try
            {
                using var request = Create(method, options.Urls[index] + path, body);
                using var response = await http.SendAsync(request, cancellation).ConfigureAwait(false);
                if (IsRetriable(response.StatusCode))
                {
                    failures.Add(await ErrorOfAsync(response, cancellation).ConfigureAwait(false));
                    continue;
                }

                Volatile.Write(ref lastGood, index);
                if (!response.IsSuccessStatusCode)
                {
                    throw await ErrorOfAsync(response, cancellation).ConfigureAwait(false);
                }

                return (true, await ReadAsync(response, read, cancellation).ConfigureAwait(false));
            }
            catch (HttpRequestException e) when (e is not SchemaRegistryException)
            {
                failures.Add(new HttpRequestException($"[{options.Urls[index]}] {e.Message}", e, e.StatusCode));
            }
            catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
            {
                failures.Add(new HttpRequestException(
                    $"[{options.Urls[index]}] no answer within {options.Timeout.TotalMilliseconds} ms", e));
            }
        }

        if (!isLast)
        {
            return (false, default);
        }

        throw failures.OfType<SchemaRegistryException>().FirstOrDefault()
              ?? (failures.Count == 1
                  ? failures[0]
                  : new HttpRequestException(
                      $"No schema registry answers: {string.Join("; ", failures.Select(f => f.Message))}",
                      failures[0]));
    }

    private HttpRequestMessage Create(HttpMethod method, string url, byte[]? body)
    {
        var request = new HttpRequestMessage(method, url);
        request.Headers.Accept.ParseAdd($"{RegistryJson.MediaType}, application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5");
        request.Headers.Authorization = authentication();
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(RegistryJson.MediaType) },
            };
        }

        return request;
    }

    private static async Task<T> ReadAsync<T>(
        HttpResponseMessage response, Func<JsonElement, T> read, CancellationToken cancellation)
    {
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            using var json = await JsonDocument.ParseAsync(stream, default, cancellation).ConfigureAwait(false);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
                                      or KeyNotFoundException)
        {
            // Confluent's clients use 50005 for an answer that is no JSON of the expected form.
            throw new SchemaRegistryException(
                $"[{response.RequestMessage?.RequestUri}] answered what is no registry's answer: {e.Message}",
                response.StatusCode, 50005);
        }
    }

    private static async Task<SchemaRegistryException> ErrorOfAsync(
        HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (RegistryJson.OptionalInt(json.RootElement, "error_code") is { } code)
            {
                var message = RegistryJson.OptionalString(json.RootElement, "message") ?? "";
                return new SchemaRegistryException(message, response.StatusCode, code);
            }
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // Not the registry's own words: a proxy's page, most likely. The status says enough.
        }

        return new SchemaRegistryException(
            $"[{response.RequestMessage?.RequestUri}] {(int)response.StatusCode} {response.ReasonPhrase}",
            response.StatusCode, (int)response.StatusCode);
    }

    private static bool IsRetriable(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private TimeSpan WaitBefore(int attempt)
    {
        var bound = Math.Min(
            options.RetryMaxWait.TotalMilliseconds, options.RetryWait.TotalMilliseconds * Math.Pow(2, attempt - 1));
        return TimeSpan.FromMilliseconds(bound * Random.Shared.NextDouble());
    }
}
