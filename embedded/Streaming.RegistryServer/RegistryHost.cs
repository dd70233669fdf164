using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Streaming.RegistryServer.Http;
using Streaming.SchemaRegistry.Core;

namespace Streaming.RegistryServer;

/// <summary>
/// A schema registry with Confluent's REST API, in this process. It is Kestrel and a handler, without a web host around
/// them, so that it starts in a fraction of a second.
/// </summary>
public sealed class RegistryHost : IAsyncDisposable
{
    private readonly KestrelServer server;
    private readonly RegistryCore core;

    private RegistryHost(KestrelServer server, RegistryCore core, IPAddress address, int port)
    {
        this.server = server;
        this.core = core;
        Port = port;
        var reachable = address.Equals(IPAddress.Any) ? IPAddress.Loopback
            : address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : address;
        Url = $"http://{new IPEndPoint(reachable, port)}";
    }

    /// <summary>The port it listens on.</summary>
    public int Port { get; }

    /// <summary>Its URL for clients on this machine.</summary>
    public string Url { get; }

    /// <summary>Opens the data folder and listens.</summary>
    /// <exception cref="RegistryStartException">The port is taken, or the folder can't be used.</exception>
    public static async Task<RegistryHost> StartAsync(
        RegistryServerOptions options, ILoggerFactory? loggerFactory = null, CancellationToken cancellation = default)
    {
        loggerFactory ??= NullLoggerFactory.Instance;
        var core = OpenCore(options, loggerFactory.CreateLogger<RegistryHost>());
        KestrelServer? server = null;
        try
        {
            server = CreateServer(options, loggerFactory);
            var application = new RegistryApplication(core, options, loggerFactory.CreateLogger<RegistryApplication>());
            await server.StartAsync(application, cancellation).ConfigureAwait(false);
            var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            return new RegistryHost(server, core, options.Listen, new Uri(address).Port);
        }
        catch (Exception e)
        {
            server?.Dispose();
            core.Dispose();
            if (e is IOException or System.Net.Sockets.SocketException)
            {
                throw new RegistryStartException(
                    $"The registry can't listen on {new IPEndPoint(options.Listen, options.Port)}: "
                    + (e.InnerException ?? e).Message, e);
            }

            throw;
        }
    }

    /// <summary>Stops listening, lets requests under way finish for at most five seconds, and closes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await server.StopAsync(patience.Token).ConfigureAwait(false);
        server.Dispose();
        core.Dispose();
    }

    private static RegistryCore OpenCore(RegistryServerOptions options, ILogger logger)
    {
        FileRegistryLog? log = null;
        try
        {
            log = options.DataDirectory is { } directory ? FileRegistryLog.Open(directory) : null;
            if (log is { CutOff: > 0 })
            {
                logger.LogWarning(
                    "The registry's log ended in {Bytes} bytes of an unfinished write; they were cut off.", log.CutOff);
            }

            return new RegistryCore(
                log,
                new RegistryLimits { SchemaLength = options.MaxSchemaLength, References = options.MaxReferences });
        }
        catch (RegistryStorageException e)
        {
            log?.Dispose();
            throw new RegistryStartException(e.Message, e);
        }
    }

    private static KestrelServer CreateServer(RegistryServerOptions options, ILoggerFactory loggerFactory)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        kestrel.Listen(options.Listen, options.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        return new KestrelServer(
            Options.Create(kestrel),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggerFactory),
            loggerFactory);
    }
}
