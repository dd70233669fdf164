using FsCheck;
using FsCheck.Fluent;
using Streaming.Streams.Tests.Semantics;
using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.Stream;

namespace Streaming.Streams.Tests.Properties;

/// <summary>Stream-stream joins over random input out of order, against a model that keeps everything in lists.</summary>
public sealed class JoinProperties
{
    private static readonly Gen<Event[]> s_events =
        (from left in Gen.Choose(0, 1)
         from key in Gen.Choose(0, 2)
         from time in Gen.Choose(0, 60)
         select new Event(left == 0, $"k{key}", time)).ArrayOf();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_join_gives_what_a_model_gives(bool leftOptional, bool rightOptional) => Prop.ForAll(
        (from events in s_events
         from before in Gen.Choose(0, 10)
         from after in Gen.Choose(0, 10)
         from grace in Gen.Choose(0, 20)
         select (events, before, after, grace)).ToArbitrary(),
        test =>
        {
            var (events, before, after, grace) = test;
            var windows = JoinWindowOptions.Of(0, grace)
                .Before(TimeSpan.FromMilliseconds(before)).After(TimeSpan.FromMilliseconds(after));
            using var driver = new Driver(b =>
            {
                var left = b.Stream<string, string>("left");
                var right = b.Stream<string, string>("right");
                static string Join(string l, string r) => $"{l ?? "-"}+{r ?? "-"}";
                (rightOptional ? left.OuterJoin(right, Join, windows)
                    : leftOptional ? left.LeftJoin(right, Join, windows)
                    : left.Join(right, Join, windows)).To("out");
            });
            var model = new Model(before, after, grace, leftOptional, rightOptional);
            for (var i = 0; i < events.Length; i++)
            {
                var e = events[i];
                driver.In(e.IsLeft ? "left" : "right", e.Key, $"{i}", e.Time);
                Assert.Equal(model.Add(e, $"{i}").Order(), driver.Out().Order());
            }
        }).QuickCheckThrowOnFailure();

    internal sealed record Event(bool IsLeft, string Key, long Time);

    private sealed class Model(long before, long after, long grace, bool leftOptional, bool rightOptional)
    {
        private readonly List<(Event Event, string Value)>[] _stored = [[], []];
        private readonly List<(Event Event, string Value)> _waiting = [];
        private readonly long[] _observed = [-1, -1];
        private long _streamTime = -1;

        public List<string> Add(Event e, string value)
        {
            var results = new List<string>();
            int side = e.IsLeft ? 0 : 1, other = 1 - side;
            var retention = Math.Max(1, before + after + grace);
            _observed[side] = Math.Max(_observed[side], e.Time);
            if (e.Time > _observed[side] - retention)
            {
                _stored[side].Add((e, value));
            }

            _streamTime = Math.Max(_streamTime, e.Time);
            foreach (var (waiting, lone) in _waiting.ToList())
            {
                if (waiting.Time + (waiting.IsLeft ? after : before) + grace < _streamTime)
                {
                    _waiting.Remove((waiting, lone));
                    results.Add(Alone(waiting, lone));
                }
            }

            var (from, to) = e.IsLeft ? (e.Time - before, e.Time + after) : (e.Time - after, e.Time + before);
            var matches = _stored[other].Where(s => s.Event.Key == e.Key && s.Event.Time >= from && s.Event.Time <= to
                && s.Event.Time > _observed[other] - retention).ToList();
            foreach (var (match, matched) in matches)
            {
                _waiting.RemoveAll(w => w.Event.IsLeft == match.IsLeft && w.Event.Key == match.Key && w.Event.Time == match.Time);
                results.Add(e.IsLeft
                    ? $"{e.Key}={value}+{matched}@{Math.Max(e.Time, match.Time)}"
                    : $"{e.Key}={matched}+{value}@{Math.Max(e.Time, match.Time)}");
            }

            if (matches.Count == 0 && (e.IsLeft ? leftOptional : rightOptional))
            {
                if (e.Time + (e.IsLeft ? after : before) + grace < _streamTime)
                {
                    results.Add(Alone(e, value));
                }
                else
                {
                    _waiting.Add((e, value));
                }
            }

            return results;
        }

        private static string Alone(Event e, string value) =>
            e.IsLeft ? $"{e.Key}={value}+-@{e.Time}" : $"{e.Key}=-+{value}@{e.Time}";
    }
}
