namespace Streaming.Broker.Tests.Clients;

/// <summary>Where the tests keep what they fetch from npm.</summary>
internal static class NpmCache
{
    public static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "streaming",
        "npm");
}
