using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
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
        using var broker = new WireConnection(arguments.Number("--port", 9092));
        var rounds = arguments.Number("--rounds", 1000);
        broker.CreateTopic(Topic, Partitions);
        Measure("produce 100 B", rounds, _ => Produce(broker, 0, Batch(-1, -1, -1), null));
        Measure("fetch", rounds, i => Fetch(broker, i));
        Measure("offset commit", rounds, i => CommitOffset(broker, i));
        var (producer, epoch) = Init(broker);
        Measure($"transaction over {Partitions} partitions", rounds / 4, i => Transaction(broker, producer, epoch, i));
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

    private static void Transaction(WireConnection broker, long producer, short epoch, int round)
    {
        broker.Exchange(ApiKey.AddPartitionsToTxn, 2, w =>
        {
            w.String("latency");
            w.Int64(producer);
            w.Int16(epoch);
            w.ArrayLength(1);
            w.String(Topic);
            w.Int32Array(Enumerable.Range(0, Partitions).ToArray());
        });
        broker.Exchange(ApiKey.Produce, 7, w =>
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
        broker.Exchange(ApiKey.EndTxn, 2, w =>
        {
            w.String("latency");
            w.Int64(producer);
            w.Int16(epoch);
            w.Bool(true);
        });
    }

    private static (long Producer, short Epoch) Init(WireConnection broker)
    {
        var response = broker.Exchange(ApiKey.InitProducerId, 1, w =>
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

    private static void Produce(WireConnection broker, int partition, byte[] batch, string? transactionalId) =>
        broker.Exchange(ApiKey.Produce, 7, w =>
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

    private static void Fetch(WireConnection broker, long offset) =>
        broker.Exchange(ApiKey.Fetch, 4, w =>
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

    private static void CommitOffset(WireConnection broker, long offset) =>
        broker.Exchange(ApiKey.OffsetCommit, 2, w =>
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
}
