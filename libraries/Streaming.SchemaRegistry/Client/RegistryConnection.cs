using System.Net;
using Confluent.SchemaRegistry;
using Streaming.SchemaRegistry.Rest;

namespace Streaming.SchemaRegistry;

/// <summary>Opens a registry by its configuration.</summary>
public static class RegistryConnection
{
    /// <summary>
    /// The registry that <c>schema.registry.url</c> names: over HTTP, or the one of a <c>mock://scope</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The configuration is wrong; the message names the key.</exception>
    public static IRegistryApi Open(
        IEnumerable<KeyValuePair<string, string>> config, IAuthenticationHeaderValueProvider? authentication = null,
        IWebProxy? proxy = null) =>
        Open(RestOptions.From(config), authentication, proxy);

    internal static IRegistryApi Open(
        RestOptions options, IAuthenticationHeaderValueProvider? authentication, IWebProxy? proxy) =>
        MockRegistry.IsMockUrl(options.Urls[0])
            ? MockRegistry.Of(options.Urls[0])
            : new RestRegistry(options, authentication, proxy);
}
