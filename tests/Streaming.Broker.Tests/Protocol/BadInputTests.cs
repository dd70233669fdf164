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
        client.SendRaw(Frames.Size(size));
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
        await Eventually.HoldsAsync(() => broker.Broker.ConnectionCount == 0, "the end of the connection");
        Assert.Equal(0, broker.Broker.ConnectionCount);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_refused_and_the_others_served()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxConnections = 50 });
        var clients = Enumerable.Range(0, 60).Select(_ => new WireClient(broker.Broker.Port)).ToList();
        try
        {
            await Eventually.HoldsAsync(() => broker.Broker.ConnectionCount == 50, "the limit");
            var request = Frames.Request(ApiKey.ApiVersions, 0, _ => { });
            Assert.Equal(50, clients.Count(c => c.TryExchange(request)));
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
    public async Task Texts_too_long_for_the_old_encoding_are_refused_or_cut_and_spoil_nothing_for_old_clients()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { InitialRebalanceDelay = TimeSpan.Zero });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        var text = new string('x', 40_000);

        Assert.NotNull(client.Exchange(Join("one", type: text, protocol: "range")));
        Assert.NotNull(client.Exchange(Join("two", type: "consumer", protocol: text)));
        Assert.NotNull(client.Exchange(Join("three", type: "consumer", protocol: "range", clientId: new string('x', 32_767))));
        Assert.NotNull(client.Exchange(Frames.Request(ApiKey.IncrementalAlterConfigs, 1, w =>
        {
            w.ArrayLength(1);
            w.Int8(2);
            w.String("t");
            w.ArrayLength(1);
            w.String("leader.replication.throttled.replicas");
            w.Int8(0);
            w.NullableString(text);
            w.Tags();
            w.Tags();
            w.Bool(false);
            w.Tags();
        })));

        Assert.NotNull(client.Exchange(Frames.Request(ApiKey.ListGroups, 0, _ => { })));
        Assert.NotNull(client.Exchange(Frames.Request(ApiKey.DescribeGroups, 0, w =>
        {
            w.ArrayLength(3);
            w.String("one");
            w.String("two");
            w.String("three");
        })));
        Assert.NotNull(client.Exchange(Frames.Request(ApiKey.DescribeConfigs, 1, w =>
        {
            w.ArrayLength(1);
            w.Int8(2);
            w.String("t");
            w.NullArray();
            w.Bool(false);
        })));
    }

    /// <summary>JoinGroup 6, the first version whose texts may be of any length; with a long client id 3, which gives the member its id at once.</summary>
    private static byte[] Join(string group, string type, string protocol, string clientId = "tests")
    {
        using var writer = new ProtocolWriter();
        writer.Int16((short)ApiKey.JoinGroup);
        writer.Int16(clientId.Length > 100 ? (short)3 : (short)6);
        writer.Int32(7);
        writer.NullableString(clientId);
        writer.Flexible = clientId.Length <= 100;
        writer.Tags();
        writer.String(group);
        writer.Int32(10_000);
        writer.Int32(10_000);
        writer.String("");
        if (writer.Flexible)
        {
            writer.NullableString("instance");
        }

        writer.String(type);
        writer.ArrayLength(1);
        writer.String(protocol);
        writer.Bytes([]);
        writer.Tags();
        writer.Tags();
        return writer.WrittenSpan.ToArray();
    }
}
