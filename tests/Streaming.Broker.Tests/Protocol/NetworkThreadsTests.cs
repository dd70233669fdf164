using Streaming.Broker.Protocol;

namespace Streaming.Broker.Tests.Protocol;

/// <summary>Whoever waits for the clients, threads of the broker or the runtime's sockets, serves them alike.</summary>
public sealed class NetworkThreadsTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    public static TheoryData<int> Counts => OperatingSystem.IsLinux() ? [0, 1, 3] : [0];

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task Requests_in_pieces_are_answered_in_their_order(int threads)
    {
        await using var broker = await TestBroker.StartAsync(o => o with { NetworkThreads = threads });
        using var client = new WireClient(broker.Broker.Port);
        Assert.NotNull(client.Exchange(Frames.CreateTopic("t")));

        // Produce requests, small and beyond what is received at a time, between ones that are answered elsewhere.
        int[] sizes = [10, 200_000, 5_000, 70_000];
        foreach (var size in sizes)
        {
            var produce = Frames.Produce(3, "t", 0, Batches.Plain(("k", new string('x', size))));
            byte[] sent = [.. Frames.Sized(produce), .. Frames.Sized(Frames.Fetch("t", 0, 0)), .. Frames.Sized(produce)];
            for (var at = 0; at < sent.Length;)
            {
                var piece = Math.Min(sent.Length - at, at % 7 == 0 ? 3 : 17_001);
                client.SendRaw(sent.AsSpan(at, piece));
                at += piece;
                await Task.Yield();
            }
        }

        var offset = 0;
        foreach (var _ in sizes)
        {
            Assert.Equal((ErrorCode.None, offset++), Frames.ReadProduce(client.Receive()!));
            Assert.True(client.Receive()!.Length > 10);
            Assert.Equal((ErrorCode.None, offset++), Frames.ReadProduce(client.Receive()!));
        }
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task Many_clients_are_served_side_by_side_and_leave_nothing_behind(int threads)
    {
        await using var broker = await TestBroker.StartAsync(o => o with { NetworkThreads = threads });
        using (var first = new WireClient(broker.Broker.Port))
        {
            Assert.NotNull(first.Exchange(Frames.CreateTopic("t")));
        }

        var request = Frames.Produce(3, "t", 0, Batches.Plain(("k", new string('x', 20_000))));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var client = new WireClient(broker.Broker.Port);
                for (var i = 0; i < 20; i++)
                {
                    Assert.Equal(ErrorCode.None, Frames.ReadProduce(client.Exchange(request)!).Error);
                }
            },
            TaskCreationOptions.LongRunning))).WaitAsync(Soon);

        await Eventually.HoldsAsync(() => broker.Broker.ConnectionCount == 0, "the end of connections whose clients left");
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task A_client_that_sends_without_a_break_does_not_keep_others_waiting(int threads)
    {
        await using var broker = await TestBroker.StartAsync(o => o with { NetworkThreads = threads, Fsync = FsyncMode.Os });
        using var other = new WireClient(broker.Broker.Port);
        Assert.NotNull(other.Exchange(Frames.CreateTopic("t", 1, ("segment.bytes", "20000000"), ("retention.bytes", "1"))));
        using var stop = new CancellationTokenSource();
        using var flooding = new Barrier(3);
        var floods = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var client = new WireClient(broker.Broker.Port);
                var request = Frames.Sized(Frames.Produce(3, "t", 0, Batches.Plain(("k", new string('x', 30_000))), acks: 0));
                client.SendRaw(request);
                flooding.SignalAndWait();
                while (!stop.IsCancellationRequested)
                {
                    client.SendRaw(request);
                }
            },
            TaskCreationOptions.LongRunning)).ToList();
        flooding.SignalAndWait();

        var served = Task.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.NotNull(other.Exchange(Frames.Fetch("t", 0, long.MaxValue)));
            }
        });
        var first = await Task.WhenAny(served, Task.Delay(TimeSpan.FromSeconds(20)));
        await stop.CancelAsync();

        await Task.WhenAll(floods);
        Assert.Same(served, first);
        await served;
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task Clients_that_wait_or_are_halfway_do_not_keep_the_broker_from_stopping(int threads)
    {
        var broker = await TestBroker.StartAsync(o => o with { NetworkThreads = threads, ShutdownTimeout = TimeSpan.FromMinutes(5) });
        using var silent = new WireClient(broker.Broker.Port);
        using var halfway = new WireClient(broker.Broker.Port);
        using var idle = new WireClient(broker.Broker.Port);
        Assert.NotNull(idle.Exchange(Frames.CreateTopic("t")));
        halfway.SendRaw(Frames.Sized(Frames.CreateTopic("u")).AsSpan(0, 9));

        await broker.DisposeAsync().AsTask().WaitAsync(Soon);

        Assert.All([silent, halfway, idle], c => Assert.True(c.IsClosedByBroker()));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public async Task Clients_that_leave_while_the_broker_stops_do_not_keep_it_from_that(int threads)
    {
        for (var i = 0; i < 30; i++)
        {
            var broker = await TestBroker.StartAsync(o => o with { NetworkThreads = threads, ShutdownTimeout = TimeSpan.FromMinutes(5) });
            var clients = Enumerable.Range(0, 8).Select(_ => new WireClient(broker.Broker.Port)).ToList();
            clients.ForEach(c => Assert.NotNull(c.Exchange(Frames.Request(ApiKey.ApiVersions, 0, _ => { }))));

            var leaving = Task.Run(() => clients.ForEach(c => c.Dispose()));
            await broker.DisposeAsync().AsTask().WaitAsync(Soon);
            await leaving;
        }
    }
}
