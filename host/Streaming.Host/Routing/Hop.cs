namespace Streaming.Host.Routing;

/// <summary>The one hop that a question may take to the instance which can answer it.</summary>
internal static class Hop
{
    /// <summary>Marks what another instance has passed on: it is answered here or nowhere, so that nothing goes in circles.</summary>
    public const string Header = "X-Streaming-Forwarded";

    /// <summary>Whether the question is for this instance alone: it was passed on, or says <c>?local=true</c>.</summary>
    public static bool IsLast(HttpContext context) =>
        IsForwarded(context) || string.Equals(context.Request.Query["local"], "true", StringComparison.OrdinalIgnoreCase);

    public static bool IsForwarded(HttpContext context) => context.Request.Headers.ContainsKey(Header);
}
