using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Bench;

/// <summary>How long a lone client waits: for a small produce, a fetch, an offset commit, a transaction over ten partitions.</summary>
internal static class Latency
{
    private const int Partitions = 10;
    private const string Topic = "latency";

    public static int Run(Arguments arguments)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, arguments.Number("--port", 9092));
        var rounds = arguments.Number("--rounds", 1000);
        Exchange(socket, ApiKey.CreateTopics, 2, w =>
        {
            w.ArrayLength(1);
            w.String(Topic);
            w.Int32(Partitions);
            w.Int16(1);
            w.ArrayLength(0);
            w.ArrayLength(0);
            w.Int32(10_000);
            w.Bool(false);
        });
        Measure("produce 100 B", rounds, _ => Produce(socket, 0, Batch(-1, -1, -1), null));
        Measure("fetch", rounds, i => Fetch(socket, i));
        Measure("offset commit", rounds, i => CommitOffset(socket, i));
        var (producer, epoch) = Init(socket);
        Measure($"transaction over {Partitions} partitions", rounds / 4, i => Transaction(socket, producer, epoch, i));
        return 0;
    }

    private static void Measure(string what, int rounds, Action<int> action)
    {
        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            action(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what}: p50 {times[rounds / 2]:F2} ms, p99 {times[rounds * 99 / 100]:F2} ms, max {times[^1]:F2} ms"));
    }

    private static void Transaction(Socket socket, long producer, short epoch, int round)
    {
        Exchange(socket, ApiKey.AddPartitionsToTxn, 2, w =>
        {
            w.String("latency");
            w.Int64(producer);
            w.Int16(epoch);
            w.ArrayLength(1);
            w.String(Topic);
            w.Int32Array(Enumerable.Range(0, Partitions).ToArray());
        });
        Exchange(socket, ApiKey.Produce, 7, w =>
        {
            w.String("latency");
            w.Int16(-1);
            w.Int32(1000);
            w.ArrayLength(1);
            w.String(Topic);
            w.ArrayLength(Partitions);
            for (var p = 0; p < Partitions; p++)
            {
                w.Int32(p);
                w.Bytes(Batch(producer, epoch, round));
            }
        });
        Exchange(socket, ApiKey.EndTxn, 2, w =>
        {
            w.String("latency");
            w.Int64(producer);
            w.Int16(epoch);
            w.Bool(true);
        });
    }

    private static (long Producer, short Epoch) Init(Socket socket)
    {
        var response = Exchange(socket, ApiKey.InitProducerId, 1, w =>
        {
            w.String("latency");
            w.Int32(60_000);
        });
        return (BinaryPrimitives.ReadInt64BigEndian(response.AsSpan(10)), BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(18)));
    }

    private static byte[] Batch(long producer, short epoch, int sequence)
    {
        using var batch = new BatchBuilder(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), producer, epoch, transactional: producer >= 0);
        batch.Add("key"u8, new byte[100]);
        var bytes = batch.Build();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(53), sequence);
        BatchHeader.SetCrc(bytes);
        return bytes;
    }

    private static void Produce(Socket socket, int partition, byte[] batch, string? transactionalId) =>
        Exchange(socket, ApiKey.Produce, 7, w =>
        {
            w.NullableString(transactionalId);
            w.Int16(-1);
            w.Int32(1000);
            w.ArrayLength(1);
            w.String(Topic);
            w.ArrayLength(1);
            w.Int32(partition);
            w.Bytes(batch);
        });

    private static void Fetch(Socket socket, long offset) =>
        Exchange(socket, ApiKey.Fetch, 4, w =>
        {
            w.Int32(-1);
            w.Int32(1000);
            w.Int32(1);
            w.Int32(1 << 20);
            w.Int8(0);
            w.ArrayLength(1);
            w.String(Topic);
            w.ArrayLength(1);
            w.Int32(0);
            w.Int64(offset);
            w.Int32(1000);
        });

    private static void CommitOffset(Socket socket, long offset) =>
        Exchange(socket, ApiKey.OffsetCommit, 2, w =>
        {
            w.String("latency");
            w.Int32(-1);
            w.String("");
            w.Int64(-1);
            w.ArrayLength(1);
            w.String(Topic);
            w.ArrayLength(1);
            w.Int32(0);
            w.Int64(offset);
            w.NullableString("");
        });

    private static byte[] Exchange(Socket socket, ApiKey key, short version, Action<ProtocolWriter> body)
    {
        using var writer = new ProtocolWriter();
        writer.Int32(0);
        writer.Int16((short)key);
        writer.Int16(version);
        writer.Int32(1);
        writer.NullableString("bench");
        body(writer);
        writer.PatchInt32(0, writer.Length - 4);
        socket.Send(writer.WrittenSpan);
        var size = Receive(socket, 4);
        return Receive(socket, BinaryPrimitives.ReadInt32BigEndian(size));
    }

    private static byte[] Receive(Socket socket, int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count;)
        {
            var n = socket.Receive(buffer.AsSpan(read));
            read += n > 0 ? n : throw new IOException("the broker closed the connection");
        }

        return buffer;
    }
}
