namespace Streaming.Host.Http;

internal static class BodyLimit
{
    /// <summary>The largest request body; an order of the most lines has a quarter of it.</summary>
    public const int Bytes = 256 * 1024;

    /// <summary>The whole body, which may be empty.</summary>
    /// <exception cref="BadHttpRequestException">It is larger (413), or was cut short.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(this HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted).ConfigureAwait(false);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
