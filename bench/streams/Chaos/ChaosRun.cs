using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Streaming.Streams.Bench.Chaos;

/// <summary>What a run of chaos was like, and what it found.</summary>
public sealed record ChaosReport(long Records, long Outputs, int Kills, int Stops, int Starts, double SettleSeconds, IReadOnlyList<string> Errors);

/// <summary>
/// Instances are killed, stopped and started at random while lines flow in; then the output and every store must equal
/// what one thread would have computed: each product's counts go out as 1, 2, 3 …, none missing, none twice.
/// </summary>
public sealed class ChaosRun : IDisposable
{
    private const int Products = 200;

    private readonly Options _options;
    private readonly string _app;
    private readonly string _directory;
    private readonly Random _random;
    private readonly ChaosProcess?[] _instances;
    private readonly Dictionary<string, long> _totals = [];
    private readonly Dictionary<string, long> _hourly = [];
    private long _records;
    private int _kills, _stops, _starts;

    public ChaosRun(Options options)
    {
        _options = options;
        _app = options.Get("app", "chaos-" + Guid.NewGuid().ToString("N")[..8]);
        _directory = Path.Combine(Path.GetTempPath(), "streams-chaos", _app);
        var seed = options.Get("seed", Environment.TickCount);
        Console.WriteLine($"chaos {_app}, seed {seed}");
        _random = new(seed);
        _instances = new ChaosProcess?[options.Get("instances", 3)];
    }

