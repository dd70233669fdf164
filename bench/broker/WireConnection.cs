using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Bench;

/// <summary>A bare connection to a broker: one request at a time, in old versions that every broker serves.</summary>
internal sealed class WireConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public WireConnection(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <summary>Sends a request and returns its response without the size: the correlation id comes first.</summary>
    public byte[] Exchange(ApiKey key, short version, Action<ProtocolWriter> body)
    {
        using var writer = new ProtocolWriter();
        writer.Int32(0);
        writer.Int16((short)key);
        writer.Int16(version);
        writer.Int32(1);
        writer.NullableString("bench");
        body(writer);
        writer.PatchInt32(0, writer.Length - 4);
        for (var left = writer.Written; left.Length > 0;)
        {
            left = left[_socket.Send(left.Span)..];
        }

        return Receive(BinaryPrimitives.ReadInt32BigEndian(Receive(4)));
    }

    public void CreateTopic(string name, int partitions, params (string Name, string Value)[] configs)
    {
        var response = Exchange(ApiKey.CreateTopics, 2, w =>
        {
            w.ArrayLength(1);
            w.String(name);
            w.Int32(partitions);
            w.Int16(1);
            w.ArrayLength(0);
            w.ArrayLength(configs.Length);
            foreach (var (key, value) in configs)
            {
                w.String(key);
                w.NullableString(value);
            }

            w.Int32(30_000);
            w.Bool(false);
        });
        var error = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(4 + 4 + 4 + 2 + name.Length));
        if (error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            throw new InvalidOperationException($"topic {name}: {error}");
        }
    }

    public void DeleteTopic(string name) => Exchange(ApiKey.DeleteTopics, 1, w =>
    {
        w.ArrayLength(1);
        w.String(name);
        w.Int32(30_000);
    });

    public void ConfigureTopic(string name, string key, string value) => Exchange(ApiKey.IncrementalAlterConfigs, 0, w =>
    {
        w.ArrayLength(1);
        w.Int8(2);
        w.String(name);
        w.ArrayLength(1);
        w.String(key);
        w.Int8(0);
        w.NullableString(value);
        w.Bool(false);
    });

    /// <summary>Sends bytes as they are.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    public void Dispose() => _socket.Dispose();

    private byte[] Receive(int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count;)
        {
            var n = _socket.Receive(buffer.AsSpan(read));
            read += n > 0 ? n : throw new IOException("the broker closed the connection");
        }

        return buffer;
    }
}
