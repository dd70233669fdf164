using System.Globalization;
using Microsoft.Extensions.Logging;
using Streaming.Streams.State;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Kafka;

namespace Streaming.Streams.Bench.Chaos;

/// <summary>
/// One instance in a process of its own, to be killed. It obeys lines on its standard input: "dump" prints its active
/// stores, the end of the input closes it in good order.
/// </summary>
internal static class ChaosInstance
{
    public static async Task<int> MainAsync(Options options)
    {
        using var logs = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Information)
            .AddSimpleConsole(o => (o.SingleLine, o.TimestampFormat) = (true, "HH:mm:ss.fff ")));
        var config = new StreamConfig
        {
            ApplicationId = options.Get("app", ""),
            BootstrapServers = options.Bootstrap,
            StateDir = options.Get("state", ""),
            Guarantee = ProcessingGuarantee.EXACTLY_ONCE,
            NumStreamThreads = options.Get("threads", 2),
            NumStandbyReplicas = options.Get("standbys", 0),
            Logger = logs,
        };
        config.UseUncaughtExceptionHandler(static _ => UncaughtExceptionResponse.ReplaceWorker);
        var persistent = options.Get("store", "memory") == "rocksdb";
        var plan = options.Get("dsl", false) ? ChaosTopology.DslPlan(config, persistent) : ChaosTopology.Plan(config.ApplicationId, persistent);
        using var stream = new KafkaStream(plan, config, new DefaultKafkaClientSupplier(logs));
        stream.StateChanged += (_, state) => Console.WriteLine($"state {state.Name}");
        await stream.StartAsync();
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line != "dump") continue;
            foreach (var entry in stream.Instance.Entries(e => e.Running is not null))
            {
                foreach (var store in entry.State.Stores.Where(s => s.Name is ChaosTopology.Totals or ChaosTopology.Hourly))
                {
                    using var cursor = store.Committed.OpenSnapshot(new(null, null));
                    while (cursor.MoveNext())
                    {
                        var (key, count) = ChaosTopology.Entry(store.Spec.Kind, cursor.Key, cursor.Value);
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"entry {store.Name} {key} {count}"));
                    }
                }
            }
            Console.WriteLine("dumped");
        }
        return 0;
    }
}
