using System.Buffers;
using System.Net.Sockets;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>
/// Sends responses. Log data is sent by the system from its file, or read from it a chunk at a time while sending, so that
/// the size of a response and a client's slowness cost no memory.
/// </summary>
internal sealed class ResponseSender(Socket socket)
{
    private const int ChunkSize = 64 * 1024;
    private const int DirectFrom = 16 * 1024; // less than that is sooner copied than sent on its own

    /// <summary>Sends the responses in order and disposes them, whatever happens.</summary>
    public async ValueTask SendAsync(IReadOnlyList<ProtocolWriter> responses, ConnectionActivity? activity = null)
    {
        try
        {
            if (responses.Count == 1 && responses[0].Splices.Count == 0)
            {
                SetSize(responses[0]);
                await SendAllAsync(responses[0].Written, activity).ConfigureAwait(false);
                return;
            }

            await SendChunkedAsync(responses, activity).ConfigureAwait(false);
        }
        finally
        {
            foreach (var response in responses)
            {
                response.Dispose();
            }
        }
    }

    private async ValueTask SendChunkedAsync(IReadOnlyList<ProtocolWriter> responses, ConnectionActivity? activity)
    {
        var total = responses.Sum(r => r.TotalLength);
        var chunk = new Chunk(socket, activity, ArrayPool<byte>.Shared.Rent((int)Math.Min(total, ChunkSize)));
        try
        {
            foreach (var response in responses)
            {
                SetSize(response);
                var position = 0;
                foreach (var splice in response.Splices)
                {
                    await chunk.AddAsync(response.Written[position..splice.Position]).ConfigureAwait(false);
                    await chunk.AddAsync(splice.Range).ConfigureAwait(false);
                    position = splice.Position;
                }

                await chunk.AddAsync(response.Written[position..]).ConfigureAwait(false);
            }

            await chunk.FlushAsync().ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk.Buffer);
        }
    }

    private static void SetSize(ProtocolWriter response) => response.PatchInt32(0, checked((int)(response.TotalLength - 4)));

    private ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes, ConnectionActivity? activity) => SendAllAsync(socket, bytes, activity);

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes, ConnectionActivity? activity)
    {
        while (bytes.Length > 0)
        {
            var sent = await socket.SendAsync(bytes, SocketFlags.None).ConfigureAwait(false);
            bytes = bytes[sent..];
            if (bytes.Length > 0)
            {
                activity?.Enter(ConnectionPhase.Sending);
            }
        }
    }

    /// <summary>Gathers what is small, so that a response is not sent in crumbs.</summary>
    private sealed class Chunk(Socket socket, ConnectionActivity? activity, byte[] buffer)
    {
        private int _count;

        public byte[] Buffer => buffer;

        public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                var take = Math.Min(bytes.Length, buffer.Length - _count);
                bytes[..take].CopyTo(buffer.AsMemory(_count));
                bytes = bytes[take..];
                await AddedAsync(take).ConfigureAwait(false);
            }
        }

        public async ValueTask AddAsync(FileRange range)
        {
            while (range.Length > 0)
            {
                var sent = range.Length < DirectFrom ? 0 : await SendDirectlyAsync(range).ConfigureAwait(false);
                // What the socket does not take at present begins with a chunk: the runtime waits until it does.
                range = range.From(sent > 0 ? sent : await CopyAsync(range).ConfigureAwait(false));
            }
        }

        public async ValueTask FlushAsync()
        {
            await SendAllAsync(socket, buffer.AsMemory(0, _count), activity).ConfigureAwait(false);
            activity?.Enter(ConnectionPhase.Sending);
            _count = 0;
        }

        private async ValueTask<int> SendDirectlyAsync(FileRange range)
        {
            await FlushAsync().ConfigureAwait(false);
            return range.File.SendTo(socket.SafeHandle, range.Position, range.Length);
        }

        private async ValueTask<int> CopyAsync(FileRange range)
        {
            var read = range.File.Read(buffer.AsSpan(_count, Math.Min(range.Length, buffer.Length - _count)), range.Position);
            if (read == 0)
            {
                throw new IOException($"{range.File.Path} is shorter than it was");
            }

            await AddedAsync(read).ConfigureAwait(false);
            return read;
        }

        private ValueTask AddedAsync(int count)
        {
            _count += count;
            return _count == buffer.Length ? FlushAsync() : ValueTask.CompletedTask;
        }
    }
}
