using System.Buffers.Binary;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Clients that send rubbish, too much, too slowly, or not at all.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    [InlineData((32 * 1024 * 1024) + 1)]
    public async Task A_frame_size_that_none_may_have_closes_the_connection(int size)
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, size);
        client.SendRaw(bytes);
        Assert.True(client.IsClosedByBroker());
    }

    [Fact]
    public async Task Http_is_not_spoken_here()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        client.SendRaw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        Assert.True(client.IsClosedByBroker());
    }

    [Fact]
    public async Task Who_begins_a_request_and_does_not_finish_it_is_disconnected()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { StallTimeout = TimeSpan.FromSeconds(1), HandshakeTimeout = TimeSpan.FromSeconds(1) });
        using var silent = new WireClient(broker.Broker.Port);
        using var halfway = new WireClient(broker.Broker.Port);
        halfway.SendRaw([0, 0, 1, 0, 0, 3]);
        Assert.True(silent.IsClosedByBroker());
        Assert.True(halfway.IsClosedByBroker());
    }

    [Fact]
    public async Task Who_does_not_read_its_responses_is_disconnected()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { StallTimeout = TimeSpan.FromSeconds(1) });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        for (var i = 0; i < 20; i++)
        {
            client.Exchange(Frames.Produce(3, "t", 0, Batches.Plain(("k", new string('x', 900_000)))));
        }

        client.Send(Frames.Fetch("t", 0, 0, maxBytes: 50 << 20));
        await Task.Delay(200);
        var until = DateTime.UtcNow.AddSeconds(60);
        while (broker.Broker.ConnectionCount > 0 && DateTime.UtcNow < until)
        {
            await Task.Delay(50);
        }

        Assert.Equal(0, broker.Broker.ConnectionCount);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_refused_and_the_others_served()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxConnections = 50 });
        var clients = Enumerable.Range(0, 60).Select(_ => new WireClient(broker.Broker.Port)).ToList();
        try
        {
            var until = DateTime.UtcNow.AddSeconds(60);
            while (broker.Broker.ConnectionCount != 50 && DateTime.UtcNow < until)
            {
                await Task.Delay(20);
            }

            var request = Frames.Request(ApiKey.ApiVersions, 0, _ => { });
            Assert.Equal(50, clients.Count(c => TryExchange(c, request)));
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task A_thousand_idle_connections_do_not_disturb()
    {
        await using var broker = await TestBroker.StartAsync();
        var request = Frames.Request(ApiKey.ApiVersions, 0, _ => { });
        var clients = Enumerable.Range(0, 1000).Select(_ => new WireClient(broker.Broker.Port)).ToList();
        try
        {
            Assert.All(clients, c => Assert.NotNull(c.Exchange(request)));
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task Mutated_frames_neither_kill_the_broker_nor_let_its_memory_grow()
    {
        await using var broker = await TestBroker.StartAsync();
        var random = new Random(20260101);
        var seeds = Seeds();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var client = new WireClient(broker.Broker.Port);
        for (var i = 0; i < 3000; i++)
        {
            var frame = (byte[])seeds[random.Next(seeds.Count)].Clone();
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                frame[random.Next(4, frame.Length)] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                frame = frame[..random.Next(4, frame.Length)];
            }

            if (!TryExchange(client, frame))
            {
                client.Dispose();
                client = new WireClient(broker.Broker.Port);
            }
        }

        client.Dispose();
        using var last = new WireClient(broker.Broker.Port);
        Assert.NotNull(last.Exchange(Frames.Request(ApiKey.ApiVersions, 0, _ => { })));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 200_000_000);
    }

    /// <summary>Requests of every kind that answer at once whatever is done to their numbers; waits are bounded by tests elsewhere.</summary>
    private static List<byte[]> Seeds() =>
    [
        Frames.Request(ApiKey.ApiVersions, 3, w =>
        {
            w.String("tests");
            w.String("1.0");
            w.Tags();
        }),
        Frames.Request(ApiKey.Metadata, 9, w =>
        {
            w.ArrayLength(1);
            w.String("fuzz");
            w.Tags();
            w.Bool(false);
            w.Bool(false);
            w.Bool(false);
            w.Tags();
        }),
        Frames.CreateTopic("fuzz", 1, ("retention.ms", "1000")),
        Frames.Produce(7, "fuzz", 0, Batches.Plain(("key", "value"), ("key", "value"))),
        Frames.Request(ApiKey.OffsetCommit, 7, w =>
        {
            w.String("group");
            w.Int32(-1);
            w.String("");
            w.NullableString(null);
            w.ArrayLength(1);
            w.String("fuzz");
            w.ArrayLength(1);
            w.Int32(0);
            w.Int64(5);
            w.Int32(-1);
            w.NullableString("metadata");
        }),
        Frames.Request(ApiKey.OffsetFetch, 5, w =>
        {
            w.String("group");
            w.ArrayLength(1);
            w.String("fuzz");
            w.Int32Array([0, 1, 2]);
        }),
        Frames.Request(ApiKey.DescribeConfigs, 4, w =>
        {
            w.ArrayLength(1);
            w.Int8(2);
            w.String("fuzz");
            w.NullArray();
            w.Tags();
            w.Bool(true);
            w.Bool(true);
            w.Tags();
        }),
        Frames.Request(ApiKey.InitProducerId, 4, w =>
        {
            w.NullableString("tx");
            w.Int32(1000);
            w.Int64(-1);
            w.Int16(-1);
            w.Tags();
        }),
        Frames.Request(ApiKey.LeaveGroup, 5, w =>
        {
            w.String("group");
            w.ArrayLength(1);
            w.String("member");
            w.NullableString(null);
            w.NullableString("why");
            w.Tags();
            w.Tags();
        }),
        Frames.Request(ApiKey.SyncGroup, 5, w =>
        {
            w.String("group");
            w.Int32(1);
            w.String("member");
            w.NullableString(null);
            w.NullableString(null);
            w.NullableString(null);
            w.ArrayLength(1);
            w.String("member");
            w.Bytes([1, 2, 3]);
            w.Tags();
            w.Tags();
        }),
    ];

    private static bool TryExchange(WireClient client, byte[] frame)
    {
        try
        {
            return client.Exchange(frame) is not null;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
