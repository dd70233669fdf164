using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Every limit of <see cref="BrokerOptions"/>, met over a bare socket by a client that goes beyond it.</summary>
public sealed class LimitsTests
{
    private static readonly byte[] AnyRequest = Frames.Request(ApiKey.ApiVersions, 0, _ => { });

    [Fact]
    public async Task One_address_takes_no_more_than_its_share_of_the_connections()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxConnectionsPerAddress = 2 });
        using var first = Connected(broker, "127.0.0.1");
        using var second = Connected(broker, "127.0.0.1");

        using var third = new WireClient(broker.Broker.Port);
        Assert.True(third.IsClosedByBroker());

        using var elsewhere = Connected(broker, "127.0.0.2");
        first.Dispose();
        await Eventually.HoldsAsync(() =>
        {
            using var fourth = new WireClient(broker.Broker.Port);
            return fourth.TryExchange(AnyRequest);
        });
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_a_waiting_one_is_not()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { IdleTimeout = TimeSpan.FromSeconds(1) });
        using var waiting = new WireClient(broker.Broker.Port);
        waiting.Exchange(Frames.CreateTopic("t"));
        waiting.Send(Frames.Fetch("t", 0, 0, maxWait: 4000));
        using var idle = Connected(broker, "127.0.0.1");

        Assert.True(idle.IsClosedByBroker());
        Assert.NotNull(waiting.Receive());
    }

    [Fact]
    public async Task The_largest_request_is_taken_and_the_next_larger_is_not()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxRequestBytes = 200_000 });
        using var fits = new WireClient(broker.Broker.Port);
        using var tooLarge = new WireClient(broker.Broker.Port);

        Assert.NotNull(fits.Exchange([.. AnyRequest, .. new byte[200_000 - AnyRequest.Length]]));
        tooLarge.SendRaw(Frames.Size(200_001));
        Assert.True(tooLarge.IsClosedByBroker());
    }

    [Fact]
    public async Task Large_requests_that_do_not_end_neither_wait_for_each_other_nor_for_ever()
    {
        const int Large = 8 << 20;
        await using var broker = await TestBroker.StartAsync(o => o with
        {
            MaxRequestBytes = Large,
            MaxBufferedRequestBytes = 2 * Large,
            StallTimeout = TimeSpan.FromSeconds(2),
        });
        var stuck = Enumerable.Range(0, 12).Select(_ => new WireClient(broker.Broker.Port)).ToList();
        var chunk = new byte[3 << 20];
        foreach (var client in stuck)
        {
            client.SendRaw(Frames.Size(Large - 4));
        }

        // Each claims half the budget and sends a part: more than two cannot have what they claim.
        var sending = stuck.Select(client => Task.Run(() => client.TrySendRaw(chunk))).ToList();
        using var good = new WireClient(broker.Broker.Port);
        Assert.NotNull(good.Exchange(AnyRequest)); // small requests need no budget

        byte[] request = [.. AnyRequest, .. new byte[Large - AnyRequest.Length]];
        await Eventually.HoldsAsync(() =>
        {
            using var large = new WireClient(broker.Broker.Port);
            return large.TryExchange(request);
        });
        stuck.ForEach(c => Assert.True(c.IsClosedByBroker()));
        stuck.ForEach(c => c.Dispose());
        await Task.WhenAll(sending).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Large_requests_that_do_end_are_all_answered_however_many_there_are()
    {
        const int Large = 4 << 20;
        await using var broker = await TestBroker.StartAsync(o => o with { MaxRequestBytes = Large, MaxBufferedRequestBytes = 2 * Large });
        byte[] request = [.. AnyRequest, .. new byte[Large - AnyRequest.Length]];

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Factory.StartNew(
            () =>
            {
                using var client = new WireClient(broker.Broker.Port);
                return client.Exchange(request.AsSpan(0, request.Length - i)) is not null && client.Exchange(request) is not null;
            },
            TaskCreationOptions.LongRunning))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.All(answers, Assert.True);
    }

    [Fact]
    public async Task A_small_request_does_not_make_a_huge_response()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxResponseBytes = 1 << 20 });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));

        Assert.NotNull(client.Exchange(DescribeConfigs(10)));
        client.Send(DescribeConfigs(100_000));
        Assert.True(client.IsClosedByBroker());

        using var next = new WireClient(broker.Broker.Port);
        Assert.NotNull(next.Exchange(DescribeConfigs(10)));
    }

    [Fact]
    public async Task A_batch_that_would_decompress_to_too_much_is_refused_where_the_broker_must_look_inside()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxDecompressedBytes = 1 << 20 });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t", 1, ("cleanup.policy", "compact")));

        Assert.Equal(ErrorCode.None, Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", 0, Gzipped(500_000)))!).Error);
        Assert.Equal(ErrorCode.InvalidRecord, Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", 0, Gzipped(2_000_000)))!).Error);
    }

    [Fact]
    public async Task A_fetch_gets_no_more_and_waits_no_longer_than_the_broker_allows()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxFetchBytes = 1000, MaxFetchWait = TimeSpan.FromMilliseconds(300) });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        for (var i = 0; i < 3; i++)
        {
            client.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", new string('x', 600)))));
        }

        Assert.Single(Batches.Records(Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!).Records));
        client.Send(Frames.Fetch("t", 0, 3, maxWait: int.MaxValue));
        Assert.NotNull(client.Receive(timeoutMs: 30_000));
    }

    [Fact]
    public async Task Topics_beyond_the_partitions_allowed_are_refused()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxPartitions = 6, DefaultPartitions = 2 }); // two are the broker's own
        using var client = new WireClient(broker.Broker.Port);

        Assert.Equal(ErrorCode.InvalidPartitions, Create(client, "large", 5));
        Assert.Equal(ErrorCode.None, Create(client, "fits", 3));
        Assert.Equal(ErrorCode.InvalidPartitions, Create(client, "more", 2));
        var metadata = client.Exchange(Frames.Request(ApiKey.Metadata, 1, w =>
        {
            w.ArrayLength(1);
            w.String("auto");
        }))!;
        Assert.Contains("0003" + "0004" + Convert.ToHexStringLower("auto"u8), Convert.ToHexStringLower(metadata), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_and_members_beyond_those_allowed_are_refused()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxGroups = 2, MaxGroupSize = 1, InitialRebalanceDelay = TimeSpan.Zero });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));

        Assert.Equal(ErrorCode.None, Join(client, "one"));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, Join(client, "one"));
        Assert.Equal(ErrorCode.None, Commit(client, "two", ""));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, Join(client, "three"));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, Commit(client, "three", ""));
        Assert.Equal(ErrorCode.None, Commit(client, "two", ""));

        client.Exchange(Frames.Request(ApiKey.DeleteGroups, 0, w =>
        {
            w.ArrayLength(1);
            w.String("two");
        }));
        Assert.Equal(ErrorCode.None, Commit(client, "three", ""));
    }

    [Fact]
    public async Task Session_timeouts_and_metadata_have_bounds()
    {
        await using var broker = await TestBroker.StartAsync(o => o with
        {
            MinSessionTimeout = TimeSpan.FromSeconds(2),
            MaxSessionTimeout = TimeSpan.FromSeconds(20),
            MaxOffsetMetadata = 10,
            InitialRebalanceDelay = TimeSpan.Zero,
        });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));

        Assert.Equal(ErrorCode.InvalidSessionTimeout, Join(client, "g", sessionTimeout: 1999));
        Assert.Equal(ErrorCode.InvalidSessionTimeout, Join(client, "g", sessionTimeout: 20_001));
        Assert.Equal(ErrorCode.None, Commit(client, "g", new string('x', 10)));
        Assert.Equal(ErrorCode.OffsetMetadataTooLarge, Commit(client, "g", new string('x', 11)));
        Assert.Equal(ErrorCode.None, Join(client, "g", sessionTimeout: 2000));
    }

    [Fact]
    public async Task Transactional_ids_and_their_timeouts_have_bounds()
    {
        await using var broker = await TestBroker.StartAsync(o => o with { MaxTransactionTimeout = TimeSpan.FromSeconds(5), MaxTransactionalIds = 2 });
        using var client = new WireClient(broker.Broker.Port);

        Assert.Equal(ErrorCode.InvalidTransactionTimeout, Init(client, "one", 5001));
        Assert.Equal(ErrorCode.None, Init(client, "one", 5000));
        Assert.Equal(ErrorCode.None, Init(client, "two", 5000));
        Assert.Equal(ErrorCode.PolicyViolation, Init(client, "three", 5000));
        Assert.Equal(ErrorCode.None, Init(client, "one", 5000));
        Assert.Equal(ErrorCode.None, Init(client, null, 5000));
    }

    [Fact]
    public async Task What_nobody_uses_is_forgotten_in_time()
    {
        var soon = TimeSpan.FromMilliseconds(300);
        await using var broker = await TestBroker.StartAsync(o => o with
        {
            OffsetsRetention = soon,
            TransactionalIdExpiration = soon,
            ProducerIdExpiration = soon,
            RetentionCheckInterval = TimeSpan.FromMilliseconds(100),
            TransactionSweepInterval = TimeSpan.FromMilliseconds(100),
            MaxGroups = 1,
            MaxTransactionalIds = 1,
        });
        using var client = new WireClient(broker.Broker.Port);
        client.Exchange(Frames.CreateTopic("t"));
        Assert.Equal(ErrorCode.None, Commit(client, "one", ""));
        Assert.Equal(ErrorCode.None, Init(client, "one", 5000));
        client.Exchange(Frames.Produce(7, "t", 0, Batches.Idempotent(5, 0, 0, 1)));

        await Eventually.HoldsAsync(() => Commit(client, "two", "") == ErrorCode.None);
        await Eventually.HoldsAsync(() => Init(client, "two", 5000) == ErrorCode.None);
        await Eventually.HoldsAsync(() => Producers(client, "t") == 0);
    }

    [Fact]
    public async Task A_request_that_names_a_hundred_thousand_topics_is_answered_soon()
    {
        await using var broker = await TestBroker.StartAsync();
        using var client = new WireClient(broker.Broker.Port);
        var request = Frames.Request(ApiKey.CreateTopics, 4, w =>
        {
            w.ArrayLength(100_000);
            for (var i = 0; i < 100_000; i++)
            {
                w.String($"{i}");
                w.Int32(1);
                w.Int16(-2); // no such replication factor: none is made
                w.ArrayLength(0);
                w.ArrayLength(0);
            }

            w.Int32(1000);
            w.Bool(true);
        });

        Assert.NotNull(await Task.Run(() => client.Exchange(request)).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData(nameof(BrokerOptions.MaxRequestBytes))]
    [InlineData(nameof(BrokerOptions.MinSessionTimeout))]
    [InlineData(nameof(BrokerOptions.DefaultPartitions))]
    public async Task Options_that_no_broker_can_run_with_are_told(string name)
    {
        var good = new BrokerOptions { Port = 0, DataDirectory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", "never-made") };
        var wrong = name switch
        {
            nameof(BrokerOptions.MaxRequestBytes) => good with { MaxRequestBytes = 0 },
            nameof(BrokerOptions.MinSessionTimeout) => good with { MinSessionTimeout = TimeSpan.FromHours(1) },
            _ => good with { DefaultPartitions = 0 },
        };

        var e = await Assert.ThrowsAsync<BrokerStartException>(() => KafkaBroker.StartAsync(wrong));

        Assert.StartsWith(name, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.False(Directory.Exists(good.DataDirectory));
    }

    private static WireClient Connected(TestBroker broker, string from)
    {
        var client = new WireClient(broker.Broker.Port, IPAddress.Parse(from));
        Assert.NotNull(client.Exchange(AnyRequest));
        return client;
    }

    private static ErrorCode Create(WireClient client, string name, int partitions)
    {
        var response = client.Exchange(Frames.CreateTopic(name, partitions))!;
        return (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(4 + 4 + 4 + 2 + name.Length));
    }

    private static ErrorCode Join(WireClient client, string group, int sessionTimeout = 10_000)
    {
        var response = client.Exchange(Frames.Request(ApiKey.JoinGroup, 0, w =>
        {
            w.String(group);
            w.Int32(sessionTimeout);
            w.String("");
            w.String("consumer");
            w.ArrayLength(1);
            w.String("range");
            w.Bytes([]);
        }))!;
        return (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(4));
    }

    private static ErrorCode Commit(WireClient client, string group, string metadata)
    {
        var response = client.Exchange(Frames.Request(ApiKey.OffsetCommit, 2, w =>
        {
            w.String(group);
            w.Int32(-1);
            w.String("");
            w.Int64(-1);
            w.ArrayLength(1);
            w.String("t");
            w.ArrayLength(1);
            w.Int32(0);
            w.Int64(1);
            w.NullableString(metadata);
        }))!;
        return (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(response.Length - 2));
    }

    private static ErrorCode Init(WireClient client, string? transactionalId, int timeout)
    {
        var response = client.Exchange(Frames.Request(ApiKey.InitProducerId, 1, w =>
        {
            w.NullableString(transactionalId);
            w.Int32(timeout);
        }))!;
        return (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(8));
    }

    /// <summary>How many producers DescribeProducers names for a topic's partition 0.</summary>
    private static int Producers(WireClient client, string topic)
    {
        var response = client.Exchange(Frames.Request(ApiKey.DescribeProducers, 0, w =>
        {
            w.ArrayLength(1);
            w.String(topic);
            w.Int32Array([0]);
            w.Tags();
            w.Tags();
        }))!;
        var reader = new ProtocolReader(response, flexible: true);
        reader.Int32();
        reader.Tags();
        reader.Int32();
        reader.ArrayLength();
        reader.String();
        reader.ArrayLength();
        reader.Int32();
        Assert.Equal(0, reader.Int16());
        reader.NullableString();
        return reader.ArrayLength();
    }

    private static byte[] DescribeConfigs(int times) => Frames.Request(ApiKey.DescribeConfigs, 1, w =>
    {
        w.ArrayLength(times);
        for (var i = 0; i < times; i++)
        {
            w.Int8(2);
            w.String("t");
            w.NullArray();
        }

        w.Bool(false);
    });

    private static byte[] Gzipped(int valueLength)
    {
        var plain = Batches.Plain(("key", new string('x', valueLength)));
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain.AsSpan(BatchHeader.Size));
        }

        return Batches.Wrap(compressed.ToArray(), 1, Batches.Now, attributes: (short)CompressionCodec.Gzip);
    }
}
