using FsCheck;
using FsCheck.Fluent;
using Streaming.Streams.Tests.Semantics;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.State;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streaming.Streams.Tests.Properties;

/// <summary>Windowed aggregates over random input out of order, against models that keep everything in lists.</summary>
public sealed class WindowProperties
{
    private static readonly Gen<Event[]> s_events =
        (from key in Gen.Choose(0, 2)
         from time in Gen.Choose(0, 80)
         from value in Gen.Choose(0, 9)
         select new Event($"k{key}", time, $"{value}")).ArrayOf();

    [Fact]
    public void Hopping_windows_hold_what_a_list_of_windows_holds() => Prop.ForAll(
        (from events in s_events
         from size in Gen.Choose(1, 20)
         from advance in Gen.Choose(1, size)
         from grace in Gen.Choose(0, 30)
         select (events, size, advance, grace)).ToArbitrary(),
        test =>
        {
            var (events, size, advance, grace) = test;
            using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
                .WindowedBy(HoppingWindowOptions.Of(size, advance, grace))
                .Reduce((a, v) => a + v)
                .ToStream((k, _, _) => $"{k.Key}@{k.Window.StartMs}").To("out"));
            var windows = new Dictionary<string, string>();
            var times = new Dictionary<string, long>();
            long observed = -1;
            foreach (var e in events)
            {
                driver.In("in", e.Key, e.Value, e.Time);
                observed = Math.Max(observed, e.Time);
                var expected = new List<string>();
                for (var start = 0; start <= e.Time; start += advance)
                {
                    if (e.Time < start + size && start + size > observed - grace)
                    {
                        var window = $"{e.Key}@{start}";
                        windows[window] = windows.GetValueOrDefault(window) + e.Value;
                        times[window] = Math.Max(times.GetValueOrDefault(window), e.Time);
                        expected.Add($"{window}={windows[window]}@{times[window]}");
                    }
                }

                Assert.Equal(expected, driver.Out());
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sessions_are_what_lies_within_the_gap() => Prop.ForAll(
        (from events in s_events from gap in Gen.Choose(1, 10) select (events, gap)).ToArbitrary(),
        test =>
        {
            var (events, gap) = test;
            using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
                .WindowedBy(SessionWindowOptions.Of(TimeSpan.FromMilliseconds(gap), TimeSpan.FromMilliseconds(1000)))
                .Count(new SessionMaterialized<string, long> { StoreName = "sessions" }));
            foreach (var e in events)
            {
                driver.In("in", e.Key, e.Value, e.Time);
            }

            var expected = events.GroupBy(e => e.Key).SelectMany(group =>
            {
                var sessions = new List<(long Start, long End, long Count)>();
                foreach (var e in group.OrderBy(e => e.Time))
                {
                    if (sessions.Count > 0 && e.Time - sessions[^1].End <= gap)
                    {
                        sessions[^1] = (sessions[^1].Start, e.Time, sessions[^1].Count + 1);
                    }
                    else
                    {
                        sessions.Add((e.Time, e.Time, 1));
                    }
                }

                return sessions.Select(s => $"{group.Key}@{s.Start}/{s.End}={s.Count}");
            });
            var actual = driver.Test.GetSessionStore<string, long>("sessions").All().ToList()
                .Select(s => $"{s.Key.Key}@{s.Key.Window.StartMs}/{s.Key.Window.EndMs}={s.Value}");
            Assert.Equal(expected.Order(), actual.Order());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_suppressed_window_comes_once_with_its_last_value() => Prop.ForAll(
        s_events.ToArbitrary(),
        events =>
        {
            using var driver = new Driver(b => b.Stream<string, string>("in").GroupByKey()
                .WindowedBy(TumblingWindowOptions.Of(10, 5))
                .Reduce((a, v) => a + v)
                .Suppress(SuppressedBuilder.UntilWindowClose<Windowed<string>, string>(
                    TimeSpan.FromMilliseconds(5), StrictBufferConfig.Unbounded()))
                .ToStream((k, _, _) => $"{k.Key}@{k.Window.StartMs}").To("out"));
            var windows = new Dictionary<string, (long End, string Value)>();
            long observed = -1;
            foreach (var e in events)
            {
                driver.In("in", e.Key, e.Value, e.Time);
                observed = Math.Max(observed, e.Time);
                var start = e.Time - (e.Time % 10);
                if (start + 10 > observed - 5)
                {
                    var window = $"{e.Key}@{start}";
                    windows[window] = (start + 10, windows.GetValueOrDefault(window).Value + e.Value);
                }
            }

            // The suppression's clock is that of the results: a late record that was dropped does not move it.
            long results = -1;
            observed = -1;
            foreach (var e in events)
            {
                observed = Math.Max(observed, e.Time);
                if (e.Time - (e.Time % 10) + 10 > observed - 5)
                {
                    results = Math.Max(results, e.Time);
                }
            }

            Assert.Equal(
                windows.Where(w => w.Value.End <= results - 5).Select(w => $"{w.Key}={w.Value.Value}").Order(),
                driver.Out().Select(o => o[..o.LastIndexOf('@')]).Order());
        }).QuickCheckThrowOnFailure();

    internal sealed record Event(string Key, long Time, string Value);
}
