using System.Collections.Concurrent;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Streaming.Broker.Network;

/// <summary>
/// Waits for what clients send, and runs what waits for it itself: the thread that the kernel wakes is the one that reads
/// and appends. The runtime's sockets wake a second one, of the pool, and on a busy machine each waits for a processor.
/// Whatever may take long must <see cref="Leave"/>. Linux only.
/// </summary>
internal sealed class NetworkThread : IDisposable
{
    private const ulong StopId = 0;

    private readonly Epoll _epoll = new();
    private readonly AnonymousPipeServerStream _stop = new(PipeDirection.Out);
    private readonly ConcurrentDictionary<ulong, Readiness> _sockets = new();
    private readonly Thread _thread;
    private ulong _lastId = StopId;

    public NetworkThread()
    {
        _epoll.Arm(_stop.ClientSafePipeHandle, StopId, again: false);
        _thread = new Thread(Run) { IsBackground = true, Name = "broker-network" };
        _thread.Start();
    }

    /// <summary>To await where what follows may take long, or wait for something: goes on in the thread pool.</summary>
    public static ConfiguredTaskAwaitable Leave() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <summary>Has this thread watch a socket. The result is to be disposed with the socket, after it.</summary>
    public ISocketReadiness Watch(Socket socket)
    {
        var id = Interlocked.Increment(ref _lastId);
        return _sockets[id] = new Readiness(this, socket.SafeHandle, id);
    }

    /// <summary>Ends the thread, once it is done with what it is at.</summary>
    public void Dispose()
    {
        _stop.WriteByte(0);
        _thread.Join();
        _stop.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        Span<ulong> ready = stackalloc ulong[Epoll.MaxEvents];
        while (true)
        {
            foreach (var id in ready[.._epoll.Wait(ready)])
            {
                if (id == StopId)
                {
                    return;
                }

                if (_sockets.TryGetValue(id, out var socket))
                {
                    socket.Complete();
                }
            }
        }
    }

    private sealed class Readiness(NetworkThread thread, SafeSocketHandle socket, ulong id) : ISocketReadiness, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<bool> _source; // continues on the thread that completes it
        private bool _armed;
        private bool _waiting;

        public ValueTask WaitAsync()
        {
            _source.Reset();
            Volatile.Write(ref _waiting, true);
            try
            {
                thread._epoll.Arm(socket, id, _armed);
            }
            catch
            {
                Volatile.Write(ref _waiting, false);
                throw;
            }

            _armed = true;
            return new ValueTask(this, _source.Version);
        }

        /// <summary>Called by the network thread, and by whoever closes the socket: a closed one is never reported.</summary>
        public void Complete()
        {
            if (Interlocked.Exchange(ref _waiting, false))
            {
                _source.SetResult(true);
            }
        }

        public void Dispose()
        {
            thread._sockets.TryRemove(id, out _);
            Complete();
        }

        public void GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
