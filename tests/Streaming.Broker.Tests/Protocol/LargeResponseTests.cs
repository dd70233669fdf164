using System.Buffers.Binary;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Responses that no socket takes at once.</summary>
public sealed class LargeResponseTests
{
    private const int ManyBytes = 50 << 20;

    private static readonly string Large = new('x', 900_000);

    [Fact]
    public async Task A_client_that_takes_little_at_a_time_gets_everything_in_its_place()
    {
        // Of each length that is sent differently: nothing, little, just below and above what goes on its own, more than a socket takes.
        string[][] partitions = [[], ["a"], [new('b', 15_000)], [new('c', 17_000)], [.. Enumerable.Repeat(Large, 15)], ["d", new('e', 70_000), "f"]];
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port, receiveBuffer: 10_000);
        client.Exchange(Frames.CreateTopic("t", partitions.Length));
        for (var i = 0; i < partitions.Length; i++)
        {
            Append(client, i, partitions[i]);
        }

        client.Send(Frames.Fetch("t", [.. Enumerable.Range(0, partitions.Length)], 0, maxBytes: ManyBytes));
        client.Send(Frames.Fetch("t", 1, 0));

        var found = Frames.ReadFetches(client.Receive()!);
        Assert.Equal(partitions, found.Select(p => Batches.Records(p.Records).Select(r => r.Value!).ToArray()));
        Assert.Equal(["a"], Batches.Records(Frames.ReadFetch(client.Receive()!).Records).Select(r => r.Value));
    }

    [Fact]
    public async Task A_topic_that_is_deleted_meanwhile_is_still_sent_to_the_end()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port, receiveBuffer: 10_000);
        client.Exchange(Frames.CreateTopic("t"));
        Append(client, 0, [.. Enumerable.Repeat(Large, 15)]);
        client.Send(Frames.Fetch("t", 0, 0, maxBytes: ManyBytes));
        var size = BinaryPrimitives.ReadInt32BigEndian(client.ReceiveRaw(4));

        using var other = new WireClient(broker.Broker.Port);
        other.Exchange(Frames.DeleteTopic("t"));
        await Eventually.HoldsAsync(() => Directory.GetDirectories(broker.Directory, "t-0*").Length == 0, "the deletion");

        var records = Batches.Records(Frames.ReadFetch(client.ReceiveRaw(size)).Records);
        Assert.Equal(15, records.Count(r => r.Value == Large));
    }

    [Fact]
    public async Task Clients_that_leave_amid_a_response_leave_nothing_behind()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        Append(client, 0, [.. Enumerable.Repeat(Large, 15)]);

        for (var i = 0; i < 20; i++)
        {
            using var leaving = new WireClient(broker.Broker.Port, receiveBuffer: 10_000);
            leaving.Send(Frames.Fetch("t", 0, 0, maxBytes: ManyBytes));
            leaving.ReceiveRaw(1 + (i * 1000));
        }

        await Eventually.HoldsAsync(() => broker.Broker.ConnectionCount == 1, "the end of the connections");
        Assert.Equal(15, Batches.Records(Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0, maxBytes: ManyBytes))!).Records).Count);
    }

    private static void Append(WireClient client, int partition, string[] values)
    {
        foreach (var value in values)
        {
            Assert.Equal(ErrorCode.None, Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", partition, Batches.Plain(("k", value))))!).Error);
        }
    }
}
