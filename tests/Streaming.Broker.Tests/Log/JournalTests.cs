using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Log;
using Streaming.Broker.Log.Durability;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Log;

public sealed class JournalTests
{
    private const long Roomy = 1 << 20;
    private const int RoundOf10K = 3 * JournalFormat.Block;

    [Fact]
    public async Task What_the_files_lost_comes_back_from_the_journal()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 1000 }, journalBytes: Roomy);
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(ErrorCode.None, harness.Log.Append(Batches.Idempotent(1, 0, i * 2, 2)).Error);
            await harness.Environment.Flusher.FlushedAsync();
        }

        harness.Log.Append(Batches.Idempotent(2, 0, 0, 1, transactional: true));
        harness.Log.AppendMarker(2, 0, commit: false, 0);
        await harness.Environment.Flusher.FlushedAsync();
        var before = harness.ReadAll(committedOnly: true);
        Empty(harness.Files(".log"));

        harness.Reopen(clean: false);

        Assert.Equal(80, before.Count);
        Assert.Equal(before, harness.ReadAll(committedOnly: true));
        Assert.Equal(82, harness.Log.LogEndOffset);
        Assert.True(harness.Files(".log").Length > 1);
        Assert.Equal(82, harness.Log.Append(Batches.Idempotent(1, 0, 80, 2)).BaseOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, harness.Log.Append(Batches.Idempotent(1, 0, 2, 2)).Error);
    }

    [Fact]
    public async Task Transactions_that_came_back_aborted_stay_so_after_the_next_crash()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 1000 }, journalBytes: Roomy);
        for (short epoch = 0; epoch < 20; epoch++)
        {
            harness.Log.Append(Batches.Idempotent(7, epoch, 0, 1, transactional: true));
            harness.Log.AppendMarker(7, epoch, commit: false, 0);
        }

        await harness.Environment.Flusher.FlushedAsync();
        Empty(harness.Files(".log"));
        harness.Reopen(clean: false);
        await AppendRoundsAsync(harness, 20, 100); // rolls, with a snapshot beyond the transactions

        harness.Reopen(clean: false);

        Assert.Equal(20, harness.ReadAll(committedOnly: true).Count(r => r.Key == "k"));
        Assert.DoesNotContain(harness.ReadAll(committedOnly: true), r => r.Key == "k0");
    }

    [Fact]
    public async Task A_sealed_segment_that_lost_its_last_batches_whole_gets_them_back()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 1000 }, journalBytes: Roomy);
        await AppendRoundsAsync(harness, 12, 100);
        var before = harness.ReadAll();
        var sealedLog = harness.Files(".log")[1];
        Truncate(sealedLog, new BatchHeader(File.ReadAllBytes(sealedLog)).TotalSize);

        harness.Reopen(clean: false);

        Assert.Equal(before, harness.ReadAll());
        Assert.Equal(12, harness.Log.LogEndOffset);
    }

    [Fact]
    public async Task Only_what_lies_beyond_the_files_is_taken_and_only_for_its_topic()
    {
        using var harness = new LogHarness(journalBytes: Roomy);
        await AppendRoundsAsync(harness, 5, 100);
        var file = harness.Files(".log").Single();
        var size = new FileInfo(file).Length / 5;
        Truncate(file, (size * 3) + 7);

        using (var content = JournalContent.Read(new FileLayer(), harness.DataDirectory))
        {
            Assert.Equal([0L, 1, 2, 3, 4], content.Of(harness.TopicId, 0).Select(b => b.BaseOffset));
            Assert.Empty(content.Of(harness.TopicId, 1));
            Assert.Empty(content.Of(Guid.NewGuid(), 0));
        }

        harness.Reopen(clean: false);

        Assert.Equal([0L, 1, 2, 3, 4], harness.ReadAll().Select(r => r.Offset));
        Assert.Equal(size * 5, new FileInfo(file).Length);
    }

    [Fact]
    public async Task A_round_that_is_not_whole_does_not_count_whatever_byte_is_missing_or_wrong()
    {
        using var harness = new LogHarness(journalBytes: Roomy);
        await AppendRoundsAsync(harness, 2, 100);
        harness.Log.Append(Batches.Plain(("k", new string('x', 500))));
        harness.Log.Append(Batches.Plain(("k", "y")));
        await harness.Environment.Flusher.FlushedAsync();
        var whole = File.ReadAllBytes(Journal.PathIn(harness.DataDirectory));
        Assert.Equal(4, BatchesIn(harness, whole).Count);

        var third = 2 * JournalFormat.Block;
        var length = BitConverter.ToInt32(whole, third + 4);
        for (var cut = third; cut < third + length; cut++)
        {
            Assert.Equal([0L, 1], BatchesIn(harness, whole[..cut]));
        }

        for (var wrong = third; wrong < third + length; wrong++)
        {
            whole[wrong] ^= 0x10;
            Assert.Equal([0L, 1], BatchesIn(harness, whole));
            whole[wrong] ^= 0x10;
        }

        Assert.Equal([0L, 1, 2, 3], BatchesIn(harness, whole[..(third + length)]));
    }

    [Fact]
    public async Task What_an_earlier_life_left_is_not_taken_for_a_part_of_this_one()
    {
        using var harness = new LogHarness(journalBytes: 3 * RoundOf10K);
        await AppendRoundsAsync(harness, 3, 10_000);
        var first = File.ReadAllBytes(Journal.PathIn(harness.DataDirectory));
        await AppendRoundsAsync(harness, 1, 10_000); // does not fit: the files are forced and the journal begins anew
        Assert.Empty(BatchesIn(harness, File.ReadAllBytes(Journal.PathIn(harness.DataDirectory))));
        await AppendRoundsAsync(harness, 1, 10_000);
        var second = File.ReadAllBytes(Journal.PathIn(harness.DataDirectory));

        Assert.Equal(first.Length, second.Length);
        Assert.Equal([4L], BatchesIn(harness, second));
        for (var block = JournalFormat.Block; block < RoundOf10K; block += JournalFormat.Block)
        {
            Assert.Empty(BatchesIn(harness, [.. second[..block], .. first[block..]]));
            Assert.Empty(BatchesIn(harness, [.. first[..block], .. second[block..]]));
        }
    }

    [Fact]
    public async Task Files_are_forced_when_the_journal_is_full_and_not_before()
    {
        var files = new CountingFileLayer();
        using var harness = new LogHarness(files: files, journalBytes: 3 * RoundOf10K);
        var log = harness.Files(".log").Single();
        await AppendRoundsAsync(harness, 3, 10_000);
        Assert.Equal(0, files.Flushes(log));
        Assert.Equal(0, harness.Log.RecoveryPoint);
        await AppendRoundsAsync(harness, 1, 10_000);
        Assert.Equal(1, files.Flushes(log));
        Assert.Equal(4, harness.Log.RecoveryPoint);
        await AppendRoundsAsync(harness, 3, 10_000);
        Assert.Equal(1, files.Flushes(log));
        Assert.Equal(7, harness.Log.HighWatermark);
    }

    [Fact]
    public async Task What_was_forced_past_the_journal_is_not_given_up_for_what_it_held_before()
    {
        var files = new CountingFileLayer();
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 1000 }, files, journalBytes: Roomy);
        await AppendRoundsAsync(harness, 4, 100);
        files.JournalIsFull = true; // ends the journal's life; what follows is only in the files
        await AppendRoundsAsync(harness, 8, 100);
        var first = harness.Files(".log")[0];
        var size = new BatchHeader(File.ReadAllBytes(first)).TotalSize;
        Truncate(first, 2 * size); // as compaction leaves a segment whose last records were superseded

        harness.Reopen(clean: false);

        Assert.Equal([0L, 1, .. Enumerable.Range(5, 7).Select(i => (long)i)], harness.ReadAll().Select(r => r.Offset));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(64 << 20, JournalFormat.MaxRound)]
    public async Task What_the_journal_cannot_hold_is_forced_in_the_files(long journalBytes, int size)
    {
        var files = new CountingFileLayer();
        using var harness = new LogHarness(files: files, journalBytes: journalBytes);
        await AppendRoundsAsync(harness, 1, size);
        Assert.Equal(1, files.Flushes(harness.Files(".log").Single()));
        Assert.Empty(File.ReadAllBytes(Journal.PathIn(harness.DataDirectory)));
        Assert.Equal(1, harness.Log.HighWatermark);
    }

    [Fact]
    public async Task Without_room_for_the_journal_the_files_are_forced()
    {
        var files = new CountingFileLayer();
        using var harness = new LogHarness(files: files, journalBytes: Roomy);
        await AppendRoundsAsync(harness, 1, 100);
        files.JournalIsFull = true;
        await AppendRoundsAsync(harness, 2, 100);
        Assert.Equal(2, files.Flushes(harness.Files(".log").Single()));
        Assert.Equal(3, harness.Log.HighWatermark);

        files.JournalIsFull = false;
        await AppendRoundsAsync(harness, 1, 100);
        Assert.Equal(2, files.Flushes(harness.Files(".log").Single()));
        Assert.Equal([3L], BatchesIn(harness, File.ReadAllBytes(Journal.PathIn(harness.DataDirectory))));
    }

    [Fact]
    public async Task A_broker_that_does_not_wait_for_the_disk_takes_over_what_the_journal_holds_and_removes_it()
    {
        await using var test = await TestBroker.StartAsync();
        var crashed = test.Directory + "-crashed";
        using (var client = new WireClient(test.Broker.Port))
        {
            client.Exchange(Frames.CreateTopic("t"));
            Assert.Equal(ErrorCode.None, Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", "v"))))!).Error);
        }

        foreach (var file in Directory.GetFiles(test.Directory, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var copy = crashed + file[test.Directory.Length..];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Empty(Directory.GetFiles(Path.Combine(crashed, "t-0"), "*.log"));
        await using (var broker = await KafkaBroker.StartAsync(new BrokerOptions { Port = 0, DataDirectory = crashed, Fsync = FsyncMode.Os }))
        {
            using var client = new WireClient(broker.Port);
            Assert.Single(Batches.Records(Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!).Records));
            Assert.False(File.Exists(Journal.PathIn(crashed)));
        }

        Directory.Delete(crashed, recursive: true);
    }

    private static async Task AppendRoundsAsync(LogHarness harness, int rounds, int size)
    {
        for (var i = 0; i < rounds; i++)
        {
            var value = new string((char)('a' + (harness.Log.LogEndOffset % 26)), size);
            Assert.Equal(ErrorCode.None, harness.Log.Append(Batches.Plain(("k", value))).Error);
            await harness.Environment.Flusher.FlushedAsync();
        }
    }

    /// <summary>The base offsets of what a start finds in a journal of these bytes.</summary>
    private static List<long> BatchesIn(LogHarness harness, byte[] journal)
    {
        var directory = Directory.CreateTempSubdirectory("streaming-journal-").FullName;
        File.WriteAllBytes(Journal.PathIn(directory), journal);
        using var content = JournalContent.Read(new FileLayer(), directory);
        Directory.Delete(directory, recursive: true);
        return content.Of(harness.TopicId, 0).Select(b => b.BaseOffset).ToList();
    }

    private static void Empty(string[] files) => Array.ForEach(files, file => Truncate(file, 0));

    private static void Truncate(string file, long length)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.SetLength(handle, length);
    }

    /// <summary>Counts the flushes of each file, and can refuse the journal its room.</summary>
    private sealed class CountingFileLayer : FileLayer
    {
        private readonly Dictionary<string, int> _flushes = [];

        public bool JournalIsFull { get; set; }

        public int Flushes(string path) => _flushes.GetValueOrDefault(path);

        public override LogFile Open(string path) =>
            new CountingFile(this, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), path);

        private sealed class CountingFile(CountingFileLayer layer, SafeFileHandle handle, string path) : LogFile(handle, path)
        {
            public override void Write(ReadOnlySpan<byte> bytes, long position)
            {
                if (layer.JournalIsFull && System.IO.Path.GetFileName(Path) == Journal.FileName)
                {
                    base.Write(bytes[..(bytes.Length / 2)], position);
                    throw new IOException("No space left on device");
                }

                base.Write(bytes, position);
            }

            public override void Flush()
            {
                base.Flush();
                layer._flushes[Path] = layer.Flushes(Path) + 1;
            }
        }
    }
}
