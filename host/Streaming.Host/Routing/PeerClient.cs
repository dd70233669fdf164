namespace Streaming.Host.Routing;

/// <summary>Talks to other instances of the pipeline.</summary>
internal sealed class PeerClient : IDisposable
{
    /// <summary>How long an answer may take beyond what the question itself asks to wait.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = _connectTimeout,
        // A pooled connection outlives its peer's address otherwise.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks an instance, by the hop's mark for itself alone; the whole answer is read.</summary>
    /// <param name="target">Path and query as they stand in a request line.</param>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time, or the caller has gone.</exception>
    public async Task<HttpResponseMessage> GetAsync(string server, string target, TimeSpan timeout, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        // What the client escaped, or did not, reaches the owner the same.
        var address = new Uri($"http://{server}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add(Hop.Header, "1");
        return await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, deadline.Token).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();
}
