using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>A bare socket to the broker: sends frames byte for byte, reads frames back.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <param name="receiveBuffer">How many bytes the system may hold for this client before it has the broker wait.</param>
    public WireClient(int port, IPAddress? from = null, int? receiveBuffer = null)
    {
        if (receiveBuffer is { } bytes)
        {
            _socket.ReceiveBufferSize = bytes;
        }

        if (from is not null)
        {
            _socket.Bind(new IPEndPoint(from, 0));
        }

        _socket.Connect(IPAddress.Loopback, port);
    }

    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Sends a frame without its size.</summary>
    public void Send(ReadOnlySpan<byte> frame) => SendRaw(Frames.Sized(frame));

    /// <summary>The next response frame without its size; null when the broker closed the connection.</summary>
    public byte[]? Receive(int timeoutMs = 60_000)
    {
        _socket.ReceiveTimeout = timeoutMs;
        var size = ReadExactly(4);
        return size is null ? null : ReadExactly(BinaryPrimitives.ReadInt32BigEndian(size));
    }

    /// <summary>Some bytes of a response, whose rest <see cref="Receive"/> is not to be asked for.</summary>
    public byte[] ReceiveRaw(int count) => ReadExactly(count) ?? throw new IOException("the broker closed the connection");

    public byte[]? Exchange(ReadOnlySpan<byte> frame)
    {
        Send(frame);
        return Receive();
    }

    /// <summary>Whether the broker took the bytes before it closed the connection.</summary>
    public bool TrySendRaw(ReadOnlySpan<byte> bytes)
    {
        try
        {
            SendRaw(bytes);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Whether a request was answered, and not by closing the connection.</summary>
    public bool TryExchange(ReadOnlySpan<byte> frame)
    {
        try
        {
            return Exchange(frame) is not null;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public bool IsClosedByBroker(int timeoutMs = 60_000)
    {
        try
        {
            return Receive(timeoutMs) is null;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[]? ReadExactly(int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count;)
        {
            int n;
            try
            {
                n = _socket.Receive(buffer.AsSpan(read));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return null;
            }

            if (n == 0)
            {
                return null;
            }

            read += n;
        }

        return buffer;
    }
}