    public static async Task<int> MainAsync(Options options)
    {
        var report = await RunAsync(options);
        foreach (var error in report.Errors.Take(20)) Console.Error.WriteLine(error);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"chaos\":\"{options.Get("store", "memory")}\",\"records\":{report.Records},\"outputs\":{report.Outputs},\"kills\":{report.Kills},\"stops\":{report.Stops},\"starts\":{report.Starts},\"settleSeconds\":{report.SettleSeconds:F1},\"errors\":{report.Errors.Count}}}"));
        return report.Errors.Count == 0 ? 0 : 1;
    }

    public static async Task<ChaosReport> RunAsync(Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (bootstrap, broker) = await Brokers.OfAsync(options);
        await using var owned = broker;
        using var run = new ChaosRun(options.With("bootstrap", bootstrap));
        return await run.RunAsync();
    }

    private async Task<ChaosReport> RunAsync()
    {
        Directory.CreateDirectory(_directory);
        using (var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _options.Bootstrap }).Build())
        {
            var partitions = _options.Get("partitions", 4);
            await admin.CreateTopicsAsync(new[] { ChaosTopology.Source(_app), ChaosTopology.Target(_app), ChaosTopology.Products(_app), ChaosTopology.Joined(_app) }
                .Select(t => new TopicSpecification { Name = t, NumPartitions = partitions, ReplicationFactor = 1 }));
        }
        DescribeProducts();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(_options.Get("seconds", 20)));
        var producing = Task.Run(() => Produce(enough.Token));
        while (!enough.IsCancellationRequested)
        {
            await Strike();
            await Task.Delay(_random.Next(200, 3000), CancellationToken.None);
        }
        await producing;
        for (var i = 0; i < _instances.Length; i++)
            if (_instances[i] is not { IsAlive: true }) Start(i);
        var settling = Stopwatch.StartNew();
        var errors = new List<string>();
        if (!await SettleAsync()) errors.Add("the lag did not become 0 within three minutes");
        var seconds = settling.Elapsed.TotalSeconds;
        var outputs = CheckOutput(errors);
        if (_options.Get("dsl", false)) CheckJoined(errors);
        errors.AddRange(await CheckStoresAsync());
        foreach (var instance in _instances) instance?.Stop();
        return new(_records, outputs, _kills, _stops, _starts, seconds, errors);
    }

    /// <summary>The table of the join, older than every line.</summary>
    private void DescribeProducts()
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _options.Bootstrap, EnableIdempotence = true, Partitioner = Partitioner.Murmur2 }).Build();
        var before = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeMilliseconds(); // but not so old that retention would delete it
        for (var i = 0; i < Products; i++)
            producer.Produce(ChaosTopology.Products(_app), new() { Key = $"p-{i:D6}", Value = $"product-{i}", Timestamp = new(before, TimestampType.CreateTime) });
        producer.Flush(TimeSpan.FromSeconds(60));
    }

    /// <summary>Every line is joined, once.</summary>
    private void CheckJoined(List<string> errors)
    {
        var seen = new HashSet<string>();
        ReadAll(ChaosTopology.Joined(_app), errors, record =>
        {
            var parts = Encoding.UTF8.GetString(record.Message.Value).Split(' ');
            if (!seen.Add(parts[0])) errors.Add($"{parts[0]} was joined twice");
            if (parts.Length != 2 || parts[1] != $"product-{int.Parse(record.Message.Key.AsSpan(2), CultureInfo.InvariantCulture)}") errors.Add($"{parts[0]} was joined with {parts[^1]}");
        });
        if (seen.Count != _records) errors.Add($"{_records} lines, {seen.Count} joined");
    }

    /// <summary>Lines at a steady rate; the event time runs through some hours.</summary>
    private void Produce(CancellationToken enough)
    {
        var random = new Random(_options.Get("seed", 1));
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = _options.Bootstrap, EnableIdempotence = true, LingerMs = 5 }).Build();
        var rate = _options.Get("rate", 2000);
        var hour = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / ChaosTopology.HourMs * ChaosTopology.HourMs;
        var clock = Stopwatch.StartNew();
        while (!enough.IsCancellationRequested)
        {
            while (_records < clock.Elapsed.TotalSeconds * rate)
            {
                var product = string.Create(CultureInfo.InvariantCulture, $"p-{random.Next(Products):D6}");
                var at = hour - (random.Next(5) * ChaosTopology.HourMs) + random.Next(1000);
                producer.Produce(ChaosTopology.Source(_app), new() { Key = $"line-{_records}", Value = product, Timestamp = new(at, TimestampType.CreateTime) },
                    r => { if (r.Error.IsError) throw new InvalidOperationException($"the test's own line was not written: {r.Error.Reason}"); });
                _totals[product] = _totals.GetValueOrDefault(product) + 1;
                var window = $"{product}@{at / ChaosTopology.HourMs * ChaosTopology.HourMs}";
                _hourly[window] = _hourly.GetValueOrDefault(window) + 1;
                _records++;
            }
            Thread.Sleep(10);
        }
        producer.Flush(TimeSpan.FromSeconds(60));
    }

    private async Task Strike()
    {
        var i = _random.Next(_instances.Length);
        if (_instances[i] is not { IsAlive: true } instance)
        {
            Start(i);
            return;
        }
        if (_random.Next(3) > 0)
        {
            _kills++;
            instance.Kill();
            if (_random.Next(2) == 0) Start(i); // at once: the same member comes back before it is missed
            return;
        }
        _stops++;
        await Task.Run(instance.Stop);
    }

    private void Start(int i)
    {
        _starts++;
        _instances[i] = new(
        [
            "chaos-instance", $"bootstrap={_options.Bootstrap}", $"app={_app}", $"state={Path.Combine(_directory, $"state-{i}")}",
            $"store={_options.Get("store", "memory")}", $"threads={_options.Get("threads", 2)}", $"dsl={_options.Get("dsl", false)}", $"standbys={_options.Get("standbys", 0)}",
        ], Path.Combine(_directory, $"instance-{i}.log"));
    }

    private async Task<bool> SettleAsync()
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _options.Bootstrap }).Build();
        var until = Stopwatch.StartNew();
        while (until.Elapsed < TimeSpan.FromMinutes(3))
        {
            if (await LagAsync(admin, ChaosTopology.Source(_app)) == 0 && await LagAsync(admin, ChaosTopology.Repartition(_app)) == 0) return true;
            await Task.Delay(200);
        }
        return false;
    }

    private async Task<long> LagAsync(IAdminClient admin, string topic)
    {
        var found = admin.GetMetadata(topic, TimeSpan.FromSeconds(20)).Topics[0].Partitions;
        if (found.Count == 0) return long.MaxValue;
        var partitions = found.Select(p => new TopicPartition(topic, p.PartitionId)).ToList();
        var committed = (await admin.ListConsumerGroupOffsetsAsync([new(_app, partitions)]))[0].Partitions.ToDictionary(p => p.TopicPartition, p => p.Offset.Value);
        var ends = await admin.ListOffsetsAsync(partitions.Select(p => new TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = OffsetSpec.Latest() }));
        return ends.ResultInfos.Sum(e => e.TopicPartitionOffsetError.Offset.Value - Math.Max(0, committed[e.TopicPartitionOffsetError.TopicPartition]));
    }

    private long CheckOutput(List<string> errors)
    {
        var seen = new Dictionary<string, long>();
        var outputs = 0L;
        ReadAll(ChaosTopology.Target(_app), errors, record =>
        {
            outputs++;
            var (key, count) = (record.Message.Key, BinaryPrimitives.ReadInt64BigEndian(record.Message.Value));
            var expected = seen.GetValueOrDefault(key) + 1;
            if (count != expected) errors.Add($"output {key}: {count} at {record.TopicPartitionOffset}, expected {expected}");
            seen[key] = count;
        });
        Compare("output", _totals, seen, errors);
        if (outputs != _records) errors.Add($"{_records} lines, {outputs} outputs");
        return outputs;
    }

    private void ReadAll(string topic, List<string> errors, Action<ConsumeResult<string, byte[]>> take)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig
        {
            BootstrapServers = _options.Bootstrap, GroupId = _app + "-check", AutoOffsetReset = AutoOffsetReset.Earliest, EnableAutoCommit = false,
            IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true, FetchWaitMaxMs = 20, FetchQueueBackoffMs = 5,
        }).Build();
        var partitions = _options.Get("partitions", 4);
        consumer.Assign(Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)));
        var ended = new HashSet<int>();
        var waiting = Stopwatch.StartNew();
        while (ended.Count < partitions && waiting.Elapsed < TimeSpan.FromMinutes(2))
        {
            if (consumer.Consume(100) is not { } record) continue;
            if (record.IsPartitionEOF) ended.Add(record.Partition.Value);
            else take(record);
        }
        if (ended.Count < partitions) errors.Add($"{topic} could not be read to its end");
    }

    /// <summary>Tasks may still be on their way to the instance that was started last: asked again for a while.</summary>
    private async Task<List<string>> CheckStoresAsync()
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var errors = new List<string>();
            var totals = new Dictionary<string, long>();
            var hourly = new Dictionary<string, long>();
            foreach (var instance in _instances)
            {
                foreach (var line in await instance!.DumpAsync(TimeSpan.FromSeconds(60)))
                {
                    var parts = line.Split(' ');
                    var store = parts[1] == ChaosTopology.Totals ? totals : hourly;
                    if (!store.TryAdd(parts[2], long.Parse(parts[3], CultureInfo.InvariantCulture))) errors.Add($"store {parts[1]}: {parts[2]} has two owners");
                }
            }
            Compare("store totals", _totals, totals, errors);
            Compare("store hourly", _hourly, hourly, errors);
            if (errors.Count == 0 || waiting.Elapsed > TimeSpan.FromSeconds(60)) return errors;
            await Task.Delay(500);
        }
    }

    private static void Compare(string what, Dictionary<string, long> expected, Dictionary<string, long> actual, List<string> errors)
    {
        foreach (var (key, count) in expected)
            if (actual.GetValueOrDefault(key) != count) errors.Add($"{what} {key}: {actual.GetValueOrDefault(key)}, expected {count}");
        errors.AddRange(actual.Keys.Where(k => !expected.ContainsKey(k)).Select(k => $"{what} {k}: not expected"));
    }

    public void Dispose()
    {
        foreach (var instance in _instances) instance?.Kill();
        if (!_options.Get("keep", false) && Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
    }
}
