using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Broker.Bench;

/// <summary>
/// Apache Kafka and this broker with the same tools, in turns of seconds: a shared machine changes its speed by half within
/// a minute, so that only neighbours in time can be compared. All producers of a cell are warm before the first turn counts;
/// each round gives every broker a turn, beginning with another one each time, and is worth one ratio to Kafka.
/// Start-up time and the memory of an idle broker besides.
/// </summary>
internal static partial class Compare
{
    private const long ReadBytes = 1536L << 20; // what a run of perf-consume reads
    private const int RetentionInterval = 10_000; // ms

    private const string Tables = """

        | record | partitions | broker | produce MB/s | of Kafka | quartiles | consume MB/s | of Kafka | quartiles |
        |---|---|---|---|---|---|---|---|---|
        """;

    /// <summary>So that a cell takes little disk and memory.</summary>
    private static readonly (string, string)[] s_bounded =
        [("retention.bytes", "268435456"), ("segment.bytes", "67108864"), ("file.delete.delay.ms", "1000")];

    /// <summary>Kafka compiles itself for minutes under load; a producer's compilers are done sooner.</summary>
    private static readonly TimeSpan s_warmingBrokers = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_warming = TimeSpan.FromSeconds(30);

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
            peers.Add(await Peer.StartKafkaAsync(script, Path.Combine(folder, "kafka"), port + 10, Invariant($"log.retention.check.interval.ms={RetentionInterval}")));
            foreach (var fsync in (string[])["always", "os"])
            {
                peers.Add(await Peer.StartOwnAsync(
                    Path.Combine(folder, fsync), fsync, peers.Count + port, more: ["--retention-interval-ms", Invariant($"{RetentionInterval}")]));
            }

            await Task.Delay(3000);
            Console.WriteLine("| broker | start-up ms | idle MB |");
            Console.WriteLine("|---|---|---|");
            peers.ForEach(p => Console.WriteLine(Invariant($"| {p.Name} | {p.StartUp.TotalMilliseconds:F0} | {p.ResidentMegabytes():F0} |")));
            await MeasureAsync(script, peers, arguments);
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

    private static async Task MeasureAsync(string script, List<Peer> peers, Arguments arguments)
    {
        await ProduceAsync(script, peers, 1024, 6, s_warmingBrokers, rounds: 0, turn: default);
        Console.WriteLine(Tables);
        foreach (var size in Numbers(arguments.Text("--sizes", "100,1024,10240")))
        {
            foreach (var partitions in Numbers(arguments.Text("--partitions", "1,6")))
            {
                var turn = TimeSpan.FromSeconds(arguments.Number("--seconds", 4));
                var produced = await ProduceAsync(script, peers, size, partitions, s_warming, arguments.Number("--rounds", 10), turn);
                var consumed = await ConsumeAsync(script, peers, size, partitions, arguments.Number("--reads", 4));
                for (var i = 0; i < peers.Count; i++)
                {
                    Console.WriteLine(Invariant($"| {size} | {partitions} | {peers[i].Name} | {Cells(produced, i)} | {Cells(consumed, i)} |"));
                }
            }
        }
    }

    /// <summary>The rate of each turn: a row a round, a column a broker.</summary>
    private static async Task<List<double[]>> ProduceAsync(
        string script, List<Peer> peers, int size, int partitions, TimeSpan warming, int rounds, TimeSpan turn)
    {
        var topic = Invariant($"produced-{size}-{partitions}-{rounds}"); // while a broker still deletes the last one
        var producers = new List<WarmProducer>();
        try
        {
            foreach (var peer in peers)
            {
                CreateTopic(peer, topic, partitions, s_bounded);
                producers.Add(new WarmProducer(script, PerfProduce(peer, topic, int.MaxValue, size)));
                await producers[^1].TakeTurnAsync(warming);
            }

            return await TakeTurnsAsync(rounds, peers.Count, i => producers[i].TakeTurnAsync(turn));
        }
        finally
        {
            foreach (var producer in producers)
            {
                await producer.DisposeAsync();
            }

            DeleteTopic(peers, topic);
        }
    }

    private static async Task<List<double[]>> ConsumeAsync(string script, List<Peer> peers, int size, int partitions, int rounds)
    {
        var topic = Invariant($"consumed-{size}-{partitions}");
        var records = ReadBytes / size;
        foreach (var peer in peers)
        {
            CreateTopic(peer, topic, partitions);
            await ExternalTool.RunAsync(script, PerfProduce(peer, topic, records, size));
        }

        var rates = await TakeTurnsAsync(rounds, peers.Count, async i => Number(ConsumedRate().Match(await ExternalTool.RunAsync(
            script, Invariant($"perf-consume --bootstrap-server {peers[i].Servers} --topic {topic} --messages {records} --hide-header")))));
        DeleteTopic(peers, topic);
        return rates;
    }

    private static async Task<List<double[]>> TakeTurnsAsync(int rounds, int count, Func<int, Task<double>> turn)
    {
        var rates = new List<double[]>();
        for (var round = 0; round < rounds; round++)
        {
            rates.Add(new double[count]);
            for (var i = round; i < round + count; i++)
            {
                await ExternalTool.RunAsync("sync", ""); // or a turn's writes wait for what the one before left to the system
                rates[^1][i % count] = await turn(i % count);
            }

            Console.Error.WriteLine(string.Join(' ', rates[^1].Select(r => Invariant($"{r:F1}"))));
        }

        return rates;
    }

    /// <summary>A broker's median rate, and the median and quartiles of its ratio to the first one's in the same round.</summary>
    private static string Cells(List<double[]> rounds, int broker)
    {
        var ratios = rounds.ConvertAll(r => r[broker] / r[0]);
        return Invariant(
            $"{rounds.Quantile(0.5, r => r[broker]):F1} | {ratios.Quantile(0.5, r => r):F2} | {ratios.Quantile(0.25, r => r):F2} - {ratios.Quantile(0.75, r => r):F2}");
    }

    private static string PerfProduce(Peer peer, string topic, long records, int size) => Invariant(
        $"perf-produce --topic {topic} --num-records {records} --record-size {size} --throughput -1 --producer-props bootstrap.servers={peer.Servers} acks=all");

    private static void CreateTopic(Peer peer, string topic, int partitions, params (string, string)[] configs)
    {
        using var admin = new WireConnection(peer.Port);
        admin.CreateTopic(topic, partitions, configs);
    }

    private static void DeleteTopic(List<Peer> peers, string topic)
    {
        foreach (var peer in peers)
        {
            using var admin = new WireConnection(peer.Port);
            admin.DeleteTopic(topic);
        }
    }

    private static double Number(Match found) => found.Success
        ? double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
        : throw new InvalidOperationException("the tool tells no rate");

    private static int[] Numbers(string list) => list.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>perf-consume prints start, end, MB, MB/s, records, records/s, and times; the fourth is the rate.</summary>
    [GeneratedRegex(@"^[^,]+, [^,]+, [\d.]+, ([\d.]+),", RegexOptions.Multiline)]
    private static partial Regex ConsumedRate();
}
