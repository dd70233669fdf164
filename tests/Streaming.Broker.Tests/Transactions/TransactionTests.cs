using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Transactions;

/// <summary>Transactions on the wire, step by step.</summary>
public sealed class TransactionTests
{
    [Fact]
    public async Task A_transaction_is_visible_when_it_is_committed_and_not_before()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = Connect(broker);
        var (pid, epoch) = Init(client);
        Assert.Equal(ErrorCode.InvalidTxnState, Produce(client, pid, epoch, 0)); // not added yet
        Assert.Equal(ErrorCode.InvalidTxnState, End(client, pid, epoch, true)); // nothing to end
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Add(client, pid, epoch, "absent"));
        Assert.Equal(ErrorCode.None, Add(client, pid, epoch));
        Assert.Equal(ErrorCode.None, Produce(client, pid, epoch, 0));

        Assert.Equal((1L, 0L), Ends(client));
        Assert.Empty(Read(client));
        Assert.Equal(ErrorCode.None, End(client, pid, epoch, true));
        Assert.Equal((2L, 2L), Ends(client));
        Assert.Single(Read(client));
        Assert.Equal(ErrorCode.None, End(client, pid, epoch, true)); // a repeated request
        Assert.Equal(ErrorCode.InvalidTxnState, End(client, pid, epoch, false));
    }

    [Fact]
    public async Task A_later_holder_of_the_id_fences_the_former()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = Connect(broker);
        var (pid, epoch) = Init(client);
        Add(client, pid, epoch);
        Produce(client, pid, epoch, 0);

        var (same, newer) = Init(client);

        Assert.Equal((pid, (short)(epoch + 2)), (same, newer));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, Produce(client, pid, epoch, 1));
        Assert.Equal(ErrorCode.ProducerFenced, End(client, pid, epoch, true));
        Assert.Empty(Read(client));
        Assert.Equal((2L, 2L), Ends(client));
    }

    [Fact]
    public async Task A_transaction_that_outlives_its_timeout_is_aborted()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { TransactionSweepInterval = TimeSpan.FromMilliseconds(100) });
        using var client = Connect(broker);
        var (pid, epoch) = Init(client, timeout: 300);
        Add(client, pid, epoch);
        Produce(client, pid, epoch, 0);

        await Eventually.HoldsAsync(() => Ends(client) == (2L, 2L));

        Assert.Empty(Read(client));
        Assert.Equal(ErrorCode.ProducerFenced, End(client, pid, epoch, true));
    }

    [Fact]
    public async Task An_open_transaction_survives_a_restart_and_can_be_committed()
    {
        await using var broker = await TestBroker.StartAsync();
        long pid;
        short epoch;
        using (var client = Connect(broker))
        {
            (pid, epoch) = Init(client);
            Add(client, pid, epoch);
            Produce(client, pid, epoch, 0);
        }

        await broker.RestartAsync();
        using var again = new WireClient(broker.Broker.Port);
        Assert.Equal((1L, 0L), Ends(again));
        Assert.Equal(ErrorCode.None, Produce(again, pid, epoch, 1));
        Assert.Equal(ErrorCode.None, End(again, pid, epoch, true));
        Assert.Equal(2, Read(again).Count);
    }

    [Fact]
    public async Task Producer_ids_are_never_given_twice()
    {
        await using var broker = await TestBroker.StartAsync();
        var seen = new HashSet<long>();
        for (var round = 0; round < 3; round++)
        {
            using var client = new WireClient(broker.Broker.Port);
            for (var i = 0; i < 20; i++)
            {
                Assert.True(seen.Add(Init(client, id: null).ProducerId));
            }

            await broker.RestartAsync();
        }
    }

    [Fact]
    public async Task A_waiting_reader_of_committed_records_is_woken_by_the_commit()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = Connect(broker);
        var (pid, epoch) = Init(client);
        Add(client, pid, epoch);
        Produce(client, pid, epoch, 0);
        using var reader = new WireClient(broker.Broker.Port);
        reader.Send(Frames.Fetch("t", 0, 0, maxWait: 50_000, committed: true));
        var started = DateTime.UtcNow;
        await Task.Delay(200);

        End(client, pid, epoch, true);

        Assert.NotEmpty(Frames.ReadFetch(reader.Receive()!).Records);
        Assert.True(DateTime.UtcNow - started < TimeSpan.FromSeconds(30));
    }

    private static WireClient Connect(TestBroker broker)
    {
        var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        return client;
    }

    private static (long ProducerId, short Epoch) Init(WireClient client, int timeout = 60_000, string? id = "tx")
    {
        var response = client.Exchange(Frames.Request(ApiKey.InitProducerId, 1, w =>
        {
            w.NullableString(id);
            w.Int32(timeout);
        }));
        var reader = new ProtocolReader(response, false);
        reader.Int64();
        Assert.Equal(0, reader.Int16());
        return (reader.Int64(), reader.Int16());
    }

    private static ErrorCode Add(WireClient client, long pid, short epoch, string topic = "t")
    {
        var response = client.Exchange(Frames.Request(ApiKey.AddPartitionsToTxn, 2, w =>
        {
            w.String("tx");
            w.Int64(pid);
            w.Int16(epoch);
            w.ArrayLength(1);
            w.String(topic);
            w.Int32Array([0]);
        }));
        return (ErrorCode)System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(response!.Length - 2));
    }

    private static ErrorCode Produce(WireClient client, long pid, short epoch, int sequence) =>
        Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", 0, Batches.Idempotent(pid, epoch, sequence, 1, transactional: true), transactionalId: "tx"))!).Error;

    private static ErrorCode End(WireClient client, long pid, short epoch, bool commit)
    {
        var response = client.Exchange(Frames.Request(ApiKey.EndTxn, 2, w =>
        {
            w.String("tx");
            w.Int64(pid);
            w.Int16(epoch);
            w.Bool(commit);
        }));
        return (ErrorCode)System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(8));
    }

    private static (long High, long Stable) Ends(WireClient client)
    {
        var (_, high, stable, _) = Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!);
        return (high, stable);
    }

    private static List<(long Offset, string? Key, string? Value)> Read(WireClient client)
    {
        var response = client.Exchange(Frames.Fetch("t", 0, 0, committed: true))!;
        var aborted = Frames.ReadAborted(response);
        return Batches.Records(Frames.ReadFetch(response).Records).Where(_ => aborted == 0).ToList();
    }
}
