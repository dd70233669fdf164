using System.Net.Sockets;

namespace Streaming.Broker.Network;

/// <summary>Tells when a socket has something to read: bytes, the end of the stream or an error. One may wait at a time.</summary>
internal interface ISocketReadiness : IDisposable
{
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    ValueTask WaitAsync();
}

/// <summary>Has the runtime wait; what waited goes on in the thread pool.</summary>
internal sealed class RuntimeReadiness(Socket socket) : ISocketReadiness
{
    public async ValueTask WaitAsync() => await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);

    public void Dispose()
    {
        // The end of the socket ends the wait.
    }
}
