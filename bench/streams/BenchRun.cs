using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Streams.Bench.Workloads;
using Streaming.Streams.Tasks;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Bench;

/// <summary>Runs a workload of the peer's on the peer's topics, and prints a line of the peer's form.</summary>
internal static class BenchRun
{
    public static async Task<int> RunAsync(Options options)
    {
        var topology = options.Get("topology", "map");
        var app = options.Get("app", $"bench-streaming-{topology}-{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
        var source = options.Get("topic", "bench.order-lines");
        var target = options.Get("out", "bench.out-" + topology);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = options.Bootstrap }).Build();
        var partitions = admin.GetMetadata(source, TimeSpan.FromSeconds(20)).Topics[0].Partitions.Count;
        if (!admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Exists(t => t.Topic == target))
            await admin.CreateTopicsAsync([new TopicSpecification { Name = target, NumPartitions = partitions, ReplicationFactor = 1 }]);
        var ends = await EndsAsync(admin, source, partitions);
        var records = ends.Values.Sum();
        var state = Path.Combine(Path.GetTempPath(), "streams-bench", app);
        try
        {
            using (var stream = Make(options, app, source, target, state))
            {
                var starting = Stopwatch.StartNew();
                await RunningAsync(stream);
                var startSeconds = starting.Elapsed.TotalSeconds;
                var (cpu, allocated) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes());
                var clock = Stopwatch.StartNew();
                while (!await CaughtUpAsync(admin, app, ends)) await Task.Delay(20);
                if (topology is "aggregate" or "window" or "join")
                    while (!await RepartitionDoneAsync(admin, app)) await Task.Delay(20);
                var seconds = clock.Elapsed.TotalSeconds;
                var cpuMicros = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / records;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{{\"peer\":\"streaming\",\"topology\":\"{topology}\",\"guarantee\":\"{Guarantee(options)}\",\"store\":\"{options.Get("store", "memory")}\",\"threads\":{options.Get("threads", 2)},\"records\":{records},\"startSeconds\":{startSeconds:F2},\"seconds\":{seconds:F2},\"recordsPerSecond\":{records / seconds:F0},\"cpuMicrosPerRecord\":{cpuMicros:F2},\"allocatedBytesPerRecord\":{(GC.GetTotalAllocatedBytes() - allocated) / records},\"app\":\"{app}\"}}"));
            }
            if (options.Get("restore", false)) await RestoreAsync(options, app, source, target, state);
            return 0;
        }
        finally
        {
            if (Directory.Exists(state)) Directory.Delete(state, recursive: true);
        }
    }

    /// <summary>The engine in the middle of the peer's probe: from the latest offset, until it is killed.</summary>
    public static async Task<int> ServeAsync(Options options)
    {
        var topology = options.Get("topology", "map");
        var app = options.Get("app", $"bench-serve-{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
        using var stream = Make(options, app, options.Get("topic", "bench.order-lines"), options.Get("out", "bench.out-" + topology), Path.Combine(Path.GetTempPath(), "streams-bench", app), AutoOffsetReset.Latest);
        stream.StateChanged += (_, state) => Console.WriteLine(state.Name);
        using var stop = new CancellationTokenSource();
        using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, c => { c.Cancel = true; stop.Cancel(); });
        await stream.StartAsync();
        try
        {
            await Task.Delay(Timeout.Infinite, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // asked to end
        }
        return 0;
    }

    private static string Guarantee(Options options) => options.Get("guarantee", "exactly_once_v2");

    private static KafkaStream Make(Options options, string app, string source, string target, string state, AutoOffsetReset reset = AutoOffsetReset.Earliest)
    {
        var logs = options.Get("log", false) ? LoggerFactory.Create(b => b.AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat) = (true, "HH:mm:ss.fff "))) : (ILoggerFactory)NullLoggerFactory.Instance;
        var config = new StreamConfig
        {
            ApplicationId = app,
            BootstrapServers = options.Bootstrap,
            StateDir = state,
            Guarantee = Guarantee(options) == "at_least_once" ? ProcessingGuarantee.AT_LEAST_ONCE : ProcessingGuarantee.EXACTLY_ONCE,
            NumStreamThreads = options.Get("threads", 2),
            CommitIntervalMs = options.Get("commit-ms", 100),
            ReplicationFactor = 1,
            AutoOffsetReset = reset,
            Logger = logs,
        };
        TopologyPlan plan = Workload.Plan(options, config, app, source, target);
        return new(plan, config, new DefaultKafkaClientSupplier(logs));
    }

    private static async Task RunningAsync(KafkaStream stream)
    {
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stream.StateChanged += (_, state) =>
        {
            if (state == KafkaStream.State.RUNNING) running.TrySetResult();
            if (state == KafkaStream.State.ERROR) running.TrySetException(stream.Failure!);
        };
        await stream.StartAsync();
        await running.Task.WaitAsync(TimeSpan.FromMinutes(5));
    }

    /// <summary>Throws the local state away, starts again and times the rebuild from the changelogs.</summary>
    private static async Task RestoreAsync(Options options, string app, string source, string target, string state)
    {
        Directory.Delete(state, recursive: true);
        using var stream = Make(options, app, source, target, state);
        long began = 0, first = 0, ended = 0, restored = 0;
        stream.OnRestoreStartEvent += (_, _, _, _) => Interlocked.CompareExchange(ref began, Stopwatch.GetTimestamp(), 0);
        stream.OnRestoreBatchEvent += (_, _, _, count) =>
        {
            Interlocked.CompareExchange(ref first, Stopwatch.GetTimestamp(), 0);
            Interlocked.Add(ref restored, count);
        };
        stream.OnRestoreEndEvent += (_, _, _) => Interlocked.Exchange(ref ended, Stopwatch.GetTimestamp());
        await RunningAsync(stream);
        var seconds = Stopwatch.GetElapsedTime(began, ended).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"peer\":\"streaming\",\"restored\":{restored},\"firstBatchSeconds\":{Stopwatch.GetElapsedTime(began, first).TotalSeconds:F2},\"seconds\":{seconds:F2},\"recordsPerSecond\":{restored / seconds:F0}}}"));
    }

    private static async Task<Dictionary<TopicPartition, long>> EndsAsync(IAdminClient admin, string topic, int partitions)
    {
        var result = await admin.ListOffsetsAsync(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffsetSpec { TopicPartition = new(topic, p), OffsetSpec = OffsetSpec.Latest() }));
        return result.ResultInfos.ToDictionary(r => r.TopicPartitionOffsetError.TopicPartition, r => r.TopicPartitionOffsetError.Offset.Value);
    }

    private static async Task<bool> CaughtUpAsync(IAdminClient admin, string app, Dictionary<TopicPartition, long> ends)
    {
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new(app, [.. ends.Keys])]))[0].Partitions;
        return committed.TrueForAll(c => ends[c.TopicPartition] == 0 || c.Offset.Value >= ends[c.TopicPartition]);
    }

    private static async Task<bool> RepartitionDoneAsync(IAdminClient admin, string app)
    {
        foreach (var topic in admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Where(t => t.Topic.StartsWith(app + "-", StringComparison.Ordinal) && t.Topic.EndsWith("-repartition", StringComparison.Ordinal)))
        {
            var ends = await EndsAsync(admin, topic.Topic, topic.Partitions.Count);
            foreach (var (partition, end) in ends) ends[partition] = Math.Max(0, end - 2); // the peer's own tolerance: markers
            if (!await CaughtUpAsync(admin, app, ends)) return false;
        }
        return true;
    }
}
