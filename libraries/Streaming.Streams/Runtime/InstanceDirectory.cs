using System.Text;
using Streamiz.Kafka.Net.Processors.Internal;

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
    private const string Obsolete = ".obsolete";
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

    /// <summary>The tasks that have files here.</summary>
    public IEnumerable<TaskId> TaskFolders()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path))
            if (TaskId.TryParse(System.IO.Path.GetFileName(folder), out var task)) yield return task;
    }

    /// <summary>
    /// Takes a task's files out of use, at once; <see cref="DeleteObsolete"/> deletes them. The caller makes sure that
    /// nobody opens them meanwhile.
    /// </summary>
    public void Discard(TaskId task) =>
        Directory.Move(System.IO.Path.Combine(Path, task.ToString()), System.IO.Path.Combine(Path, $"{task}-{Guid.NewGuid():N}{Obsolete}"));

    /// <summary>Deletes what was discarded, now or by a process that ended before it was done.</summary>
    public void DeleteObsolete()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path, "*" + Obsolete)) Directory.Delete(folder, recursive: true);
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
