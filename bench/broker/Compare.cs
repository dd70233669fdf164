using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Broker.Bench;

/// <summary>
/// Apache Kafka and this broker with the same tools, in the same minutes: on a shared machine only the ratio means
/// something. Every cell runs on one after the other, several rounds of it, beginning with another one each time, so that
/// none always gets the warm or the busy machine; medians count. For its first seconds a tool's own compilers take most of
/// two cores, and it sends a third of what it does later: those do not count. Kafka compiles itself longer than that, so each
/// broker has whole runs that do not count first. Start-up time and the memory of an idle broker besides.
/// </summary>
internal static partial class Compare
{
    private const int UncountedRuns = 2;
    private const int WindowSeconds = 5; // after which perf-produce tells how much it sent since it last did
    private const int UncountedWindows = 2;

    private const string Tables = """

        | record | partitions | broker | produce MB/s | of Kafka | consume MB/s | of Kafka |
        |---|---|---|---|---|---|---|
        """;

    private sealed record Cell(int Size, int Partitions, string Broker, double Produce, double Consume);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var script = Path.Combine(arguments.Text("--kafka", "."), "kafka");
        if (!File.Exists(script))
        {
            return Arguments.Usage();
        }

        var watch = Stopwatch.StartNew();
        var folder = Directory.CreateTempSubdirectory("broker-bench-").FullName;
        var peers = new List<Peer>();
        try
        {
            var port = arguments.Number("--port", 21200);
            peers.Add(await Peer.StartKafkaAsync(script, Path.Combine(folder, "kafka"), port + 10));
            foreach (var fsync in (string[])["always", "os"])
            {
                peers.Add(await Peer.StartOwnAsync(Path.Combine(folder, fsync), fsync, peers.Count + port));
            }

            await Task.Delay(3000);
            Console.WriteLine("| broker | start-up ms | idle MB |");
            Console.WriteLine("|---|---|---|");
            peers.ForEach(p => Console.WriteLine(Invariant($"| {p.Name} | {p.StartUp.TotalMilliseconds:F0} | {p.ResidentMegabytes():F0} |")));
            var cells = await MeasureAsync(script, peers, arguments);
            Print(cells, peers.ConvertAll(p => p.Name));
            Console.WriteLine(Invariant($"in {watch.Elapsed.TotalMinutes:F1} minutes, acks=all, Kafka's own perf tools"));
            return 0;
        }
        finally
        {
            foreach (var peer in peers)
            {
                await peer.StopAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<List<Cell>> MeasureAsync(string script, List<Peer> peers, Arguments arguments)
    {
        var seconds = arguments.Number("--seconds", 25);
        foreach (var peer in Enumerable.Repeat(peers, UncountedRuns).SelectMany(p => p))
        {
            await MeasureAsync(script, peer, 1024, 6, seconds);
        }

        var cells = new List<Cell>();
        var first = 0;
        foreach (var size in Numbers(arguments.Text("--sizes", "100,1024,10240")))
        {
            foreach (var partitions in Numbers(arguments.Text("--partitions", "1,6")))
            {
                for (var round = arguments.Number("--rounds", 3); round > 0; round--, first++)
                {
                    for (var i = 0; i < peers.Count; i++)
                    {
                        var peer = peers[(first + i) % peers.Count];
                        cells.Add(await MeasureAsync(script, peer, size, partitions, seconds));
                        var cell = cells[^1];
                        Console.Error.WriteLine(Invariant($"{size} B, {partitions} partitions, {peer.Name}: {cell.Produce:F1} and {cell.Consume:F1} MB/s"));
                    }
                }
            }
        }

        return cells;
    }

    private static async Task<Cell> MeasureAsync(string script, Peer peer, int size, int partitions, int seconds)
    {
        var topic = Invariant($"bench-{size}-{partitions}");
        using var admin = new WireConnection(peer.Port);
        admin.CreateTopic(topic, partitions);
        await ExternalTool.RunAsync("sync", ""); // or this one's writes wait for what the one before left to the system
        var windows = await ExternalTool.UntilAsync(
            script,
            Invariant($"perf-produce --topic {topic} --num-records {int.MaxValue} --record-size {size} --throughput -1 --producer-props bootstrap.servers={peer.Servers} acks=all"),
            ProducedWindow(),
            Math.Max(UncountedWindows + 1, seconds / WindowSeconds));
        var records = windows.Sum(w => long.Parse(w.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        var consumed = ConsumedRate().Match(await ExternalTool.RunAsync(
            script, Invariant($"perf-consume --bootstrap-server {peer.Servers} --topic {topic} --messages {records} --hide-header")));
        admin.DeleteTopic(topic);
        return new Cell(size, partitions, peer.Name, windows.Skip(UncountedWindows).Average(w => Number(w.Groups[2])), Number(consumed.Groups[1]));
    }

    private static void Print(List<Cell> cells, List<string> order)
    {
        Console.WriteLine(Tables);
        foreach (var group in cells.GroupBy(c => (c.Size, c.Partitions)))
        {
            var medians = order.ConvertAll(broker => Median([.. group.Where(c => c.Broker == broker)]));
            var kafka = medians[0];
            foreach (var cell in medians)
            {
                Console.WriteLine(Invariant(
                    $"| {cell.Size} | {cell.Partitions} | {cell.Broker} | {cell.Produce:F1} | {cell.Produce / kafka.Produce:F2} | {cell.Consume:F1} | {cell.Consume / kafka.Consume:F2} |"));
            }
        }
    }

    private static Cell Median(List<Cell> rounds) => rounds[0] with { Produce = rounds.Median(c => c.Produce), Consume = rounds.Median(c => c.Consume) };

    private static double Number(Group found) => found.Success
        ? double.Parse(found.ValueSpan, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException("the tool tells no rate");

    private static int[] Numbers(string list) => list.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex(@"^(\d+) records sent, .*\(([\d.]+) MB/sec\)")]
    private static partial Regex ProducedWindow();

    /// <summary>perf-consume prints start, end, MB, MB/s, records, records/s, and times; the fourth is the rate.</summary>
    [GeneratedRegex(@"^[^,]+, [^,]+, [\d.]+, ([\d.]+),", RegexOptions.Multiline)]
    private static partial Regex ConsumedRate();
}
