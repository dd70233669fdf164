using System.Buffers;
using System.Net.Sockets;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Network;

/// <summary>
/// Sends responses. Log data is read from its file a chunk at a time while sending, so that the size of a response and
/// a client's slowness cost no memory.
/// </summary>
internal sealed class ResponseSender(Socket socket)
{
    private const int ChunkSize = 256 * 1024;

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
                _count += take;
                bytes = bytes[take..];
                await FlushIfFullAsync().ConfigureAwait(false);
            }
        }

        public async ValueTask AddAsync(FileRange range)
        {
            var done = 0;
            while (done < range.Length)
            {
                var take = Math.Min(range.Length - done, buffer.Length - _count);
                var read = range.File.Read(buffer.AsSpan(_count, take), range.Position + done);
                if (read == 0)
                {
                    throw new IOException($"{range.File.Path} is shorter than it was");
                }

                _count += read;
                done += read;
                await FlushIfFullAsync().ConfigureAwait(false);
            }
        }

        public async ValueTask FlushAsync()
        {
            await SendAllAsync(socket, buffer.AsMemory(0, _count), activity).ConfigureAwait(false);
            activity?.Enter(ConnectionPhase.Sending);
            _count = 0;
        }

        private ValueTask FlushIfFullAsync() => _count == buffer.Length ? FlushAsync() : ValueTask.CompletedTask;
    }
}
