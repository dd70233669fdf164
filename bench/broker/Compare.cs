using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Broker.Bench;

/// <summary>
/// Apache Kafka and this broker with the same tools, in the same minutes: on a shared machine only the ratio means
/// something. Every cell runs on one after the other, several rounds of it, beginning with another one each time, so that
/// none always gets the warm or the busy machine; medians count. A run takes seconds: for the first few of them the tools' own
/// compilers keep a good part of two cores busy, and whoever is asked then answers late. Kafka compiles itself longer than
/// that, so each broker has runs that do not count first. Start-up time and the memory of an idle broker besides.
/// </summary>
internal static partial class Compare
{
    private const int UncountedRuns = 2;

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
        foreach (var peer in Enumerable.Repeat(peers, UncountedRuns).SelectMany(p => p))
        {
            await MeasureAsync(script, peer, 1024, 6, Records(arguments, 1024));
        }

        var cells = new List<Cell>();
        var first = 0;
        foreach (var size in Numbers(arguments.Text("--sizes", "100,1024,10240")))
        {
            foreach (var partitions in Numbers(arguments.Text("--partitions", "1,6")))
            {
                var records = Records(arguments, size);
                for (var round = arguments.Number("--rounds", 3); round > 0; round--, first++)
                {
                    for (var i = 0; i < peers.Count; i++)
                    {
                        var peer = peers[(first + i) % peers.Count];
                        cells.Add(await MeasureAsync(script, peer, size, partitions, records));
                        var cell = cells[^1];
                        Console.Error.WriteLine(Invariant($"{size} B, {partitions} partitions, {peer.Name}: {cell.Produce:F1} and {cell.Consume:F1} MB/s"));
                    }
                }
            }
        }

        return cells;
    }

    /// <summary>As many bytes of each size as take seconds, yet no more records than the tools make in that time.</summary>
    private static int Records(Arguments arguments, int size) =>
        (int)Math.Clamp(arguments.Number("--megabytes", 600) * 1_000_000L / size, 1000, arguments.Number("--records", 2_000_000));

    private static async Task<Cell> MeasureAsync(string script, Peer peer, int size, int partitions, int records)
    {
        var topic = Invariant($"bench-{size}-{partitions}");
        using var admin = new WireConnection(peer.Port);
        admin.CreateTopic(topic, partitions);
        string Produce(int count) => Invariant(
            $"perf-produce --topic {topic} --num-records {count} --record-size {size} --throughput -1 --producer-props bootstrap.servers={peer.Servers} acks=all");
        await ExternalTool.RunAsync(script, Produce(Math.Max(1, records / 5))); // the broker's code warms up; the tool's own JVM cannot
        await ExternalTool.RunAsync("sync", ""); // or this one's writes wait for what the one before left to the system
        var produced = Rate(ProduceRate(), await ExternalTool.RunAsync(script, Produce(records)));
        var consumed = Rate(ConsumeRate(), await ExternalTool.RunAsync(
            script, Invariant($"perf-consume --bootstrap-server {peer.Servers} --topic {topic} --messages {records} --hide-header")));
        admin.DeleteTopic(topic);
        return new Cell(size, partitions, peer.Name, produced, consumed);
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

    private static double Rate(Regex pattern, string output) => pattern.Matches(output) is { Count: > 0 } found
        ? double.Parse(found[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException($"no rate in what the tool said: {output}");

    private static int[] Numbers(string list) => list.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    [GeneratedRegex(@"\(([\d.]+) MB/sec\)")]
    private static partial Regex ProduceRate();

    /// <summary>perf-consume prints start, end, MB, MB/s, records, records/s, and times; the fourth is the rate.</summary>
    [GeneratedRegex(@"^[^,]+, [^,]+, [\d.]+, ([\d.]+),", RegexOptions.Multiline)]
    private static partial Regex ConsumeRate();
}
