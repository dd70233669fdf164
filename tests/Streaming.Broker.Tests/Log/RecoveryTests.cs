using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Log;

public sealed class RecoveryTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reopened_log_reads_as_before(bool clean)
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 4000, IndexIntervalBytes = 200 });
        Fill(harness, 200);
        var before = harness.ReadAll();

        harness.Reopen(clean);

        Assert.Equal(200, before.Count);
        Assert.Equal(before, harness.ReadAll());
        Assert.Equal(200, harness.Log.LogEndOffset);
        Assert.Equal(before.Skip(57), harness.ReadAll(57));
    }

    [Fact]
    public void A_torn_tail_is_cut_at_every_possible_byte()
    {
        using var harness = new LogHarness();
        Fill(harness, 3);
        var path = harness.Files(".log").Single();
        var whole = File.ReadAllBytes(path);
        var size = new BatchHeader(whole).TotalSize;
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole.AsSpan(0, length));
            harness.Reopen(clean: false);
            Assert.Equal(length / size, harness.Log.LogEndOffset);
            Assert.Equal(length / size, harness.ReadAll().Count);
            Assert.Equal(length / size * size, new FileInfo(path).Length);
        }
    }

    [Fact]
    public void Damage_in_an_older_segment_ends_the_log_there()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 2000 });
        Fill(harness, 100);
        var second = harness.Files(".log")[1];
        var bytes = File.ReadAllBytes(second);
        bytes[80] ^= 1;
        File.WriteAllBytes(second, bytes);

        harness.Reopen(clean: false);

        Assert.Equal(long.Parse(Path.GetFileNameWithoutExtension(second), null), harness.Log.LogEndOffset);
        Assert.Equal(2, harness.Files(".log").Length);
    }

    [Fact]
    public void Lost_and_damaged_indexes_are_rebuilt()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 4000, IndexIntervalBytes = 200 });
        Fill(harness, 200);
        harness.Log.Close();
        File.Delete(harness.Files(".index")[0]);
        File.WriteAllBytes(harness.Files(".timeindex")[1], [1, 2, 3]);

        harness.Reopen(clean: true);

        Assert.Equal(200, harness.ReadAll().Count);
        Assert.Equal(150, harness.ReadAll(50).Count);
    }

    [Fact]
    public void Indexes_that_a_crash_left_damaged_are_not_trusted_later()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 4000, IndexIntervalBytes = 200 });
        Fill(harness, 200);
        foreach (var index in harness.Files(".index")[..2])
        {
            File.WriteAllBytes(index, new byte[new FileInfo(index).Length]); // its blocks were never written
        }

        harness.Reopen(clean: false);
        harness.Reopen(clean: true);

        Assert.All(harness.Files(".index")[..2], index => Assert.NotEqual(0, File.ReadAllBytes(index)[^5]));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => 200L - i), Enumerable.Range(0, 200).Select(from => (long)harness.ReadAll(from).Count));
    }

    [Fact]
    public void Producer_windows_and_open_transactions_survive_a_crash()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 4000 });
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(ErrorCode.None, harness.Log.Append(Batches.Idempotent(1, 0, i * 2, 2)).Error);
        }

        var open = harness.Log.Append(Batches.Idempotent(2, 0, 0, 1, transactional: true)).BaseOffset;
        harness.Log.Append(Batches.Idempotent(3, 0, 0, 1, transactional: true));
        harness.Log.AppendMarker(3, 0, commit: false, 0);

        harness.Reopen(clean: false);

        Assert.Equal(76, harness.Log.Append(Batches.Idempotent(1, 0, 76, 2)).BaseOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, harness.Log.Append(Batches.Idempotent(1, 0, 2, 2)).Error);
        Assert.Equal(open, harness.Log.LastStableOffset);
        harness.Log.AppendMarker(2, 0, commit: true, 0);
        var result = harness.Log.Read(open, 1 << 20, committedOnly: true, atLeastOne: true);
        Assert.Equal([3L], result.Aborted!.Select(a => a.ProducerId));
        result.Data!.Value.Release();
    }

    [Fact]
    public void Aborted_transactions_are_known_whatever_step_of_a_roll_the_crash_came_after()
    {
        var files = new DyingFileLayer();
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 1000 }, files);
        harness.Log.Append(Batches.Idempotent(3, 0, 0, 1, transactional: true));
        harness.Log.AppendMarker(3, 0, commit: false, 0);
        while (harness.Files(".log").Length < 2)
        {
            files.DieAfter = ".snapshot"; // the roll gets as far as the snapshot and no further
            if (harness.Log.Append(Batches.Plain(("k", new string('x', 100)))).Error != ErrorCode.None)
            {
                break;
            }
        }

        Assert.NotEmpty(harness.Files(".snapshot"));
        files.DieAfter = null;
        files.IsDead = false;
        harness.Reopen(clean: false);

        var result = harness.Log.Read(0, 1 << 20, committedOnly: true, atLeastOne: true);
        Assert.Equal([3L], result.Aborted!.Select(a => a.ProducerId));
        result.Data!.Value.Release();
    }

    /// <summary>Fails everything that follows the first rename to a name of a kind.</summary>
    private sealed class DyingFileLayer : FileLayer
    {
        public string? DieAfter { get; set; }

        public bool IsDead { get; set; }

        public override LogFile Open(string path) => IsDead ? throw new IOException("dead") : base.Open(path);

        public override void Rename(string from, string to)
        {
            base.Rename(from, to);
            IsDead |= DieAfter is { } suffix && to.EndsWith(suffix, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_leader_epoch_grows_with_a_crash_and_tells_where_the_former_ended()
    {
        using var harness = new LogHarness();
        Fill(harness, 5);
        harness.Reopen(clean: true);
        Assert.Equal(0, harness.Log.LeaderEpoch);
        harness.Reopen(clean: false);
        Assert.Equal(1, harness.Log.LeaderEpoch);
        Fill(harness, 2);

        Assert.Equal((0, 5L), harness.Log.EndOffsetOf(0));
        Assert.Equal((1, 7L), harness.Log.EndOffsetOf(1));
        Assert.Equal((-1, -1L), harness.Log.EndOffsetOf(2));
    }

    [Fact]
    public void Deleted_records_stay_deleted()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 2000 });
        Fill(harness, 100);
        var saved = -1L;

        Assert.Equal(ErrorCode.OffsetOutOfRange, harness.Log.TryMoveStart(101, () => { }));
        Assert.Equal(ErrorCode.None, harness.Log.TryMoveStart(60, () => saved = harness.Log.LogStartOffset));
        Assert.Equal(60, saved);
        Assert.Equal(ErrorCode.OffsetOutOfRange, harness.Log.Read(59, 100, false, true).Error);
        harness.Reopen(clean: false, startOffset: 60);

        Assert.Equal(60, harness.Log.LogStartOffset);
        Assert.Equal(40, harness.ReadAll(60).Count);
        Assert.True(harness.Files(".log").Length < 7);
    }

    private static void Fill(LogHarness harness, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(ErrorCode.None, harness.Log.Append(Batches.Plain(($"key-{i:D3}", $"value-{i:D5}"))).Error);
        }
    }
}
