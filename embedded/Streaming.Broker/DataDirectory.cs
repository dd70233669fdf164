using System.Text;
using Streaming.Broker.Log;

namespace Streaming.Broker;

/// <summary>
/// The broker's folder: locked against a second broker, marked with the cluster's id, and with a note that says whether
/// the last broker ended cleanly.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private const string CleanShutdownName = ".kafka_cleanshutdown";
    private readonly FileStream _lock;
    private readonly FileLayer _files;

    private DataDirectory(string path, FileLayer files, FileStream lockFile, string clusterId)
    {
        Path = path;
        _files = files;
        _lock = lockFile;
        ClusterId = clusterId;
        WasClean = File.Exists(CleanMarker);
    }

    public string Path { get; }

    public string ClusterId { get; }

    /// <summary>Whether the last broker on this folder stopped in order. A fresh folder counts as not clean.</summary>
    public bool WasClean { get; }

    public string RecoveryPoints => System.IO.Path.Combine(Path, "recovery-point-offset-checkpoint");

    public string StartOffsets => System.IO.Path.Combine(Path, "log-start-offset-checkpoint");

    public string CleanedOffsets => System.IO.Path.Combine(Path, "cleaner-offset-checkpoint");

    private string CleanMarker => System.IO.Path.Combine(Path, CleanShutdownName);

    public static DataDirectory Open(string path, int nodeId, FileLayer files)
    {
        FileStream? lockFile = null;
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            lockFile = TakeLock(full);
            return new DataDirectory(full, files, lockFile, ReadOrCreateMeta(full, nodeId, files));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            lockFile?.Dispose();
            throw new BrokerStartException($"cannot use the data directory {path}: {e.Message}", e);
        }
    }

    /// <summary>From now on a crash is to be recovered from.</summary>
    public void MarkRunning()
    {
        if (WasClean)
        {
            _files.Delete(CleanMarker);
            _files.SyncDirectory(Path);
        }
    }

    public void MarkClean() => _files.WriteAtomically(CleanMarker, "{\"version\":0,\"brokerEpoch\":-1}"u8);

    public void Dispose() => _lock.Dispose();

    private static FileStream TakeLock(string directory)
    {
        var path = System.IO.Path.Combine(directory, ".lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new BrokerStartException($"the data directory {directory} is in use by another broker", e);
        }
    }

    private static string ReadOrCreateMeta(string directory, int nodeId, FileLayer files)
    {
        var path = System.IO.Path.Combine(directory, "meta.properties");
        const string Key = "cluster.id=";
        if (File.Exists(path) && File.ReadAllLines(path).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal)) is { } line)
        {
            return line[Key.Length..];
        }

        var id = Topics.TopicCatalog.KafkaUuid(Guid.NewGuid());
        files.WriteAtomically(path, Encoding.UTF8.GetBytes($"version=1\n{Key}{id}\nnode.id={nodeId}\n"));
        return id;
    }
}
