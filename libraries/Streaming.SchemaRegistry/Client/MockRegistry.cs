using System.Collections.Concurrent;
using Streaming.SchemaRegistry.Core;

namespace Streaming.SchemaRegistry;

/// <summary>
/// Registries in this process's memory: <c>mock://scope</c> as the URL gives every client of the scope the same one,
/// with the rules of the server.
/// </summary>
public static class MockRegistry
{
    private const string Prefix = "mock://";
    private static readonly ConcurrentDictionary<string, RegistryCore> Scopes = [];

    /// <summary>Whether a URL names a registry in memory.</summary>
    public static bool IsMockUrl(string url) => url.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The registry of a <c>mock://scope</c>, made when it is first asked for.</summary>
    /// <exception cref="ArgumentException">The URL names no scope.</exception>
    public static IRegistryApi Of(string url) =>
        IsMockUrl(url) && url.Length > Prefix.Length
            ? new InProcessRegistry(Scopes.GetOrAdd(url, _ => new RegistryCore()))
            : throw new ArgumentException($"'{url}' names no scope: expected mock://scope.", nameof(url));

    /// <summary>Forgets the registry of a <c>mock://scope</c>: the next client starts with an empty one.</summary>
    public static void Drop(string url)
    {
        if (Scopes.TryRemove(url, out var core))
        {
            core.Dispose();
        }
    }
}
