using System.Text;

namespace Streaming.Streams.Runtime;

/// <summary>
/// The place of one running instance below the state directory: <c>{state}/{application}/instance-{n}</c>, locked while
/// it runs, with a process id that outlives it. The id names the instance to the brokers (group member, transactions),
/// so that a restarted instance takes its own place again and fences what it left behind; instances that share a state
/// directory take the next free place.
/// </summary>
internal sealed class InstanceDirectory : IDisposable
{
    private const int MaxInstances = 256;
    private readonly FileStream _lock;

    private InstanceDirectory(string path, FileStream @lock, string processId)
    {
        (Path, _lock, ProcessId) = (path, @lock, processId);
    }

    public string Path { get; }

    public string ProcessId { get; }

    /// <exception cref="IOException">the directory cannot be written</exception>
    public static InstanceDirectory Open(string stateDirectory, string applicationId)
    {
        var application = System.IO.Path.Combine(stateDirectory, applicationId);
        Directory.CreateDirectory(application);
        for (var n = 0; n < MaxInstances; n++)
        {
            var path = System.IO.Path.Combine(application, $"instance-{n}");
            Directory.CreateDirectory(path);
            FileStream @lock;
            try
            {
                // The lock is the operating system's: a killed process releases it.
                @lock = new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (n + 1 < MaxInstances && File.Exists(System.IO.Path.Combine(path, ".lock")))
            {
                continue;
            }
            return new(path, @lock, ReadOrCreateProcessId(System.IO.Path.Combine(path, "process-id")));
        }
        throw new IOException($"all {MaxInstances} instance directories in {application} are in use");
    }

    private static string ReadOrCreateProcessId(string file)
    {
        if (File.Exists(file) && Guid.TryParse(File.ReadAllText(file), out var known)) return known.ToString();
        var id = Guid.NewGuid().ToString();
        var partial = file + ".partial";
        using (var stream = new FileStream(partial, FileMode.Create))
        {
            stream.Write(Encoding.ASCII.GetBytes(id));
            stream.Flush(flushToDisk: true);
        }
        File.Move(partial, file, overwrite: true);
        return id;
    }

    public void Dispose() => _lock.Dispose();
}
