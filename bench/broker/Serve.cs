using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Bench;

/// <summary>A broker on its own, for benchmarks and crash tests.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (!arguments.Has("--data"))
        {
            return Arguments.Usage();
        }

        var level = arguments.Has("--verbose") ? LogLevel.Debug : arguments.Has("--quiet") ? LogLevel.Warning : LogLevel.Information;
        using var loggers = LoggerFactory.Create(b => b.AddConsole().SetMinimumLevel(level));
        try
        {
            await using var broker = await KafkaBroker.StartAsync(Options(arguments), loggers);
            Console.WriteLine($"ready {broker.BootstrapServers}");
            using var statistics = StartStatistics(arguments, broker);
            var stop = new TaskCompletionSource();
            using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
            await Task.WhenAny(stop.Task, broker.Failure);
            return broker.Failure.IsCompleted ? 1 : 0;

            void Stop(PosixSignalContext context)
            {
                context.Cancel = true;
                stop.TrySetResult();
            }
        }
        catch (BrokerStartException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>With <c>--statistics-ms</c>: what only the process itself knows, a line now and then.</summary>
    private static Timer? StartStatistics(Arguments arguments, KafkaBroker broker)
    {
        var interval = arguments.Number("--statistics-ms", 0);
        return interval == 0
            ? null
            : new Timer(
                _ => Console.WriteLine(FormattableString.Invariant($"statistics heap={GC.GetTotalMemory(forceFullCollection: true)} connections={broker.ConnectionCount}")),
                null, interval, interval);
    }

    private static BrokerOptions Options(Arguments arguments) => new()
    {
        Port = arguments.Number("--port", 0),
        DataDirectory = arguments.Text("--data", ""),
        Fsync = Enum.Parse<FsyncMode>(arguments.Text("--fsync", "always"), ignoreCase: true),
        NetworkThreads = arguments.Number("--network-threads", new BrokerOptions { DataDirectory = "" }.NetworkThreads),
        JournalBytes = arguments.Number("--journal-bytes", 64 << 20),
        DefaultPartitions = arguments.Number("--default-partitions", 4),
        InitialRebalanceDelay = TimeSpan.Zero, // as the Kafka beside it is set
        OffsetsRetention = TimeSpan.FromMilliseconds(arguments.Number("--offsets-retention-ms", 7 * 86_400_000)),
        ProducerIdExpiration = TimeSpan.FromMilliseconds(arguments.Number("--producer-id-expiration-ms", 86_400_000)),
        RetentionCheckInterval = TimeSpan.FromMilliseconds(arguments.Number("--retention-interval-ms", 60_000)),
        CompactionCheckInterval = TimeSpan.FromMilliseconds(arguments.Number("--compaction-interval-ms", 15_000)),
        TopicDefaults = arguments.Has("--segment-bytes")
            ? new Dictionary<string, string> { ["segment.bytes"] = arguments.Text("--segment-bytes", "") }
            : new Dictionary<string, string>(),
        LenientReplicationFactor = arguments.Has("--lenient-replication-factor"),
    };
}
