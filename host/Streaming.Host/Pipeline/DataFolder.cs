using Streaming.Host.Cli;

namespace Streaming.Host.Pipeline;

/// <summary>Where a pipeline keeps its data. Each part locks its own folder against a second process.</summary>
internal sealed record DataFolder(string Path)
{
    public string Broker => System.IO.Path.Combine(Path, "broker");

    public string Registry => System.IO.Path.Combine(Path, "registry");

    /// <summary>The applications' state directories.</summary>
    public string Streams => System.IO.Path.Combine(Path, "streams");

    /// <exception cref="UsageException">It cannot be made or written to.</exception>
    public static DataFolder Open(string path)
    {
        var folder = new DataFolder(System.IO.Path.GetFullPath(path));
        try
        {
            Directory.CreateDirectory(folder.Streams);
            var probe = System.IO.Path.Combine(folder.Path, $".write-{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--data: {folder.Path} cannot be written: {e.Message}");
        }
    }
}
