using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Streaming.Broker.Bench;

/// <summary>
/// Apache Kafka and this broker in turn, with the same tool, in the same minutes: on a shared machine only the ratio
/// means something. Also the start-up time and the memory of an idle broker.
/// </summary>
internal static partial class Compare
{
    private sealed record Peer(string Name, string Servers, int Pid);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var kafka = Path.Combine(arguments.Text("--kafka", "."), "kafka");
        if (!File.Exists(kafka))
        {
            return Arguments.Usage();
        }

        var folder = Directory.CreateTempSubdirectory("broker-bench-").FullName;
        var port = arguments.Number("--port", 21200);
        Environment.SetEnvironmentVariable("KAFKA_DIR", Path.Combine(folder, "kafka"));
        Environment.SetEnvironmentVariable("KAFKA_PORT", (port + 10).ToString(CultureInfo.InvariantCulture));
        var own = new List<Process>();
        try
        {
            var always = await StartAsync(own, folder, "always", port);
            var os = await StartAsync(own, folder, "os", port + 1);
            await Task.Delay(2000);
            Console.WriteLine($"idle memory: {IdleMegabytes(always.Pid):F0} MB");
            var peer = new Peer("Apache Kafka", (await RunAsync(kafka, "start")).Trim(), 0);
            var sizes = Numbers(arguments.Text("--sizes", "100,1024,10240"));
            var partitions = Numbers(arguments.Text("--partitions", "1,6"));
            Console.WriteLine("| record | partitions | broker | produce MB/s | of Kafka | consume MB/s | of Kafka |");
            Console.WriteLine("|---|---|---|---|---|---|---|");
            foreach (var size in sizes)
            {
                foreach (var count in partitions)
                {
                    var records = Math.Max(1000, arguments.Number("--records", 300_000) / Math.Max(1, size / 1024));
                    await CompareAsync(kafka, [peer, always, os], size, count, records);
                }
            }

            return 0;
        }
        finally
        {
            await RunAsync(kafka, "stop", mayFail: true);
            foreach (var process in own)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CompareAsync(string kafka, Peer[] peers, int size, int partitions, int records)
    {
        var topic = string.Create(CultureInfo.InvariantCulture, $"bench-{size}-{partitions}");
        double produceBase = 0, consumeBase = 0;
        foreach (var peer in peers)
        {
            await RunAsync(kafka, $"topics --bootstrap-server {peer.Servers} --create --topic {topic} --partitions {partitions}");
            var warmUp = $"perf-produce --topic {topic} --num-records {records / 5} --record-size {size} --throughput -1 --producer-props bootstrap.servers={peer.Servers} acks=all";
            await RunAsync(kafka, warmUp);
            var produced = Rate(ProduceRate(), await RunAsync(kafka, warmUp.Replace($"{records / 5} ", $"{records} ", StringComparison.Ordinal)));
            var consumed = Rate(ConsumeRate(), await RunAsync(kafka, $"perf-consume --bootstrap-server {peer.Servers} --topic {topic} --messages {records} --hide-header"));
            (produceBase, consumeBase) = peer == peers[0] ? (produced, consumed) : (produceBase, consumeBase);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {size} | {partitions} | {peer.Name} | {produced:F1} | {produced / produceBase:F2} | {consumed:F1} | {consumed / consumeBase:F2} |"));
        }
    }

    private static async Task<Peer> StartAsync(List<Process> own, string folder, string fsync, int port)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        foreach (var argument in (string[])["serve", "--data", Path.Combine(folder, fsync), "--port", port.ToString(CultureInfo.InvariantCulture), "--fsync", fsync])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        own.Add(process);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                Console.WriteLine($"start-up ({fsync}): {watch.ElapsedMilliseconds} ms");
                _ = process.StandardOutput.ReadToEndAsync();
                return new Peer($"this, fsync {fsync}", line["ready ".Length..], process.Id);
            }
        }

        throw new InvalidOperationException("the broker did not start");
    }

    private static double IdleMegabytes(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.WorkingSet64 / 1048576.0;
    }

    private static async Task<string> RunAsync(string program, string arguments, bool mayFail = false)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 || mayFail ? output : throw new InvalidOperationException($"{arguments}: {output}{await errors}");
    }

    private static double Rate(Regex pattern, string output) =>
        double.Parse(pattern.Matches(output)[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    private static int[] Numbers(string list) => list.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray();

    [GeneratedRegex(@"\(([\d.]+) MB/sec\)")]
    private static partial Regex ProduceRate();

    /// <summary>perf-consume prints start, end, MB, MB/s, records, records/s, and times; the fourth is the rate.</summary>
    [GeneratedRegex(@"^[^,]+, [^,]+, [\d.]+, ([\d.]+),", RegexOptions.Multiline)]
    private static partial Regex ConsumeRate();
}
