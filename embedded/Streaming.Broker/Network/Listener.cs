using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Network;

/// <summary>Accepts connections within the limits and closes those whose clients are stuck.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly BrokerOptions _options;
    private readonly IRequestDispatcher _dispatcher;
    private readonly ByteBudget _budget;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly NetworkThread[] _threads;
    private readonly Timer _sweep;
    private int _lastThread;
    private Task _accepting = Task.CompletedTask;

    private Listener(Socket socket, BrokerOptions options, IRequestDispatcher dispatcher, ILogger logger)
    {
        _socket = socket;
        _options = options;
        _dispatcher = dispatcher;
        _logger = logger;
        _budget = new ByteBudget(Math.Max(options.MaxBufferedRequestBytes, 2L * options.MaxRequestBytes));
        _threads = [.. Enumerable.Range(0, options.NetworkThreads).Select(_ => new NetworkThread())];
        _sweep = new Timer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public int ConnectionCount => _connections.Count;

    /// <summary>Binds the port without accepting yet, so that a taken port is known before anything else is done.</summary>
    public static Socket Bind(BrokerOptions options)
    {
        if (!IPAddress.TryParse(options.Listen, out var address))
        {
            throw new BrokerStartException($"'{options.Listen}' is no IP address to listen on");
        }

        if (!IPAddress.IsLoopback(address) && !options.AllowInsecure)
        {
            throw new BrokerStartException(
                $"refusing to listen on {address}: there is neither authentication nor encryption (--insecure permits it)");
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, options.Port));
            socket.Listen(1024);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new BrokerStartException($"cannot listen on {address}:{options.Port}: {e.Message}", e);
        }
    }

    /// <summary>What clients can connect to: of "any address" a literal one of this machine.</summary>
    public static string ReachableHost(string listen)
    {
        if (!IPAddress.TryParse(listen, out var address) || !(address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
        {
            return listen;
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a))?.ToString() ?? "127.0.0.1";
    }

    public static Listener Start(Socket bound, BrokerOptions options, IRequestDispatcher dispatcher, ILogger logger)
    {
        var listener = new Listener(bound, options, dispatcher, logger);
        listener._accepting = listener.AcceptAsync();
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
        var running = _connections.ToArray();
        foreach (var (connection, _) in running)
        {
            connection.Abort();
        }

        try
        {
            await Task.WhenAll(running.Select(c => c.Value)).WaitAsync(_options.ShutdownTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.LogWarning("{Count} connections did not end in time", _connections.Count);
        }

        Array.ForEach(_threads, t => t.Dispose());
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var client = await _socket.AcceptAsync().ConfigureAwait(false);
                Serve(client);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or the client left in between: neither ends the broker.
                _logger.LogWarning("A connection was not accepted: {Reason}", e.Message);
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }

    private void Serve(Socket client)
    {
        Connection connection;
        try
        {
            client.NoDelay = true;
            client.Blocking = false;
            connection = new Connection(client, Watch, _dispatcher, _budget, _options, _logger);
        }
        catch (SocketException)
        {
            client.Dispose();
            return;
        }

        var sameAddress = _perAddress.AddOrUpdate(connection.Address, 1, (_, n) => n + 1);
        if (_connections.Count >= _options.MaxConnections || sameAddress > _options.MaxConnectionsPerAddress)
        {
            Forget(connection);
            connection.Dispose();
            return;
        }

        _connections[connection] = Task.CompletedTask;
        _connections.TryUpdate(connection, RunAsync(connection), Task.CompletedTask);
    }

    private ISocketReadiness Watch(Socket client)
    {
        if (_threads.Length == 0)
        {
            return new RuntimeReadiness(client);
        }

        _lastThread = (_lastThread + 1) % _threads.Length;
        return _threads[_lastThread].Watch(client);
    }

    private async Task RunAsync(Connection connection)
    {
        await Task.Yield();
        await connection.RunAsync().ConfigureAwait(false);
        await NetworkThread.Leave(); // the listener, which waits for this task's end, ends the threads next
        _connections.TryRemove(connection, out _);
        Forget(connection);
    }

    private void Forget(Connection connection)
    {
        if (_perAddress.AddOrUpdate(connection.Address, 0, (_, n) => n - 1) <= 0)
        {
            _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(connection.Address, 0));
        }
    }

    private void Sweep()
    {
        foreach (var (connection, _) in _connections)
        {
            if (IsStuck(connection.Activity) || IsStuck(connection.ProduceActivity))
            {
                _logger.LogDebug("Closing {Client}: {Phase} for too long", connection.ClientHost, connection.Activity.Phase);
                connection.Abort();
            }
        }
    }

    private bool IsStuck(ConnectionActivity activity)
    {
        var limit = activity.Phase switch
        {
            ConnectionPhase.New => _options.HandshakeTimeout,
            ConnectionPhase.Idle => _options.IdleTimeout,
            ConnectionPhase.Receiving or ConnectionPhase.Sending => _options.StallTimeout,
            _ => TimeSpan.MaxValue,
        };
        return activity.Elapsed > limit;
    }
}
