using System.Buffers.Binary;
using System.Net.Sockets;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Crash;

/// <summary>
/// Writes until the broker dies, keeps what was acknowledged, and checks afterwards that all of it is there: plain
/// records in order and once, transactions whole in both their topics or in neither, offsets with them, the last value
/// of every key of a compacted topic.
/// </summary>
internal sealed class CrashLoad
{
    private const int Writers = 3;

    private readonly List<string>[] _acknowledged = Enumerable.Range(0, Writers).Select(_ => new List<string>()).ToArray();
    private readonly string?[] _inFlight = new string?[Writers];
    private readonly int[] _counters = new int[Writers];
    private readonly Dictionary<string, int> _compacted = [];
    private readonly HashSet<string> _committed = [];
    private readonly HashSet<string> _aborted = [];
    private int _transaction;
    private long _offsetAcknowledged;
    private int _compactedCounter;

    public int Acknowledged => _acknowledged.Sum(a => a.Count) + _committed.Count + _compacted.Count;

    public static void Create(int port)
    {
        using var client = new WireClient(port);
        client.Exchange(Frames.CreateTopic("plain", Writers));
        client.Exchange(Frames.CreateTopic("left"));
        client.Exchange(Frames.CreateTopic("right"));
        client.Exchange(Frames.CreateTopic("compacted", 1, ("cleanup.policy", "compact"), ("min.cleanable.dirty.ratio", "0.1")));
    }

    /// <summary>Writes on several connections until each breaks.</summary>
    public async Task RunUntilBrokenAsync(int port)
    {
        var tasks = Enumerable.Range(0, Writers).Select(i => Task.Run(() => Guard(() => WritePlain(port, i))))
            .Append(Task.Run(() => Guard(() => WriteTransactions(port))))
            .Append(Task.Run(() => Guard(() => WriteCompacted(port))));
        await Task.WhenAll(tasks);
    }

    /// <summary>Compares what the broker has with what it had acknowledged.</summary>
    public void Check(int port)
    {
        using var client = new WireClient(port);
        for (var i = 0; i < Writers; i++)
        {
            var found = ReadAll(client, "plain", i, committed: false).Select(r => r.Value!).ToList();
            var expected = _acknowledged[i].ToHashSet();
            Assert.Equal(_acknowledged[i], found.Where(expected.Contains));
            Assert.Equal(found.Count, found.Distinct().Count());
            var extra = found.Where(v => !expected.Contains(v)).ToList();
            Assert.All(extra, v => Assert.Equal(_inFlight[i], v));
            // What was not acknowledged and yet is there counts from now on: it must not vanish any more.
            _acknowledged[i].AddRange(extra);
        }

        CheckTransactions(client);
        var values = ReadAll(client, "compacted", 0, committed: false).GroupBy(r => r.Key!).ToDictionary(g => g.Key, g => int.Parse(g.Last().Value!, null));
        foreach (var (key, value) in _compacted)
        {
            Assert.True(values.TryGetValue(key, out var found) && found >= value, $"{key} was acknowledged with {value} and is {found}");
        }
    }

    private void CheckTransactions(WireClient client)
    {
        FinishOpenTransaction(client);
        var left = ReadAll(client, "left", 0, committed: true).Select(r => r.Value!).ToList();
        var right = ReadAll(client, "right", 0, committed: true).Select(r => r.Value!).ToList();
        Assert.Equal(left, right);
        Assert.Equal(left.Count, left.Distinct().Count());
        Assert.Empty(_committed.Except(left));
        Assert.Empty(_aborted.Intersect(left));
        _committed.UnionWith(left);
        var offset = FetchOffset(client);
        var newest = left.Count == 0 ? 0 : left.Max(v => int.Parse(v, null));
        Assert.True(offset >= _offsetAcknowledged, $"offset {offset} is behind {_offsetAcknowledged}");
        Assert.Equal(newest, offset);
    }

    private void FinishOpenTransaction(WireClient client) => Init(client);

    private void WritePlain(int port, int writer)
    {
        using var client = new WireClient(port);
        while (true)
        {
            var value = $"{writer}-{_counters[writer]++}";
            _inFlight[writer] = value;
            var (error, _) = Frames.ReadProduce(Answer(client, Frames.Produce(7, "plain", writer, Batches.Plain(("k", value)))));
            Expect(error);
            _acknowledged[writer].Add(value);
            _inFlight[writer] = null;
        }
    }

    private void WriteCompacted(int port)
    {
        using var client = new WireClient(port);
        while (true)
        {
            var value = ++_compactedCounter;
            var key = $"key-{value % 17}";
            var (error, _) = Frames.ReadProduce(Answer(client, Frames.Produce(7, "compacted", 0, Batches.Plain((key, $"{value}")))));
            Expect(error);
            _compacted[key] = value;
        }
    }

