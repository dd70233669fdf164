using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>
/// One client. Requests are answered in their order, one at a time, as Kafka does; only produce requests overlap:
/// each is appended when it is read, so that those which follow one another share a flush.
/// </summary>
internal sealed class Connection : IThreadPoolWorkItem, IDisposable
{
    private const int MaxPendingProduces = 1000;

    private readonly Socket _socket;
    private readonly ISocketReadiness _readiness;
    private readonly ReceiveBuffer _received;
    private readonly ResponseSender _sender;
    private readonly IRequestDispatcher _dispatcher;
    private readonly BrokerOptions _options;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Queue<PendingResponse> _pending = new();
    private readonly Action _onFirstByte;
    private readonly CancellationTokenSource _aborted = new(); // never linked nor timed, so there is nothing to dispose of
    private TaskCompletionSource? _drained;
    private bool _sending;
    private bool _closed;

    public Connection(Socket socket, Func<Socket, ISocketReadiness> watch, IRequestDispatcher dispatcher, ByteBudget budget, BrokerOptions options, ILogger logger)
    {
        _socket = socket;
        _dispatcher = dispatcher;
        _options = options;
        _logger = logger;
        var address = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        Address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        ClientHost = "/" + Address;
        _readiness = watch(socket);
        _received = new ReceiveBuffer(socket, _readiness, budget, options.MaxRequestBytes, _aborted.Token);
        _sender = new ResponseSender(socket);
        _onFirstByte = () => Activity.Enter(ConnectionPhase.Receiving);
    }

    public IPAddress Address { get; }

    public string ClientHost { get; }

    /// <summary>What the client is being waited for, and since when.</summary>
    public ConnectionActivity Activity { get; } = new();

    /// <summary>The same for produce responses, which are sent while further requests are read.</summary>
    public ConnectionActivity ProduceActivity { get; } = new() { Phase = ConnectionPhase.Processing };

    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var frame = await _received.ReadFrameAsync(_onFirstByte).ConfigureAwait(false);
                if (frame.Count == 0)
                {
                    return;
                }

                NativeMethods.PreferShortSlices();
                Activity.Enter(ConnectionPhase.Processing);
                if (!await HandleAsync(frame).ConfigureAwait(false))
                {
                    return;
                }

                Activity.Enter(_received.IsMidFrame ? ConnectionPhase.Receiving : ConnectionPhase.Idle);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client went away, or the broker closed the connection.
        }
        catch (MalformedRequestException e)
        {
            _logger.LogDebug("Closing {Client}: {Reason}", ClientHost, e.Message);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "A request of {Client} failed; its connection is closed", ClientHost);
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Ends the connection from outside; the loop notices, whatever it waits for.</summary>
    public void Abort()
    {
        CloseSocket();
        _aborted.Cancel();
    }

    public void Dispose()
    {
        PendingResponse[] abandoned;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            abandoned = _sending ? [] : [.. _pending.Where(p => p.IsComplete)];
            _drained?.TrySetResult();
        }

        CloseSocket();
        _received.Dispose();
        foreach (var response in abandoned)
        {
            response.Writer.Dispose();
        }
    }

    /// <summary>Called when a produce response is ready, on whatever thread made it so.</summary>
    internal void ResponseCompleted(bool inline)
    {
        lock (_lock)
        {
            if (_closed || _sending || !_pending.TryPeek(out var head) || !head.IsComplete)
            {
                return;
            }

            _sending = true;
        }

        if (inline)
        {
            _ = SendCompletedAsync(); // returns at once if the socket does not take it
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = SendCompletedAsync();

    private async ValueTask<bool> HandleAsync(ArraySegment<byte> frame)
    {
        if (!RequestHeader.TryRead(frame, ClientHost, _aborted.Token, out var request, out var refusal))
        {
            if (refusal is null)
            {
                return false;
            }

            await DrainAsync().ConfigureAwait(false);
            await SendAsync(refusal).ConfigureAwait(false);
            return true;
        }

        if (request.Key == ApiKey.Produce)
        {
            return await ProduceAsync(request).ConfigureAwait(false);
        }

        await NetworkThread.Leave();
        await DrainAsync().ConfigureAwait(false);
        if (_dispatcher.Find(request.Key) is not { } handler)
        {
            return false;
        }

        var response = request.BeginResponse(_options.MaxResponseBytes);
        try
        {
            await handler.HandleAsync(request, response).ConfigureAwait(false);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        await SendAsync(response).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> ProduceAsync(Request request)
    {
        var pending = new PendingResponse(this, request.BeginResponse(_options.MaxResponseBytes));
        bool full;
        lock (_lock)
        {
            _pending.Enqueue(pending);
            full = _pending.Count >= MaxPendingProduces;
        }

        _dispatcher.Produce(request, pending);
        if (full)
        {
            await DrainAsync().ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Waits until every produce response is sent.</summary>
    private Task DrainAsync()
    {
        lock (_lock)
        {
            if ((_pending.Count == 0 && !_sending) || _closed)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private async Task SendCompletedAsync()
    {
        try
        {
            while (TakeCompleted() is { } batch)
            {
                if (batch.Count > 0)
                {
                    ProduceActivity.Enter(ConnectionPhase.Sending);
                    await _sender.SendAsync(batch, ProduceActivity).ConfigureAwait(false);
                    ProduceActivity.Enter(ConnectionPhase.Processing);
                }
            }
        }
        catch (Exception e)
        {
            if (e is not (SocketException or ObjectDisposedException))
            {
                _logger.LogError(e, "Responses to {Client} could not be sent", ClientHost);
            }

            Abort();
            lock (_lock)
            {
                _drained?.TrySetResult();
            }
        }
    }

    /// <summary>The responses whose turn has come; null when there are none and sending stops.</summary>
    private List<ProtocolWriter>? TakeCompleted()
    {
        lock (_lock)
        {
            if (_pending.Count == 0 || !_pending.Peek().IsComplete)
            {
                _sending = false;
                if (_pending.Count == 0 && _drained is { } drained)
                {
                    _drained = null;
                    drained.TrySetResult();
                }

                return null;
            }

            var batch = new List<ProtocolWriter>();
            while (_pending.TryPeek(out var head) && head.IsComplete)
            {
                _pending.Dequeue();
                if (head.IsSilent)
                {
                    head.Writer.Dispose();
                }
                else
                {
                    batch.Add(head.Writer);
                }
            }

            return batch;
        }
    }

    private void CloseSocket()
    {
        _socket.Dispose();
        _readiness.Dispose();
    }

    private async ValueTask SendAsync(ProtocolWriter response)
    {
        Activity.Enter(ConnectionPhase.Sending);
        await _sender.SendAsync([response], Activity).ConfigureAwait(false);
    }
}
