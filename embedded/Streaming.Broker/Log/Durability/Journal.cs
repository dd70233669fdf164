using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Log.Durability;

/// <summary>
/// What makes acknowledged batches durable where many partitions are written at once: a round of the flusher is one write
/// and one flush here, however many logs it touched, and no file grows by it, so that the file system has nothing to
/// note. The logs' own files follow when the operating system writes them. Once the journal is full they are forced to
/// disk, all together, and it begins anew in the same place. After a crash the loader takes from here what the files lack.
/// So whatever can be read here is, for each log, all that was acknowledged from some batch on: a round that goes past the
/// journal ends its life first. Used by the flusher's thread only.
/// </summary>
internal sealed class Journal : IDisposable
{
    public const string FileName = "journal";

    /// <summary>After so many bytes the system is told to begin with the files, so that little is left when they are forced.</summary>
    private const long WritebackStep = 8 << 20;

    private readonly long _capacity;
    private readonly ILogger _logger;
    private readonly LogFile _file;
    private readonly HashSet<PartitionLog> _logs = [];
    private ulong _salt = DrawSalt();
    private long _position;
    private long _writtenBack;
    private bool _mayHoldRounds;

    public Journal(FileLayer files, string directory, long capacity, ILogger logger)
    {
        _capacity = capacity;
        _logger = logger;
        _file = files.Open(PathIn(directory));
        _mayHoldRounds = _file.Length > 0;
        _file.WriteDirectly();
        files.SyncDirectory(directory);
    }

    /// <summary>The logs with batches here that their own files may still lack.</summary>
    public IReadOnlyCollection<PartitionLog> Logs => _logs;

    public static string PathIn(string directory) => Path.Combine(directory, FileName);

    /// <summary>Removes the journal of a broker that was started with another <see cref="FsyncMode"/> before.</summary>
    public static void Delete(FileLayer files, string directory)
    {
        if (File.Exists(PathIn(directory)))
        {
            files.Delete(PathIn(directory));
            files.SyncDirectory(directory);
        }
    }

    /// <summary>
    /// Makes a round durable. False where the journal has no room for it, or the disk none for the journal: the files
    /// have to be forced then.
    /// </summary>
    /// <exception cref="IOException">The flush failed: nobody can say what the disk holds.</exception>
    public bool TryWrite(FlushRound round)
    {
        if (round.Batches.IsEmpty)
        {
            return true;
        }

        if (round.Batches.IsOverfull)
        {
            return false;
        }

        var bytes = round.Batches.Seal(_salt);
        if (bytes.Length > _capacity - _position)
        {
            return false;
        }

        try
        {
            _mayHoldRounds = true;
            _file.Write(bytes, _position);
        }
        catch (IOException e)
        {
            _logger.LogWarning(e, "The journal cannot be written; the partitions' files are flushed instead");
            return false;
        }

        _file.Flush();
        _position += bytes.Length;
        foreach (var (log, _) in round.Logs)
        {
            _logs.Add(log);
        }

        return true;
    }

    /// <summary>Has the system begin to write what the journal holds to the files it belongs to, now and then.</summary>
    public void BeginWriteback()
    {
        if (_position - _writtenBack < WritebackStep)
        {
            return;
        }

        _writtenBack = _position;
        ThreadPool.UnsafeQueueUserWorkItem(static logs => Array.ForEach(logs, log => log.BeginFlush()), _logs.ToArray(), preferLocal: false);
    }

    /// <summary>Begins anew. What the journal held has to be on disk in the files by now; it cannot be read any more.</summary>
    /// <exception cref="IOException">As <see cref="TryWrite"/>.</exception>
    public void Restart()
    {
        if (_mayHoldRounds)
        {
            EraseFirstRound();
            _file.Flush();
            _mayHoldRounds = false;
        }

        _logs.Clear();
        _position = _writtenBack = 0;
        _salt = DrawSalt();
    }

    public void Dispose() => _file.ReleaseReference();

    private static ulong DrawSalt() => unchecked((ulong)Random.Shared.NextInt64());

    private void EraseFirstRound()
    {
        try
        {
            _file.Write(DirectMemory.Allocate(JournalFormat.Block).Span, 0);
        }
        catch (IOException)
        {
            _file.SetLength(0); // a full disk may refuse even what takes the place of something
        }
    }
}
