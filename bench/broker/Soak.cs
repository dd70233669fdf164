using System.Globalization;

namespace Streaming.Broker.Bench;

/// <summary>
/// A broker in a process of its own under everything that comes and goes, for as long as wanted. Prints what it holds
/// every so often, and fails at the end if that grew.
/// </summary>
internal static class Soak
{
    /// <summary>
    /// What may be added to the median of the second quarter by the median of the last: the load is the same in both, so
    /// anything that leaks per request, connection, group or producer is a multiple of this within minutes, while the
    /// garbage collector's and the pools' own ups and downs stay below.
    /// </summary>
    private const long HeapGrowth = 24L << 20;

    private const long ResidentGrowth = 96L << 20;
    private const int FileGrowth = 60;

    private sealed record Sample(double Seconds, long Resident, long Heap, int Files, long Disk, int Connections);

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var seconds = arguments.Number("--seconds", 600);
        var folder = Directory.CreateTempSubdirectory("broker-soak-").FullName;
        var (heap, connections) = (0L, 0);
        var peer = await Peer.StartOwnAsync(
            folder, "always", arguments.Number("--port", 21300), OnLine, "--quiet", "--statistics-ms", "2000", "--compaction-interval-ms", "1000", "--retention-interval-ms", "2000",
            "--journal-bytes", SoakLoad.JournalBytes.ToString(CultureInfo.InvariantCulture), "--offsets-retention-ms", "20000", "--producer-id-expiration-ms", "20000");
        var samples = new List<Sample>();
        try
        {
            var load = new SoakLoad(peer.Port, arguments.Number("--seed", 1));
            using var stop = new CancellationTokenSource();
            var running = load.RunAsync(stop.Token);
            var started = Environment.TickCount64;
            var printed = -30.0;
            while (!running.IsCompleted)
            {
                await Task.WhenAny(running, Task.Delay(2000));
                var elapsed = (Environment.TickCount64 - started) / 1000.0;
                var figures = peer.Figures();
                samples.Add(new Sample(elapsed, figures.ResidentBytes, Volatile.Read(ref heap), figures.OpenFiles, BytesOnDisk(folder), Volatile.Read(ref connections)));
                if (elapsed - printed >= 30)
                {
                    printed = elapsed;
                    Print(samples[^1], load);
                }

                if (elapsed >= seconds)
                {
                    break;
                }
            }

            await stop.CancelAsync();
            await running; // whatever went wrong in the load ends the run here
            Print(samples[^1], load);
            return Judge(samples, load);
        }
        finally
        {
            await peer.StopAsync();
            Directory.Delete(folder, recursive: true);
        }

        void OnLine(string line)
        {
            if (!line.StartsWith("statistics ", StringComparison.Ordinal))
            {
                Console.WriteLine(line); // the broker's own log
                return;
            }

            var values = line.Split(' ')[1..].Select(p => p.Split('=')).ToDictionary(p => p[0], p => long.Parse(p[1], CultureInfo.InvariantCulture));
            Volatile.Write(ref heap, values["heap"]);
            Volatile.Write(ref connections, (int)values["connections"]);
        }
    }

    private static void Print(Sample s, SoakLoad load) => Console.WriteLine(FormattableString.Invariant(
        $"{s.Seconds,6:F0} s  resident {s.Resident >> 20} MB, heap {s.Heap / 1048576.0:F1} MB, {s.Files} files, {s.Disk >> 20} MB on disk, {s.Connections} connections; {load}"));

    private static int Judge(List<Sample> samples, SoakLoad load)
    {
        var before = samples[(samples.Count / 4)..(samples.Count / 2)];
        var after = samples[(samples.Count * 3 / 4)..];
        if (before.Count == 0)
        {
            Console.WriteLine("too short to say anything");
            return 2;
        }

        (string What, long Before, long After, long Allowed)[] verdicts =
        [
            ("managed heap (bytes)", before.Median(s => s.Heap), after.Median(s => s.Heap), HeapGrowth),
            ("resident memory (bytes)", before.Median(s => s.Resident), after.Median(s => s.Resident), ResidentGrowth),
            ("open files", before.Median(s => s.Files), after.Median(s => s.Files), FileGrowth),
        ];
        var failed = false;
        foreach (var (what, early, late, allowed) in verdicts)
        {
            var bad = late - early > allowed;
            failed |= bad;
            Console.WriteLine(FormattableString.Invariant($"{what}: {early} in the second quarter, {late} in the last, {allowed} more allowed{(bad ? ": GROWN" : "")}"));
        }

        var most = samples.Max(s => s.Disk);
        failed |= most > SoakLoad.MostBytesOnDisk;
        Console.WriteLine(FormattableString.Invariant($"bytes on disk: {most} at most, {SoakLoad.MostBytesOnDisk} allowed{(most > SoakLoad.MostBytesOnDisk ? ": GROWN" : "")}"));
        foreach (var silent in load.Silent())
        {
            failed = true;
            Console.WriteLine($"{silent}: DID NOTHING");
        }

        return failed ? 1 : 0;
    }

    private static long BytesOnDisk(string folder)
    {
        var total = 0L;
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
        {
            try
            {
                // Index files are set up larger than what is in them; what counts is the log.
                total += file.Extension is ".index" or ".timeindex" ? 0 : file.Length;
            }
            catch (FileNotFoundException)
            {
                // deleted meanwhile
            }
        }

        return total;
    }
}