    private void WriteTransactions(int port)
    {
        using var client = new WireClient(port);
        var (pid, epoch) = Init(client);
        for (var sequence = 0; ; sequence++)
        {
            var number = ++_transaction;
            var abort = number % 5 == 0;
            if (abort)
            {
                _aborted.Add($"{number}");
            }

            AddPartitions(client, pid, epoch);
            foreach (var topic in (string[])["left", "right"])
            {
                var batch = Batches.Build(Batches.Now, pid, epoch, sequence, true, [("k", $"{number}")]);
                Expect(Frames.ReadProduce(Answer(client, Frames.Produce(7, topic, 0, batch, transactionalId: "crash"))).Error);
            }

            CommitOffset(client, pid, epoch, number);
            Expect(End(client, pid, epoch, !abort));
            if (!abort)
            {
                _committed.Add($"{number}");
                _offsetAcknowledged = number;
            }
        }
    }

    private static (long ProducerId, short Epoch) Init(WireClient client)
    {
        var reader = new ProtocolReader(
            Answer(client, Frames.Request(ApiKey.InitProducerId, 1, w =>
            {
                w.NullableString("crash");
                w.Int32(60_000);
            })), false);
        reader.Int64();
        Expect((ErrorCode)reader.Int16());
        return (reader.Int64(), reader.Int16());
    }

    private static void AddPartitions(WireClient client, long pid, short epoch)
    {
        Answer(client, Frames.Request(ApiKey.AddPartitionsToTxn, 2, w =>
        {
            w.String("crash");
            w.Int64(pid);
            w.Int16(epoch);
            w.ArrayLength(2);
            w.String("left");
            w.Int32Array([0]);
            w.String("right");
            w.Int32Array([0]);
        }));
        Answer(client, Frames.Request(ApiKey.AddOffsetsToTxn, 2, w =>
        {
            w.String("crash");
            w.Int64(pid);
            w.Int16(epoch);
            w.String("crash-group");
        }));
    }

    private static void CommitOffset(WireClient client, long pid, short epoch, long offset)
    {
        var response = Answer(client, Frames.Request(ApiKey.TxnOffsetCommit, 2, w =>
        {
            w.String("crash");
            w.String("crash-group");
            w.Int64(pid);
            w.Int16(epoch);
            w.ArrayLength(1);
            w.String("plain");
            w.ArrayLength(1);
            w.Int32(0);
            w.Int64(offset);
            w.Int32(-1);
            w.NullableString("");
        }));
        Expect((ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(response.Length - 2)));
    }

    private static ErrorCode End(WireClient client, long pid, short epoch, bool commit)
    {
        var response = Answer(client, Frames.Request(ApiKey.EndTxn, 2, w =>
        {
            w.String("crash");
            w.Int64(pid);
            w.Int16(epoch);
            w.Bool(commit);
        }));
        return (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(8));
    }

    private static long FetchOffset(WireClient client)
    {
        var reader = new ProtocolReader(
            Answer(client, Frames.Request(ApiKey.OffsetFetch, 3, w =>
            {
                w.String("crash-group");
                w.ArrayLength(1);
                w.String("plain");
                w.Int32Array([0]);
            })), false);
        reader.Int64();
        reader.Int32();
        reader.String();
        reader.Int64();
        return Math.Max(0, reader.Int64());
    }

    private static List<(long Offset, string? Key, string? Value)> ReadAll(WireClient client, string topic, int partition, bool committed)
    {
        var records = new List<(long Offset, string? Key, string? Value)>();
        var offset = 0L;
        while (true)
        {
            var response = Answer(client, Frames.Fetch(topic, partition, offset, committed: committed));
            var (error, _, _, bytes) = Frames.ReadFetch(response);
            Assert.Equal(ErrorCode.None, error);
            if (bytes.Length == 0)
            {
                return records;
            }

            var aborted = Frames.AbortedIn(response);
            for (var rest = bytes.AsSpan(); rest.Length > 0;)
            {
                var header = new BatchHeader(rest);
                Assert.Equal(header.Crc, BatchHeader.ComputeCrc(rest[..header.TotalSize]));
                Assert.True(header.BaseOffset >= offset || header.LastOffset >= offset);
                var producer = header.ProducerId;
                if (header.IsControl)
                {
                    aborted.Remove(producer);
                }
                else if (!(aborted.TryGetValue(producer, out var first) && header.IsTransactional && first <= header.BaseOffset))
                {
                    records.AddRange(Batches.Records(rest[..header.TotalSize]));
                }

                offset = header.LastOffset + 1;
                rest = rest[header.TotalSize..];
                if (header.IsControl)
                {
                    aborted = Frames.AbortedIn(response, offset);
                }
            }
        }
    }

    private static byte[] Answer(WireClient client, byte[] frame) => client.Exchange(frame) ?? throw new IOException("the broker is gone");

    /// <summary>A disk that fails shows as an error before the connection breaks; whoever sees it stops as at the end.</summary>
    private static void Expect(ErrorCode error)
    {
        if (error is ErrorCode.KafkaStorageError or ErrorCode.CoordinatorNotAvailable or ErrorCode.InvalidTxnState or ErrorCode.UnknownTopicOrPartition)
        {
            throw new IOException($"the broker answered {error}");
        }

        Assert.Equal(ErrorCode.None, error);
    }

    private static void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // the broker died, which is the point
        }
    }
}
