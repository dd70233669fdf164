using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;
using Xunit.Abstractions;

namespace Streaming.Broker.Tests.Fuzz;

/// <summary>
/// Wrong frames by the thousand. Seeds are the golden requests, every API in every version; what ever failed is kept in
/// corpus/ and sent again. After each frame an ordinary request follows on the same connection, which must be answered
/// or the connection closed, in time; nothing may be logged as an error, memory stays bounded, and a well-behaved
/// client beside it goes on. STREAMING_FUZZ=seconds runs that long, from another seed each time.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int ShortFormFrames = 2500;
    private const int ShortFormSeed = 20260101;
    private const int FramesOfAConnection = 40;
    private const int AnswerMs = 20_000;
    private const long MemoryGrowth = 150L << 20;

    private static readonly byte[] Probe = Frames.Request(ApiKey.ApiVersions, 0, _ => { });

    private static string Corpus { get; } = SourceFolder.Find("tests", "Streaming.Broker.Tests", "Fuzz", "corpus");

    public static IEnumerable<object[]> Failures() => Directory.EnumerateFiles(Corpus, "*.hex").Select(f => new object[] { Path.GetFileName(f) });

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task What_once_failed_does_no_harm(string file)
    {
        await using var target = await Target.StartAsync();
        using var bystander = new Bystander(target.Port);
        foreach (var frame in Read(file))
        {
            target.Send(frame);
            target.AssertUnharmed(bystander);
        }
    }

    [Fact]
    public async Task Wrong_frames_do_no_harm()
    {
        var seconds = Environment.GetEnvironmentVariable("STREAMING_FUZZ") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : 0;
        var seed = seconds == 0 ? ShortFormSeed : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Console.WriteLine($"fuzz: seed {seed}");
        await using var target = await Target.StartAsync();
        using var bystander = new Bystander(target.Port);
        var mutator = new Mutator(seed, Seeds());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var sent = new List<byte[]>();
        for (var i = 0; seconds == 0 ? i < ShortFormFrames : watch.Elapsed.TotalSeconds < seconds; i++)
        {
            var frame = mutator.Next();
            sent.Add(frame);
            try
            {
                if (mutator.Random(500) == 0)
                {
                    target.SendUnfinished(frame);
                }
                else
                {
                    target.Send(frame);
                }

                if (i % FramesOfAConnection == 0)
                {
                    target.AssertUnharmed(bystander);
                    AssertMemoryBounded(before);
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}, frame {i}: {e.Message}; kept as {Keep(seed, i, sent)}", e);
            }

            if (sent.Count > 2 * FramesOfAConnection)
            {
                sent.RemoveRange(0, FramesOfAConnection);
            }
        }

        target.AssertUnharmed(bystander);
        AssertMemoryBounded(before);
    }

    /// <summary>What a first look counts may be garbage; only what is left after a collection counts.</summary>
    private static void AssertMemoryBounded(long before)
    {
        if (GC.GetTotalMemory(forceFullCollection: false) - before >= MemoryGrowth)
        {
            Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < MemoryGrowth, "memory grows");
        }
    }

    private static List<byte[]> Seeds() =>
    [
        .. ApiTable.Ranges.SelectMany(r => GoldenExchanges.Of(r.Key)).Select(e => e.Request),
        .. Failures().SelectMany(f => Read((string)f[0])),
    ];

    /// <summary>The frames of a corpus file, one a line in hex.</summary>
    private static IEnumerable<byte[]> Read(string file) => File.ReadLines(Path.Combine(Corpus, file))
        .Where(l => l.Length > 0 && l[0] != '#')
        .Select(Convert.FromHexString);

    private static string Keep(int seed, int frame, List<byte[]> sent)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"failed-{seed}-{frame}.hex");
        File.WriteAllLines(Path.Combine(Corpus, name), sent.Select(Convert.ToHexStringLower));
        return name;
    }

    /// <summary>Memory is the process's: no other test may run beside this one.</summary>
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    /// <summary>A broker with small limits, and a bad client's connection to it.</summary>
    private sealed class Target : IAsyncDisposable
    {
        private readonly string _directory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));
        private readonly ErrorLog _errors = new();
        private KafkaBroker _broker = null!;
        private WireClient? _client;
        private int _onConnection;

        public int Port => _broker.Port;

        public static async Task<Target> StartAsync()
        {
            var target = new Target();
            target._broker = await KafkaBroker.StartAsync(
                new BrokerOptions
                {
                    Port = 0,
                    DataDirectory = target._directory,
                    Fsync = FsyncMode.Os,
                    MaxPartitions = 60,
                    MaxGroups = 60,
                    MaxGroupSize = 20,
                    MaxTransactionalIds = 60,
                    MaxRequestBytes = 1 << 20,
                    MaxResponseBytes = 1 << 20,
                    MaxFetchWait = TimeSpan.FromMilliseconds(50),
                    InitialRebalanceDelay = TimeSpan.Zero,
                    StallTimeout = TimeSpan.FromSeconds(1),
                },
                target._errors);
            using var client = new WireClient(target.Port);
            foreach (var request in GoldenExchanges.Preparations())
            {
                Assert.NotNull(client.Exchange(request));
            }

            return target;
        }

        /// <summary>Sends a frame and an ordinary request behind it; the frame itself may be one that gets no answer.</summary>
        public void Send(byte[] frame)
        {
            if (frame.Length == 0 || MayWait(frame))
            {
                SendAndLeave(frame);
                return;
            }

            if (_client is null || ++_onConnection > FramesOfAConnection)
            {
                Disconnect();
                _client = new WireClient(Port);
                _onConnection = 0;
            }

            try
            {
                _client.Send(frame);
                _client.Send(Probe);
                for (byte[]? answer; (answer = _client.Receive(AnswerMs)) is not null;)
                {
                    if (answer.AsSpan(0, 4).SequenceEqual(Probe.AsSpan(4, 4)) && answer.Length > 100)
                    {
                        return;
                    }
                }
            }
            catch (SocketException e) when (e.SocketErrorCode is not (SocketError.TimedOut or SocketError.WouldBlock))
            {
                // closed while the second was being sent
            }

            Disconnect();
        }

        /// <summary>A size that is larger than what comes: the connection must be closed once that takes too long.</summary>
        public void SendUnfinished(byte[] frame)
        {
            using var client = new WireClient(Port);
            client.SendRaw([0, 0, 0xff, 0xff, .. frame.AsSpan(0, Math.Min(frame.Length, 60_000))]);
            Assert.True(client.IsClosedByBroker(AnswerMs), "a request that does not end is waited for");
        }

        public void AssertUnharmed(Bystander bystander)
        {
            bystander.Work();
            Assert.True(_errors.First is null, _errors.First);
        }

        public async ValueTask DisposeAsync()
        {
            Disconnect();
            await _broker.DisposeAsync();
            Directory.Delete(_directory, recursive: true);
        }

        /// <summary>A join is answered when others have joined too, which may be never.</summary>
        private static bool MayWait(byte[] frame) => frame.Length > 1 && frame[0] == 0 && (ApiKey)frame[1] is ApiKey.JoinGroup or ApiKey.SyncGroup;

        private void SendAndLeave(byte[] frame)
        {
            using var client = new WireClient(Port);
            client.Send(frame);
            try
            {
                client.Receive(timeoutMs: 20);
            }
            catch (SocketException)
            {
                // parked
            }
        }

        private void Disconnect()
        {
            _client?.Dispose();
            _client = null;
        }
    }
}
