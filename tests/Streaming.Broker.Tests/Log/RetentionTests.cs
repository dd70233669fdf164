using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Log;

public sealed class RetentionTests
{
    [Fact]
    public void Segments_older_than_the_retention_time_go_and_with_them_the_active_one()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 2000, RetentionMs = 60_000 });
        var old = Batches.Now - 120_000;
        for (var i = 0; i < 100; i++)
        {
            harness.Log.Append(Batches.At(old, ("k", "v")));
        }

        Retain(harness);

        Assert.Equal(100, harness.Log.LogStartOffset);
        Assert.Single(harness.Files(".log"));
        harness.Log.Append(Batches.Plain(("k", "new")));
        Assert.Single(harness.ReadAll(100));
    }

    [Fact]
    public void The_oldest_segments_go_when_the_log_is_too_large()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 2000, RetentionBytes = 5000 });
        for (var i = 0; i < 200; i++)
        {
            harness.Log.Append(Batches.Plain(("key", $"value-{i}")));
        }

        Retain(harness);

        Assert.InRange(harness.Log.SizeInBytes, 5000, 7000);
        Assert.Equal(200 - harness.Log.LogStartOffset, harness.ReadAll(harness.Log.LogStartOffset).Count);
    }

    [Fact]
    public void Records_are_found_by_time()
    {
        using var harness = new LogHarness(new LogConfig { SegmentBytes = 3000, IndexIntervalBytes = 100 });
        var start = Batches.Now - 1_000_000;
        for (var i = 0; i < 200; i++)
        {
            harness.Log.Append(Batches.At(start + (i * 1000), ("k", $"v{i}")));
        }

        Assert.Equal(new TimestampedOffset(0, start), harness.Log.FindByTimestamp(0, false));
        Assert.Equal(new TimestampedOffset(50, start + 50_000), harness.Log.FindByTimestamp(start + 49_001, false));
        Assert.Equal(new TimestampedOffset(-1, -1), harness.Log.FindByTimestamp(start + 200_000, false));
        Assert.Equal(new TimestampedOffset(199, start + 199_000), harness.Log.FindMaxTimestamp(false));
        harness.Reopen(clean: true);
        Assert.Equal(new TimestampedOffset(50, start + 50_000), harness.Log.FindByTimestamp(start + 50_000, false));
    }

    [Fact]
    public void A_producer_of_old_records_is_remembered_as_long_as_any_other()
    {
        using var harness = new LogHarness();
        byte[] Old(int sequence) => Batches.Build(1, 7, 0, sequence, false, [("k", "v")]);
        Assert.Equal(0, harness.Log.Append(Old(0)).BaseOffset);

        harness.Log.ExpireProducers(Batches.Now - 60_000);

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, harness.Log.Append(Old(5)).Error);
        Assert.Equal(0, harness.Log.Append(Old(0)).BaseOffset);
        harness.Reopen(clean: true);
        harness.Log.ExpireProducers(Batches.Now - 60_000);
        Assert.Equal(0, harness.Log.Append(Old(0)).BaseOffset);
        harness.Log.ExpireProducers(Batches.Now + 60_000);
        Assert.Equal(1, harness.Log.Append(Old(0)).BaseOffset);
    }

    [Fact]
    public async Task Segments_that_go_do_not_take_those_of_a_successor_of_the_topic_with_them()
    {
        var files = new HookedFiles();
        var directory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));
        var options = new BrokerOptions { Port = 0, DataDirectory = directory, RetentionCheckInterval = TimeSpan.FromMilliseconds(50) };
        var replaced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var broker = await KafkaBroker.StartAsync(options, files, TimeProvider.System, null, default))
        {
            using var client = new WireClient(broker.Port);
            client.Exchange(Frames.CreateTopic("t", 1, ("segment.bytes", "1100"), ("retention.bytes", "1000")));
            files.BeforeDelete = path =>
            {
                if (!path.Contains("00000000000000000000.log", StringComparison.Ordinal))
                {
                    return;
                }

                files.BeforeDelete = null;
                using var other = new WireClient(broker.Port);
                other.Exchange(Frames.DeleteTopic("t"));
                other.Exchange(Frames.CreateTopic("t"));
                other.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", "of the successor"))));
                replaced.SetResult();
            };
            for (var i = 0; i < 8 && !replaced.Task.IsCompleted; i++)
            {
                client.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", new string('x', 600)))));
            }

            await replaced.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }

        await using (var again = await KafkaBroker.StartAsync(options))
        {
            using var client = new WireClient(again.Port);
            var records = Batches.Records(Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!).Records);
            Assert.Contains(records, r => r.Value == "of the successor");
        }

        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Lets a test step in where a file is about to be deleted.</summary>
    private sealed class HookedFiles : FileLayer
    {
        public Action<string>? BeforeDelete { get; set; }

        public override void Delete(string path)
        {
            BeforeDelete?.Invoke(path);
            base.Delete(path);
        }
    }

    private static void Retain(LogHarness harness)
    {
        Assert.True(harness.Log.ApplyRetention(Batches.Now));
        harness.Log.DeleteSegmentsBelowStart();
    }
}
