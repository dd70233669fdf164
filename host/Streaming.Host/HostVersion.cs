using System.Reflection;

namespace Streaming.Host;

internal static class HostVersion
{
    /// <summary>The version of this build, as envelopes and the HTTP API state it.</summary>
    public static string Text { get; } =
        typeof(HostVersion).Assembly.GetName().Version is { } v ? $"{v.Major}.{v.Minor}.{v.Build}" : "0.0.0";
}
