using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>The smoke-test topology of Kafka Streams (echo, min, max, sum, cnt, dif, avg, tagg, suppressed) against a model.</summary>
public sealed class SmokeTests
{
    private const long Size = 1000;
    private const long Grace = 500;

    private static readonly StringSerDes s_text = new();
    private static readonly Int64SerDes s_number = new();

    private static void Build(StreamBuilder builder)
    {
        var source = builder.Stream("data", s_text, s_number);
        source.To("echo", s_text, s_number);
        var windows = source.GroupByKey<StringSerDes, Int64SerDes>().WindowedBy(TumblingWindowOptions.Of(Size, Grace));
        Materialized<string, long, IWindowStore<Streamiz.Kafka.Net.Crosscutting.Bytes, byte[]>> In(string store) => InMemoryWindows.As<string, long>(store).With(s_text, s_number);
        var min = windows.Aggregate(() => long.MaxValue, (_, v, a) => Math.Min(v, a), In("win-min"));
        Send(min, "min");
        Send(min.Suppress(SuppressedBuilder.UntilWindowClose<Windowed<string>, long>(TimeSpan.FromMilliseconds(Grace), StrictBufferConfig.Unbounded())), "suppressed");
        Send(windows.Aggregate(() => long.MinValue, (_, v, a) => Math.Max(v, a), In("win-max")), "max");
        Send(windows.Aggregate(() => 0L, (_, v, a) => a + v, In("win-sum")), "sum");
        Send(windows.Count(In("win-cnt")), "cnt");
        IKTable<string, long> Table(string topic) => builder.Table(topic, s_text, s_number, InMemory.As<string, long>(topic + "-table"));
        var (mins, maxes, sums, counts) = (Table("min"), Table("max"), Table("sum"), Table("cnt"));
        maxes.Join(mins, (max, min) => max - min).ToStream().To("dif", s_text, s_number);
        sums.Join(counts, (sum, count) => sum / count).ToStream().To("avg", s_text, s_number);
        counts.GroupBy<string, long, StringSerDes, Int64SerDes>((_, count, _) => KeyValuePair.Create($"{count}", 1L))
            .Aggregate(() => 0L, (_, v, a) => a + v, (_, v, a) => a - v, InMemory.As<string, long>("tagg-store").With(s_text, s_number))
            .ToStream().To("tagg", s_text, s_number);
    }

    private static void Send(IKTable<Windowed<string>, long> table, string topic) =>
        table.ToStream().Map((key, value, _) => KeyValuePair.Create($"{key.Key}@{key.Window.StartMs}", value)).To(topic, s_text, s_number);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_result_is_the_models(int seed)
    {
        using var driver = new Driver(Build);
        var random = new Random(seed);
        var input = driver.Test.CreateInputTopic("data", s_text, s_number);
        var windows = new Dictionary<string, List<long>>();
        var time = 0L;
        var latest = 0L;
        for (var i = 0; i < 2000; i++)
        {
            time += random.Next(8);
            var at = Math.Max(0, time - random.Next(100)); // out of order, within the grace period
            latest = Math.Max(latest, at);
            var (key, value) = ($"k{random.Next(10)}", (long)random.Next(-1000, 1000));
            input.PipeInput(key, value, DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime);
            var window = $"{key}@{at / Size * Size}";
            if (!windows.TryGetValue(window, out var values)) windows[window] = values = [];
            values.Add(value);
        }
        Dictionary<string, long> Last(string topic) => driver.Test.CreateOutputTopic(topic, TimeSpan.FromSeconds(1), s_text, s_number)
            .ReadKeyValueList().GroupBy(r => r.Message.Key).ToDictionary(g => g.Key, g => g.Last().Message.Value);
        Dictionary<string, long> Model(Func<List<long>, long> result) => windows.ToDictionary(w => w.Key, w => result(w.Value));
        Assert.Equal(Model(v => v.Min()), Last("min"));
        Assert.Equal(Model(v => v.Max()), Last("max"));
        Assert.Equal(Model(v => v.Sum()), Last("sum"));
        Assert.Equal(Model(v => v.Count), Last("cnt"));
        Assert.Equal(Model(v => v.Max() - v.Min()), Last("dif"));
        Assert.Equal(Model(v => v.Sum() / v.Count), Last("avg"));
        Assert.Equal(windows.Values.GroupBy(v => $"{v.Count}").ToDictionary(g => g.Key, g => (long)g.Count()), Last("tagg").Where(t => t.Value != 0).ToDictionary());
        Assert.Equal(2000, driver.Test.CreateOutputTopic("echo", TimeSpan.FromSeconds(1), s_text, s_number).ReadValueList().Count());
        // Each window that has closed came once, with its last value; the others are still held back.
        var suppressed = driver.Test.CreateOutputTopic("suppressed", TimeSpan.FromSeconds(1), s_text, s_number).ReadKeyValueList().ToList();
        var closed = windows.Where(w => long.Parse(w.Key[(w.Key.IndexOf('@', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture) + Size + Grace <= latest)
            .ToDictionary(w => w.Key, w => w.Value.Min());
        Assert.NotEmpty(closed);
        Assert.Equal(closed, suppressed.ToDictionary(r => r.Message.Key, r => r.Message.Value));
    }
}
