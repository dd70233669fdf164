using System.Buffers.Binary;
using Streaming.Streams;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Runtime;

/// <summary>Windows that emit on close, on a broker and through restarts.</summary>
[Collection(nameof(Cluster))]
public sealed class FinalResultTests(Cluster cluster)
{
    private static readonly StringSerDes s_text = new();

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Every_window_has_one_final_result_whatever_restarts_lie_between(bool persistent, bool losesDisk)
    {
        using var app = new Application(cluster);
        await app.CreateTopicsAsync(1);
        var expected = new List<string>();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000 * 1000; // brokers drop what is older than their retention
        for (var run = 0; run < 3; run++)
        {
            var stream = await Application.StartedAsync(app.Keep(new(Windows(app, persistent), app.Config())));
            var start = now + (1000 * run);
            app.Produce(app.Source, "a", start + 1);
            app.Produce(app.Source, "b", start + 2);
            app.Produce(app.Source, "a", start + 3);
            if (run > 0)
            {
                // What the run before left open is closed by now; what comes for it, or for what it closed itself, is late.
                expected.AddRange([$"a@{start - 990}=1", $"b@{start - 980}=1"]);
                app.Produce(app.Source, "a", start - 989);
                app.Produce(app.Source, "a", start - 999);
            }
            app.Produce(app.Source, "a", start + 11);
            app.Produce(app.Source, "b", start + 24);
            expected.AddRange([$"a@{start}=2", $"b@{start}=1"]);
            var records = app.Read(app.Target, expected.Count).Select(r => $"{r.Key}={BinaryPrimitives.ReadInt64BigEndian(r.Value)}");
            Assert.Equal(expected.Order(), records.Order());
            stream.Dispose();
            if (losesDisk) Directory.Delete(app.StateDirectory, recursive: true);
        }
    }

    private static Topology Windows(Application app, bool persistent)
    {
        var store = persistent ? RocksDbWindows.As<string, long>("counts") : InMemoryWindows.As<string, long>("counts");
        var builder = new StreamBuilder();
        builder.Stream(app.Source, s_text, s_text).GroupByKey().WindowedBy(TumblingWindowOptions.Of(10, 5))
            .EmitStrategy(EmitStrategy.OnWindowClose()).Count(store.With(s_text, new Int64SerDes()))
            .ToStream((w, _, _) => $"{w.Key}@{w.Window.StartMs}").To(app.Target, s_text, new Int64SerDes());
        return builder.Build();
    }
}
