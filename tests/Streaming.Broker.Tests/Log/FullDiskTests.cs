using Microsoft.Win32.SafeHandles;
using Streaming.Broker.Log;
using Streaming.Broker.Protocol;
using Streaming.Broker.Tests.Protocol;

namespace Streaming.Broker.Tests.Log;

public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_records_and_serves_again_when_there_is_room()
    {
        var disk = new SmallDisk();
        var directory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));
        await using (var broker = await KafkaBroker.StartAsync(new BrokerOptions { Port = 0, DataDirectory = directory }, disk, TimeProvider.System, null, default))
        {
            using var client = new WireClient(broker.Port);
            client.Exchange(Frames.CreateTopic("t"));
            Assert.Equal(ErrorCode.None, Produce(client));

            disk.Left = 150; // a batch is written in part and then fails
            Assert.Equal(ErrorCode.KafkaStorageError, Produce(client));
            Assert.Equal(ErrorCode.KafkaStorageError, Produce(client));
            var (_, high, _, records) = Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!);
            Assert.Equal((1L, 1), (high, Batches.Records(records).Count));

            disk.Left = long.MaxValue;
            Assert.Equal(ErrorCode.None, Produce(client));
            Assert.Equal(2, Batches.Records(Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!).Records).Count);
        }

        await using (var again = await KafkaBroker.StartAsync(new BrokerOptions { Port = 0, DataDirectory = directory }))
        {
            using var client = new WireClient(again.Port);
            Assert.Equal(2, Batches.Records(Frames.ReadFetch(client.Exchange(Frames.Fetch("t", 0, 0))!).Records).Count);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Retention_makes_room_on_a_full_disk()
    {
        var disk = new SmallDisk();
        var directory = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));
        var options = new BrokerOptions { Port = 0, DataDirectory = directory, RetentionCheckInterval = TimeSpan.FromMilliseconds(100) };
        await using (var broker = await KafkaBroker.StartAsync(options, disk, TimeProvider.System, null, default))
        {
            using var client = new WireClient(broker.Port);
            client.Exchange(Frames.CreateTopic("t", 1, ("segment.bytes", "2000"), ("retention.ms", "3000")));
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(ErrorCode.None, Produce(client));
            }

            disk.Left = 0;
            Assert.Equal(ErrorCode.KafkaStorageError, Produce(client));
            var segments = Directory.GetFiles(Path.Combine(directory, "t-0"), "*.log").Length;
            await Eventually.HoldsAsync(
                () => Directory.GetFiles(Path.Combine(directory, "t-0"), "*.log").Length < Math.Min(segments, 3), "room on the disk");

            disk.Left = long.MaxValue;
            Assert.Equal(ErrorCode.None, Produce(client));
        }

        await using (var again = await KafkaBroker.StartAsync(options))
        {
            using var client = new WireClient(again.Port);
            Assert.Equal(ErrorCode.None, Produce(client));
        }

        Directory.Delete(directory, recursive: true);
    }

    private static ErrorCode Produce(WireClient client) =>
        Frames.ReadProduce(client.Exchange(Frames.Produce(7, "t", 0, Batches.Plain(("k", new string('x', 300)))))!).Error;

    /// <summary>A disk with a settable amount of room; what does not fit is written in part, as a real one does.</summary>
    private sealed class SmallDisk : FileLayer
    {
        public long Left { get; set; } = long.MaxValue;

        public override LogFile Open(string path) =>
            new SmallFile(this, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), path);

        private sealed class SmallFile(SmallDisk disk, SafeFileHandle handle, string path) : LogFile(handle, path)
        {
            public override void Write(ReadOnlySpan<byte> bytes, long position)
            {
                var fits = (int)Math.Min(bytes.Length, disk.Left);
                base.Write(bytes[..fits], position);
                disk.Left -= disk.Left == long.MaxValue ? 0 : fits;
                if (fits < bytes.Length)
                {
                    throw new IOException("No space left on device");
                }
            }
        }
    }
}
