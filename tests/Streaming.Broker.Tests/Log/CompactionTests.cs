using Streaming.Broker.Log;
using Streaming.Broker.Log.Compaction;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Log;

public sealed class CompactionTests
{
    private static readonly LogConfig Compacted = new() { Compact = true, Delete = false, SegmentBytes = 2000, IndexIntervalBytes = 200, DeleteRetentionMs = 1000 };

    [Fact]
    public void The_last_value_of_every_key_stays_with_its_offset()
    {
        using var harness = new LogHarness(Compacted);
        var expected = new Dictionary<string, (long Offset, string Value)>();
        for (var i = 0; i < 300; i++)
        {
            var key = $"key-{i * 7 % 20}";
            var offset = harness.Log.Append(Batches.Plain((key, $"v{i}"))).BaseOffset;
            expected[key] = (offset, $"v{i}");
        }

        var before = harness.Log.SizeInBytes;
        var cleanedTo = Clean(harness);

        Assert.True(cleanedTo > 200);
        Assert.True(harness.Log.SizeInBytes < before / 2);
        AssertLatest(harness, expected);
        harness.Reopen(clean: true);
        AssertLatest(harness, expected);
        harness.Reopen(clean: false);
        AssertLatest(harness, expected);
        Assert.Equal(300, harness.Log.LogEndOffset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Compressed_batches_lose_only_what_is_outdated(short codec)
    {
        using var harness = new LogHarness(Compacted);
        for (var i = 0; i < 60; i++)
        {
            var plain = Batches.Plain(($"a{i % 3}", $"v{i}"), ($"only-{i}", new string('x', 30)));
            var packed = Compression.TryCompress((CompressionCodec)codec, plain.AsSpan(BatchHeader.Size));
            Assert.True(packed is not null, "the codec's library is missing here");
            Assert.Equal(ErrorCode.None, harness.Log.Append(Batches.Wrap(packed, 2, Batches.Now, attributes: codec)).Error);
        }

        var cleanedTo = Clean(harness);

        var records = harness.ReadAll();
        Assert.Equal(60, records.Count(r => r.Key!.StartsWith("only-", StringComparison.Ordinal)));
        Assert.Equal(3, records.Where(r => r.Offset < cleanedTo).Count(r => r.Key is "a0" or "a1" or "a2") + ShadowedByActive(records, cleanedTo));
    }

    [Fact]
    public void A_tombstone_stays_for_its_time_and_then_goes()
    {
        using var harness = new LogHarness(Compacted);
        harness.Log.Append(Batches.Plain(("gone", "value")));
        harness.Log.Append(Batches.Plain(("gone", null)));
        Pad(harness, "first");
        var cleanedTo = Clean(harness);
        Assert.Equal([("gone", null)], harness.ReadAll().Where(r => r.Key == "gone").Select(r => (r.Key, r.Value)));

        Pad(harness, "second");
        Clean(harness, cleanedTo, Batches.Now + 5000);

        Assert.DoesNotContain(harness.ReadAll(), r => r.Key == "gone");
    }

    [Fact]
    public void Aborted_records_go_and_do_not_shadow_committed_ones()
    {
        using var harness = new LogHarness(Compacted);
        harness.Log.Append(Batches.Build(Batches.Now, 1, 0, 0, true, [("k", "committed")]));
        harness.Log.AppendMarker(1, 0, commit: true, 0);
        harness.Log.Append(Batches.Build(Batches.Now, 2, 0, 0, true, [("k", "aborted")]));
        harness.Log.AppendMarker(2, 0, commit: false, 0);
        Pad(harness, "pad");

        var cleanedTo = Clean(harness);
        Assert.Equal(["committed"], harness.ReadAll(committedOnly: true).Where(r => r.Key == "k").Select(r => r.Value));
        Assert.Equal(["committed"], harness.ReadAll().Where(r => r.Key == "k").Select(r => r.Value));

        Pad(harness, "more");
        Clean(harness, cleanedTo, Batches.Now + 5000);
        Pad(harness, "again");
        Clean(harness, 0, Batches.Now + 10_000);
        harness.Reopen(clean: false);
        Assert.Equal(["committed"], harness.ReadAll(committedOnly: true).Where(r => r.Key == "k").Select(r => r.Value));
    }

    [Fact]
    public void The_marker_of_a_transaction_stays_as_long_as_a_batch_of_it()
    {
        using var harness = new LogHarness(Compacted with { DeleteRetentionMs = 0 });
        harness.Log.Append(Batches.Build(Batches.Now, 1, 0, 0, true, [("kept", "committed")]));
        for (var i = 0; i < 60; i++)
        {
            harness.Log.Append(Batches.Plain(($"between-{i}", new string('x', 100)))); // the marker comes segments later
        }

        harness.Log.AppendMarker(1, 0, commit: true, 0);
        harness.Log.Append(Batches.Build(Batches.Now, 2, 0, 0, true, [("kept", "aborted")]));
        harness.Log.AppendMarker(2, 0, commit: false, 0);
        for (var round = 0; round < 4; round++)
        {
            Pad(harness, $"pad-{round}");
            Clean(harness, 0, Batches.Now + (round * 10_000));
        }

        foreach (var snapshot in harness.Files(".snapshot"))
        {
            File.Delete(snapshot);
        }

        harness.Reopen(clean: false);

        Assert.Equal(harness.Log.LogEndOffset, harness.Log.LastStableOffset);
        Assert.Equal(["committed"], harness.ReadAll(committedOnly: true).Where(r => r.Key == "kept").Select(r => r.Value));
    }

    [Fact]
    public void Records_of_an_open_transaction_are_not_touched()
    {
        using var harness = new LogHarness(Compacted);
        harness.Log.Append(Batches.Build(Batches.Now, 1, 0, 0, true, [("k", "open")]));
        Pad(harness, "pad");

        Assert.Equal(0, Clean(harness));
    }

    [Fact]
    public void The_sequence_of_a_producer_survives_compaction_and_a_crash()
    {
        using var harness = new LogHarness(Compacted);
        harness.Log.Append(Batches.Build(Batches.Now, 9, 0, 0, false, [("k", "first")]));
        harness.Log.Append(Batches.Build(Batches.Now, 9, 0, 1, false, [("k", "second")]));
        harness.Log.Append(Batches.Plain(("k", "third")));
        Pad(harness, "pad");
        Clean(harness);
        foreach (var snapshot in harness.Files(".snapshot"))
        {
            File.Delete(snapshot); // so that the state can only come from the batches
        }

        harness.Reopen(clean: false);

        Assert.Equal(1, harness.Log.Append(Batches.Build(Batches.Now, 9, 0, 1, false, [("k", "second")])).BaseOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, harness.Log.Append(Batches.Build(Batches.Now, 9, 0, 5, false, [("k", "gap")])).Error);
    }

    [Fact]
    public void A_crash_in_the_middle_of_the_exchange_is_finished_at_the_next_start()
    {
        using var harness = new LogHarness(Compacted);
        var expected = new Dictionary<string, (long Offset, string Value)>();
        for (var i = 0; i < 200; i++)
        {
            expected[$"key-{i % 10}"] = (harness.Log.Append(Batches.Plain(($"key-{i % 10}", $"v{i}"))).BaseOffset, $"v{i}");
        }

        var first = harness.Files(".log")[0];
        var others = harness.Files(".log")[1..^1].ToDictionary(p => p, File.ReadAllBytes);
        Clean(harness);
        // As if the broker had died after the new file was complete and before the old ones were gone.
        File.Move(first, first + LogCleaner.SwapSuffix);
        foreach (var (path, bytes) in others.Where(o => !File.Exists(o.Key)))
        {
            File.WriteAllBytes(path, bytes);
        }

        harness.Reopen(clean: false);

        AssertLatest(harness, expected);
    }

    private static int ShadowedByActive(List<(long Offset, string? Key, string? Value)> records, long cleanedTo) =>
        3 - records.Where(r => r.Offset < cleanedTo && r.Key is "a0" or "a1" or "a2" && r.Offset < cleanedTo).Select(r => r.Key).Distinct().Count();

    private static void AssertLatest(LogHarness harness, Dictionary<string, (long Offset, string Value)> expected)
    {
        var records = harness.ReadAll();
        Assert.Equal(records.Select(r => r.Offset).Order(), records.Select(r => r.Offset));
        foreach (var (key, (offset, value)) in expected)
        {
            var last = records.Last(r => r.Key == key);
            Assert.Equal((offset, value), (last.Offset, last.Value));
        }
    }

    private static long Clean(LogHarness harness, long from = 0, long? now = null) =>
        new LogCleaner(harness.Environment, harness.Log).Clean(from, now ?? Batches.Now);

    /// <summary>Fills segments, so that what came before is below the active one.</summary>
    private static void Pad(LogHarness harness, string prefix)
    {
        for (var i = 0; i < 60; i++)
        {
            harness.Log.Append(Batches.Plain(($"{prefix}-{i}", "padding")));
        }
    }
}
