using System.Text;
using Confluent.Kafka;
using Streaming.Streams.Errors;
using Streamiz.Kafka.Net.Mock;
using Streamiz.Kafka.Net.SerDes;

namespace Streaming.Streams.Tests.Semantics;

/// <summary>Keys that are parked behind a dead letter, and the ways out.</summary>
public sealed class DeadLetterTests
{
    [Fact]
    public void A_parked_key_goes_on_when_its_dead_letters_were_redriven_in_their_order()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1", "a2", "b1");
        Assert.Equal(["b1"], app.Processed());
        var letters = app.Letters();
        Assert.Equal(["a1", "a2"], letters.Select(Value));

        app.Broken.Clear();
        app.Redrive(letters[0]);
        app.Send("a3");
        Assert.Equal(["a1"], app.Processed());
        var later = Assert.Single(app.Letters());
        app.Redrive(letters[1]);
        app.Redrive(later);
        app.Send("a4");
        Assert.Equal(["a2", "a3", "a4"], app.Processed());
        Assert.Empty(app.Letters());
    }

    [Fact]
    public void What_fails_again_keeps_its_place_and_those_behind_it_wait_on()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1", "a2");
        foreach (var letter in app.Letters())
        {
            app.Redrive(letter);
        }

        var again = app.Letters();
        Assert.Equal([("a1", "2", false), ("a2", "0", true)], again.Select(l => (Value(l), Header(l, DeadLetterHeaders.Attempts), IsParked(l))));
        Assert.Empty(app.Processed());
        app.Broken.Clear();
        foreach (var letter in again)
        {
            app.Redrive(letter);
        }

        Assert.Equal(["a1", "a2"], app.Processed());
        Assert.Empty(app.Letters());
    }

    [Fact]
    public void A_letter_that_is_sent_back_twice_is_processed_once_even_after_its_line_is_settled()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1", "a2");
        app.Broken.Clear();
        var letters = app.Letters();
        foreach (var letter in letters.Concat(letters))
        {
            app.Redrive(letter);
        }

        // A second line of the same key does not take the first one's letters for its own.
        app.Broken.Add("a3");
        app.Send("a3", "a4");
        app.Broken.Clear();
        app.Redrive(letters[0]);
        foreach (var letter in app.Letters().Concat(letters))
        {
            app.Redrive(letter);
        }

        Assert.Equal(["a1", "a2", "a3", "a4"], app.Processed());
        Assert.Empty(app.Letters());
    }

    [Fact]
    public void A_skipped_letter_is_settled_without_being_processed_whatever_its_place()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1", "a2", "a3");
        var letters = app.Letters();
        app.Redrive(letters[1], DeadLetterHeaders.Skipped);
        app.Redrive(letters[0], DeadLetterHeaders.Skipped);
        app.Redrive(letters[2]);
        app.Send("a4");
        Assert.Equal(["a3", "a4"], app.Processed());
        Assert.Empty(app.Letters());
    }

    [Fact]
    public void A_letter_may_be_taken_out_of_its_turn()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1", "a2");
        var letters = app.Letters();
        app.Redrive(letters[1], DeadLetterHeaders.OutOfTurn);
        Assert.Equal(["a2"], app.Processed());
        app.Broken.Clear();
        app.Redrive(letters[1]);
        app.Redrive(letters[0]);
        app.Send("a3");
        Assert.Equal(["a1", "a3"], app.Processed());
    }

    [Fact]
    public void Letters_that_are_lost_hold_nothing_up_once_that_is_said()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1", "a2", "a3");
        app.Broken.Add("a3");
        var letters = app.Letters();
        app.Redrive(letters[2], DeadLetterHeaders.EarlierLost);
        app.Broken.Clear();
        app.Redrive(Assert.Single(app.Letters()));
        app.Redrive(letters[0]);
        app.Send("a4");
        Assert.Equal(["a3", "a4"], app.Processed());
    }

    [Fact]
    public void What_is_redriven_for_another_application_is_left_alone()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Send("a1");
        var letter = Assert.Single(app.Letters());
        app.Broken.Clear();
        app.Redrive(letter, application: "other");
        Assert.Empty(app.Processed());
        Assert.Empty(app.Letters());
        app.Redrive(letter);
        Assert.Equal(["a1"], app.Processed());
    }

    [Fact]
    public void What_follows_from_a_redriven_record_does_not_look_redriven()
    {
        using var app = new Parking();
        app.Broken.Add("a1");
        app.Test.CreateInputTopic<string, string>("in").PipeInput("a", "a1", DateTime.UnixEpoch, new Headers { { "traceparent", [1] } });
        app.Broken.Clear();
        app.Redrive(Assert.Single(app.Letters()));
        var output = app.Test.CreateOutputTopic<string, string>("out").ReadKeyValue();
        Assert.Equal(["traceparent"], output.Message.Headers.Select(h => h.Key));
    }

    [Fact]
    public void Where_keys_are_not_parked_a_letter_is_redriven_by_itself()
    {
        using var app = new Parking(parks: false);
        app.Broken.Add("a1");
        app.Send("a1", "a2");
        var letter = Assert.Single(app.Letters());
        app.Broken.Clear();
        app.Redrive(letter);
        Assert.Equal(["a2", "a1"], app.Processed());
    }

    [Fact]
    public void Whatever_is_redriven_how_often_each_record_is_processed_once_and_in_order_or_skipped()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            RunAtRandom(new Random(seed));
        }
    }

    private static void RunAtRandom(Random random)
    {
        using var app = new Parking();
        var sent = new Dictionary<string, int>();
        var all = new List<ConsumeResult<string, string>>();
        var skipped = new HashSet<string>();
        var processed = new List<string>();
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    var key = random.Next(2) == 0 ? "a" : "b";
                    var value = $"{key}{sent[key] = sent.GetValueOrDefault(key) + 1}";
                    if (random.Next(4) == 0)
                    {
                        app.Broken.Add(value);
                    }

                    app.Send(value);
                    break;
                case 2 or 3 when all.Count > 0:
                    // Any letter there ever was, settled or not.
                    app.Redrive(all[random.Next(all.Count)]);
                    break;
                case 4 when all.Count > 0 && all[random.Next(all.Count)] is var given && !processed.Contains(Value(given)):
                    app.Redrive(given, DeadLetterHeaders.Skipped);
                    skipped.Add(Value(given));
                    break;
                case 5:
                    app.Broken.RemoveWhere(_ => random.Next(2) == 0);
                    break;
            }

            Drain();
        }

        app.Broken.Clear();
        var open = all.ToList();
        while (open.Count > 0)
        {
            open.ForEach(letter => app.Redrive(letter));
            open = Drain();
        }

        foreach (var key in sent.Keys)
        {
            app.Send($"{key}{sent[key] + 1}");
        }

        Assert.Empty(Drain());
        foreach (var (key, count) in sent)
        {
            var expected = Enumerable.Range(1, count + 1).Select(n => $"{key}{n}").Where(v => !skipped.Contains(v));
            Assert.Equal(expected, processed.Where(v => v.StartsWith(key, StringComparison.Ordinal)));
        }

        List<ConsumeResult<string, string>> Drain()
        {
            processed.AddRange(app.Processed());
            var letters = app.Letters();
            all.AddRange(letters);
            return letters;
        }
    }

    private static string Value(ConsumeResult<string, string> letter) => letter.Message.Value;

    private static string Header(ConsumeResult<string, string> letter, string name) =>
        Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name));

    private static bool IsParked(ConsumeResult<string, string> letter) =>
        Header(letter, DeadLetterHeaders.Exception) == DeadLetterHeaders.ParkedException;

    /// <summary>An application that passes on what is not broken; the first letter of a value is its key.</summary>
    private sealed class Parking : IDisposable
    {
        private readonly Driver _driver;
        private readonly TestOutputTopic<string, string> _out;
        private readonly TestOutputTopic<string, string> _letters;

        public Parking(bool parks = true)
        {
            _driver = new Driver(
                b => b.Stream<string, string>("in")
                    .MapValues((value, _) => Broken.Contains(value) ? throw new InvalidOperationException("broken") : value).To("out"),
                c => c.UseDeadLetters(new DeadLetterOptions { ParkedTopics = parks ? ["in"] : [] }));
            _out = Test.CreateOutputTopic<string, string>("out");
            _letters = Test.CreateOutputTopic("app.dlq", TimeSpan.FromSeconds(5), new StringSerDes(), new StringSerDes());
        }

        public HashSet<string> Broken { get; } = [];

        public TopologyTestDriver Test => _driver.Test;

        public void Send(params string[] values)
        {
            foreach (var value in values)
            {
                _driver.In("in", value[..1], value, 1);
            }
        }

        public void Redrive(ConsumeResult<string, string> letter, string? mark = null, string application = "app")
        {
            var headers = new Headers { { DeadLetterHeaders.Redriven, Encoding.UTF8.GetBytes(application) } };
            foreach (var header in letter.Message.Headers.Where(h => !h.Key.StartsWith("__streams.errors", StringComparison.Ordinal)))
            {
                headers.Add(header.Key, header.GetValueBytes());
            }

            if (mark is not null)
            {
                headers.Add(mark, [1]);
            }

            _driver.In("in", letter.Message.Key, letter.Message.Value, 1, headers);
        }

        public List<string> Processed() => [.. _out.ReadValueList()];

        public List<ConsumeResult<string, string>> Letters() => [.. _letters.ReadKeyValueList()];

        public void Dispose() => _driver.Dispose();
    }
}
