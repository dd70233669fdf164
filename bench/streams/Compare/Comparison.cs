using System.Globalization;

namespace Streaming.Streams.Bench.Compare;

/// <summary>
/// The engine's workloads next to Java Kafka Streams and the floor, in turn on the same topics in the same minutes: on a
/// shared machine only the ratios mean something.
/// </summary>
internal static class Comparison
{
    private const string Lines = "bench.order-lines";

    /// <summary>As many products as lines: a changelog about as long as its topic, whatever commits and caches let through.</summary>
    private const string Wide = "bench.order-lines-wide";

    private const int WarmUps = 3;

    private static readonly Row s_warmUp = new("aggregate");

    private sealed record Row(string Topology, string Guarantee = "exactly_once_v2", string Store = "memory", int Threads = 2, string SerDes = "spans")
    {
        public string Floor => Guarantee == "exactly_once_v2" ? "eos" : "copy";

        public string[] Arguments(string topic) => [$"topology={Topology}", $"guarantee={Guarantee}", $"store={Store}", $"threads={Threads}", $"topic={topic}", $"serdes={SerDes}"];
    }

    private static readonly Row[] s_rows =
    [
        new("map"), new("rekey"), new("aggregate"), new("window"), new("join"),
        new("aggregate", Store: "rocksdb"), new("window", Store: "rocksdb"), new("join", Store: "rocksdb"),
        new("map", Threads: 1), new("aggregate", Threads: 1),
        new("map", "at_least_once"), new("aggregate", "at_least_once"), new("map", SerDes: "arrays"),
    ];

    public static async Task<int> RunAsync(Options options)
    {
        var shared = options.Get("shared", "../shared");
        var records = options.Get("records", 1_000_000);
        var wanted = options.Get("only", "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        await using var peers = await Peers.StartAsync(shared, options.Get("port", 23900));
        await peers.LoadAsync($"records={records}");
        await peers.LoadAsync($"records={records}", $"products={records}", $"topic={Wide}");

        // A Kafka that has just started compiles its code for a minute, at the cost of whoever is measured first.
        for (var i = 0; i < WarmUps; i++)
        {
            await peers.JavaAsync(s_warmUp.Arguments(Lines));
            await peers.OursAsync(s_warmUp.Arguments(Lines));
        }

        Console.WriteLine("| workload | guarantee | store | workers | records/s | Java | of Java | floor | of floor | CPU µs/record | allocated B/record |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var row in s_rows.Where(r => wanted.Length == 0 || wanted.Contains(r.Topology)))
        {
            var java = (await peers.JavaAsync(row.Arguments(Lines)))[0];
            var ours = (await peers.OursAsync(row.Arguments(Lines)))[0];
            Print(row, row.SerDes == "arrays" ? $"{row.Topology}, serdes of arrays" : row.Topology, ours, java, await peers.FloorAsync(row.Floor, Lines));
        }
        foreach (var row in s_rows.Where(r => r is { Topology: "aggregate", Threads: 2, Guarantee: "exactly_once_v2" } && (wanted.Length == 0 || wanted.Contains("restore"))))
        {
            var java = (await peers.JavaAsync([.. row.Arguments(Wide), "restore=true"]))[1];
            var ours = (await peers.OursAsync([.. row.Arguments(Wide), "restore=true"]))[1];
            Print(row, "restore", ours, java, await peers.FloorAsync("read", Wide));
        }
        if (wanted.Length == 0 || wanted.Contains("probe"))
        {
            Console.WriteLine("");
            Console.WriteLine("| latency at 2,000 records/s, ms | p50 | p90 | p99 | max |");
            Console.WriteLine("|---|---|---|---|---|");
            Print("Java", await peers.ProbeAsync(java: true));
            Print("this engine", await peers.ProbeAsync(java: false));
        }
        return 0;
    }

    private static void Print(Row row, string workload, Measured ours, Measured java, Measured floor) => Print(
        $"| {workload} | {row.Guarantee} | {row.Store} | {row.Threads} | {ours.RecordsPerSecond:F0} | {java.RecordsPerSecond:F0} | {ours.RecordsPerSecond / java.RecordsPerSecond:F2} | {floor.RecordsPerSecond:F0} | {ours.RecordsPerSecond / floor.RecordsPerSecond:F2} | {ours.CpuMicrosPerRecord:F2} | {ours.AllocatedBytesPerRecord} |");

    private static void Print(string engine, Latencies found) =>
        Print($"| {engine} ({found.Seen} of {found.Sent} seen) | {found.P50Ms} | {found.P90Ms} | {found.P99Ms} | {found.MaxMs} |");

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
