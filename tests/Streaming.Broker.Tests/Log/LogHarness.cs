using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Log;
using Streaming.Broker.Log.Durability;

namespace Streaming.Broker.Tests.Log;

/// <summary>A partition log on its own, without a broker around it.</summary>
internal sealed class LogHarness : IDisposable
{
    private readonly Flusher _flusher;

    /// <param name="journalBytes">Has a flusher that waits for the disk, with a journal of that size.</param>
    public LogHarness(LogConfig? config = null, FileLayer? files = null, long? journalBytes = null)
    {
        Config = config ?? new LogConfig();
        files ??= new FileLayer();
        files.CreateDirectory(DataDirectory);
        var journal = journalBytes is { } size ? new Journal(files, DataDirectory, size, NullLogger.Instance) : null;
        var mode = journal is null ? FsyncMode.Os : FsyncMode.Always;
        _flusher = new Flusher(mode, TimeSpan.FromSeconds(1), journal, NullLogger.Instance, _ => { });
        Environment = new LogEnvironment(files, _flusher, TimeProvider.System, NullLogger.Instance);
        Log = Open(LogCheckpoint.Fresh);
    }

    public string DataDirectory { get; } = Path.Combine(Path.GetTempPath(), "streaming-broker-tests", Guid.NewGuid().ToString("N"));

    public string Directory => Path.Combine(DataDirectory, "t-0");

    public Guid TopicId { get; } = Guid.NewGuid();

    public LogConfig Config { get; set; }

    public LogEnvironment Environment { get; }

    public PartitionLog Log { get; private set; }

    /// <summary>Opens the directory again as after a clean stop or, without closing first, as after a crash.</summary>
    public void Reopen(bool clean, long startOffset = 0, long recoveryPoint = 0)
    {
        if (clean)
        {
            Log.Close();
        }

        using var journalled = clean ? JournalContent.Empty : JournalContent.Read(Environment.Files, DataDirectory);
        Log = Open(new LogCheckpoint(clean, recoveryPoint, startOffset, 0, journalled.Of(TopicId, 0)));
    }

    public string[] Files(string suffix) => System.IO.Directory.GetFiles(Directory, "*" + suffix).Order().ToArray();

    public void Dispose()
    {
        _flusher.Dispose();
        System.IO.Directory.Delete(DataDirectory, recursive: true);
    }

    /// <summary>All records that a consumer reads from an offset on.</summary>
    public List<(long Offset, string? Key, string? Value)> ReadAll(long from = 0, bool committedOnly = false)
    {
        var records = new List<(long Offset, string? Key, string? Value)>();
        while (true)
        {
            var result = Log.Read(from, 1 << 20, committedOnly, atLeastOne: true);
            if (result.Data is not { } data)
            {
                return records;
            }

            var bytes = new byte[data.Length];
            Assert.Equal(bytes.Length, data.File.ReadFully(bytes, data.Position));
            data.Release();
            var skip = result.Aborted ?? [];
            for (var rest = bytes.AsSpan(); rest.Length > 0;)
            {
                var header = new BatchHeader(rest);
                var (producer, first, last) = (header.ProducerId, header.BaseOffset, header.LastOffset);
                if (!skip.Any(a => a.ProducerId == producer && a.FirstOffset <= first && last <= a.LastOffset))
                {
                    records.AddRange(Protocol.Batches.Records(rest[..header.TotalSize]).Where(r => r.Offset >= from));
                }

                from = Math.Max(from, header.LastOffset + 1);
                rest = rest[header.TotalSize..];
            }
        }
    }

    private PartitionLog Open(LogCheckpoint checkpoint) =>
        new(Environment, TopicId, new TopicPartition("t", 0), Directory, Config, new LogLoader(Environment, Directory, Config, checkpoint).Load());
}
