using System.Buffers.Binary;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>What the broker says to batches that are not as they should be; the answers are those of Apache Kafka 4.1.</summary>
public sealed class ProduceValidationTests
{
    [Fact]
    public async Task Wrong_batches_are_refused_and_leave_no_trace()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        client.Exchange(Frames.CreateTopic("small", 1, ("max.message.bytes", "100")));
        client.Exchange(Frames.CreateTopic("compacted", 1, ("cleanup.policy", "compact")));

        Assert.Equal(ErrorCode.CorruptMessage, Produce(client, Edit(b => b[^1] ^= 1, fixCrc: false)));
        Assert.Equal(ErrorCode.CorruptMessage, Produce(client, Edit(b => b[16] = 3)));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => b[16] = 1)));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => b[7] = 1)));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => b[26] = 5)));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => b[60] = 0)));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => (b[60], b[26]) = (2, 1))));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => b[22] |= 0x20)));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Edit(b => BinaryPrimitives.WriteInt64BigEndian(b.AsSpan(43), 5))));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, [.. Batches.Plain(("a", "b")), .. Batches.Plain(("a", "b"))]));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, []));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, null));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Batches.Plain(("a", "b"))[..^1]));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, Produce(client, Edit(b => b[22] |= 5)));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, Produce(client, Edit(b => b[22] |= 4), version: 6));
        Assert.Equal(ErrorCode.MessageTooLarge, Produce(client, Batches.Plain(("a", new string('x', 100))), topic: "small"));
        Assert.Equal(ErrorCode.InvalidRecord, Produce(client, Batches.Plain((null, "b")), topic: "compacted", version: 7));
        Assert.Equal(ErrorCode.InvalidTimestamp, Produce(client, Batches.At(Batches.Now + (2 * 3600 * 1000), ("a", "b"))));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Produce(client, Batches.Plain(("a", "b")), topic: "absent"));
        Assert.Equal(ErrorCode.InvalidTopic, Produce(client, Batches.Plain(("a", "b")), topic: "__consumer_offsets"));
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, Produce(client, Batches.Idempotent(1, 0, 0, 1, transactional: true)));
        Assert.Equal(ErrorCode.InvalidRequiredAcks, Frames.ReadProduce(client.Exchange(Frames.Produce(3, "t", 0, Batches.Plain(("a", "b")), acks: 2))!).Error);

        var (error, high, _, records) = Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!);
        Assert.Equal((ErrorCode.None, 0L), (error, high));
        Assert.Empty(records);
    }

    [Fact]
    public async Task Odd_but_valid_batches_are_accepted_and_put_right()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));

        Assert.Equal(ErrorCode.None, Produce(client, [.. Batches.Plain(("a", "b")), 1, 2, 3]));
        Assert.Equal(ErrorCode.None, Produce(client, Batches.At(-1, ("a", "b"))));
        Assert.Equal(ErrorCode.None, Produce(client, Batches.At(0, ("a", "b"))));
        Assert.Equal(ErrorCode.None, Produce(client, Edit(b => b[22] |= 8)));
        Assert.Equal(ErrorCode.None, Produce(client, Edit(b => BinaryPrimitives.WriteInt64BigEndian(b.AsSpan(35), 12345))));

        var fetched = Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 4))!).Records;
        Assert.Equal(new BatchHeader(fetched).BaseTimestamp, new BatchHeader(fetched).MaxTimestamp);
        Assert.Equal(new BatchHeader(fetched).Crc, BatchHeader.ComputeCrc(fetched));
    }

    [Fact]
    public async Task A_request_without_acknowledgement_is_not_answered_and_its_failure_closes_the_connection()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        client.Send(Frames.Produce(3, "t", 0, Batches.Plain(("a", "b")), acks: 0));

        var (_, high, _, _) = Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0, maxWait: 5000))!);
        Assert.Equal(1, high);
        client.Send(Frames.Produce(3, "absent", 0, Batches.Plain(("a", "b")), acks: 0));
        Assert.True(client.IsClosedByBroker());
    }

    [Fact]
    public async Task Repeated_batches_of_an_idempotent_producer_are_recognized_and_gaps_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        (ErrorCode, long) Send(short epoch, int sequence, int count) =>
            Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", 0, Batches.Idempotent(5, epoch, sequence, count)))!);

        for (var i = 0; i < 6; i++)
        {
            Assert.Equal((ErrorCode.None, i * 2), Send(0, i * 2, 2));
        }

        Assert.Equal((ErrorCode.None, 4L), Send(0, 4, 2)); // the original place
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), Send(0, 0, 2)); // older than the window
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), Send(0, 11, 2)); // overlaps
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), Send(0, 20, 1)); // leaves a gap
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, -1L), Send(1, 3, 1)); // a new epoch begins at 0
        Assert.Equal((ErrorCode.None, 12L), Send(1, 0, 1));
        Assert.Equal((ErrorCode.InvalidProducerEpoch, -1L), Send(0, 12, 1));

        await broker.RestartAsync();
        using var again = new WireClient(broker.Broker.Port);
        Assert.Equal((ErrorCode.None, 12L), Frames.ReadProduce(again.Exchange(Frames.Produce(7, "t", 0, Batches.Idempotent(5, 1, 0, 1)))!));
        Assert.Equal((ErrorCode.None, 13L), Frames.ReadProduce(again.Exchange(Frames.Produce(7, "t", 0, Batches.Idempotent(5, 1, 1, 1)))!));
    }

    private static ErrorCode Produce(WireClient client, byte[]? records, string topic = "t", short version = 7) =>
        Frames.ReadProduce(client.Exchange(Frames.Produce(version, topic, 0, records))!).Error;

    private static byte[] Edit(Action<byte[]> edit, bool fixCrc = true)
    {
        var batch = Batches.Plain(("a", "b"));
        edit(batch);
        if (fixCrc)
        {
            BatchHeader.SetCrc(batch);
        }

        return batch;
    }
}
